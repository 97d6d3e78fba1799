import type { Points } from './bezier.ts';
import type { Dashes } from './dash.ts';
import { fillPolygon, newPolygon } from './polygon.ts';
import type { SpanClip } from './span-clip.ts';
import type { StrokeBudget } from './stroke-budget.ts';

/** 1 / sin(11 / 2 degrees) squared: where mitered joints turn into bevelled ones. */
const MITER_LIMIT = 108.856472512142;
/** Longer segments are not walked dash by dash where they are outside of the painted region. */
const LONG_SEGMENT = 1 << 16;
/** How far outside of the region dashes are still walked one by one. */
const MARGIN = 16;

const TOP = 0;
const RIGHT = 1;
const BOTTOM = 2;
const LEFT = 3;

/** An end of a segment: a pixel, the direction into the line, and a corner of the end relative to the pixel. */
interface Face {
  readonly x: number;
  readonly y: number;
  dx: number;
  dy: number;
  xa: number;
  ya: number;
  readonly k: number;
}

/**
 * Dashed polylines as the X server draws them one pixel wide (on-off dashes, ends open, joints mitered): each dash a
 * thin polygon. The pattern runs on from segment to segment, in whole pixels.
 */
export class DashedLine {
  readonly #dashes: Dashes;
  readonly #clip: SpanClip;
  readonly #budget: StrokeBudget;
  readonly #quad = newPolygon(4);
  #index = 0;
  #offset = 0;
  #start: Face | undefined;
  #end: Face | undefined;
  #painted: (() => void) | undefined;

  constructor(dashes: Dashes, clip: SpanClip, budget: StrokeBudget) {
    this.#dashes = dashes;
    this.#clip = clip;
    this.#budget = budget;
  }

  /**
   * Adds the spans of a polyline to the clip; they may overlap.
   * @param everyJoint whether joints are drawn also where a segment covers their pixel, as before spans are united
   * @param painted called after each polygon
   */
  draw(points: Points, everyJoint: boolean, painted?: () => void): void {
    const dashes = this.#dashes;
    this.#index = dashes.startIndex;
    this.#offset = dashes.startOffset;
    this.#painted = painted;
    const last = points.length - 2;
    const closed = points[0] === points[last] && points[1] === points[last + 1];
    let firstFace: Face | undefined;
    let before: Face | undefined;
    let beforeIsOn = false;
    for (let i = 2; i <= last; i += 2) {
      const [x1, y1, x2, y2] = [points[i - 2], points[i - 1], points[i], points[i + 1]];
      if (x1 === x2 && y1 === y2) continue;
      const startsOn = (this.#index & 1) === 0;
      this.#segment(x1, y1, x2, y2);
      const endsOn = ((this.#index & 1) ^ (this.#offset === 0 ? 0 : 1)) === 1;
      const start = this.#start as Face;
      if (startsOn) {
        if (before === undefined) {
          if (closed) firstFace = { ...start };
        } else if (beforeIsOn) this.#join(start, before, everyJoint);
      }
      before = this.#end as Face;
      beforeIsOn = endsOn;
    }
    if (closed && before !== undefined && beforeIsOn && firstFace !== undefined) {
      this.#join(firstFace, before, everyJoint);
    }
  }

  #fill(x: number, y: number, polygon = this.#quad): void {
    fillPolygon(this.#clip, polygon, x, y);
    this.#painted?.();
  }

  /** Draws the dashes of one segment and leaves its ends in `start` and `end`. */
  #segment(x1: number, y1: number, x2: number, y2: number): void {
    const budget = this.#budget;
    const quad = this.#quad;
    const { lengths } = this.#dashes;
    const dx = x2 - x1;
    const dy = y2 - y1;
    // Half a pixel across the line.
    let length: number;
    let rdx: number;
    let rdy: number;
    if (dx === 0) {
      length = Math.abs(dy);
      rdx = 0;
      rdy = dy < 0 ? -0.5 : 0.5;
    } else if (dy === 0) {
      length = Math.abs(dx);
      rdx = dx < 0 ? -0.5 : 0.5;
      rdy = 0;
    } else {
      length = Math.sqrt(dx * dx + dy * dy);
      const r = 0.5 / length;
      rdx = r * dx;
      rdy = r * dy;
    }
    const k = 0.5 * length;
    setSlope(quad, TOP, dx, dy, k);
    setSlope(quad, RIGHT, -dy, dx, 0);
    setSlope(quad, BOTTOM, -dx, -dy, k);
    setSlope(quad, LEFT, dy, -dx, 0);
    quad.x[TOP] = quad.x[RIGHT] = rdy;
    quad.y[TOP] = quad.y[RIGHT] = -rdx;
    quad.x[BOTTOM] = quad.x[LEFT] = -rdy;
    quad.y[BOTTOM] = quad.y[LEFT] = rdx;

    let index = this.#index;
    let dash = lengths[index] - this.#offset;
    let rest = length;
    const skip = length > LONG_SEGMENT ? this.#visiblePart(x1, y1, dx, dy, length) : undefined;
    while (rest > dash) {
      budget.spend(1);
      if (skip !== undefined) {
        const skipped = this.#skippedPeriods(length - rest, length, skip);
        if (skipped > 0) {
          rest -= skipped;
          for (let i = 0; i < 4; i++) {
            quad.x[i] += (skipped * dx) / length;
            quad.y[i] += (skipped * dy) / length;
          }
          quad.k[LEFT] = -(quad.x[BOTTOM] * dx + quad.y[BOTTOM] * dy);
          if (rest <= dash) break;
        }
      }
      const stepX = (dash * dx) / length;
      const stepY = (dash * dy) / length;
      quad.x[RIGHT] += stepX;
      quad.y[RIGHT] += stepY;
      quad.x[BOTTOM] += stepX;
      quad.y[BOTTOM] += stepY;
      quad.k[RIGHT] = quad.x[RIGHT] * dx + quad.y[RIGHT] * dy;
      if ((index & 1) === 0) this.#fill(x1, y1);
      rest -= dash;
      index = index + 1 === lengths.length ? 0 : index + 1;
      dash = lengths[index];
      quad.x[TOP] = quad.x[RIGHT];
      quad.y[TOP] = quad.y[RIGHT];
      quad.x[LEFT] = quad.x[BOTTOM];
      quad.y[LEFT] = quad.y[BOTTOM];
      quad.k[LEFT] = -quad.k[RIGHT];
    }
    if ((index & 1) === 0) {
      // The last dash is placed from the segment's end.
      quad.x[TOP] -= dx;
      quad.y[TOP] -= dy;
      quad.x[LEFT] -= dx;
      quad.y[LEFT] -= dy;
      quad.x[RIGHT] = rdy;
      quad.y[RIGHT] = -rdx;
      quad.x[BOTTOM] = -rdy;
      quad.y[BOTTOM] = rdx;
      quad.k[RIGHT] = 0;
      quad.k[LEFT] += dx * dx + dy * dy;
      this.#fill(x2, y2);
    }
    dash = Math.trunc(dash - rest);
    if (dash === 0) {
      index = index + 1 === lengths.length ? 0 : index + 1;
      dash = lengths[index];
    }
    this.#index = index;
    this.#offset = lengths[index] - dash;
    this.#start = { x: x1, y: y1, dx, dy, xa: rdy, ya: -rdx, k };
    this.#end = { x: x2, y: y2, dx: -dx, dy: -dy, xa: -rdy, ya: rdx, k };
  }

  /** The distances along a segment between which it can touch the painted region. */
  #visiblePart(x: number, y: number, dx: number, dy: number, length: number): { from: number; to: number } {
    const clip = this.#clip;
    let from = 0;
    let to = length;
    const cut = (start: number, delta: number, low: number, high: number): void => {
      if (delta === 0) {
        if (start < low || start > high) to = -1;
        return;
      }
      const a = ((low - start) / delta) * length;
      const b = ((high - start) / delta) * length;
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    };
    cut(x, dx, clip.left - MARGIN, clip.right + MARGIN);
    cut(y, dy, clip.top - MARGIN, clip.bottom + MARGIN);
    return { from, to };
  }

  /** How many pixels, whole periods of the pattern, may be skipped at a place on a segment. */
  #skippedPeriods(at: number, length: number, visible: { from: number; to: number }): number {
    const { total } = this.#dashes;
    const next = visible.to < visible.from || at > visible.to ? length : visible.from;
    return Math.max(0, Math.floor((next - at) / total) - 1) * total;
  }

  /** Fills the corner between the ends of two segments at the same pixel. */
  #join(one: Face, other: Face, always: boolean): void {
    const left = { ...one };
    const right = { ...other };
    if (!always && (entersRight(left) || entersRight(right))) return;
    const turn = -left.dx * right.dy + right.dx * left.dy;
    if (turn === 0) return;
    const flipped = turn > 0 ? left : right;
    flipped.xa = -flipped.xa;
    flipped.ya = -flipped.ya;
    if (turn > 0) {
      left.dx = -left.dx;
      left.dy = -left.dy;
    } else {
      right.dx = -right.dx;
      right.dy = -right.dy;
    }
    const sign = turn > 0 ? 1 : -1;
    const miterY =
      (left.dy * (right.xa * right.dy - right.ya * right.dx) -
        right.dy * (left.xa * left.dy - left.ya * left.dx)) /
      turn;
    const miterX =
      left.dy !== 0
        ? left.xa + ((miterY - left.ya) * left.dx) / left.dy
        : right.xa + ((miterY - right.ya) * right.dx) / right.dy;
    const mitered = (miterX * miterX + miterY * miterY) * 4 <= MITER_LIMIT;
    const corner = newPolygon(mitered ? 4 : 3);
    corner.x[0] = right.xa;
    corner.y[0] = right.ya;
    setSlope(corner, 0, -right.dy, right.dx, 0);
    setSlope(corner, 1, left.dy, -left.dx, 0);
    corner.x[2] = left.xa;
    corner.y[2] = left.ya;
    if (mitered) {
      setSlope(corner, 2, sign * left.dx, sign * left.dy, sign * left.k);
      corner.x[3] = miterX;
      corner.y[3] = miterY;
      setSlope(corner, 3, sign * right.dx, sign * right.dy, sign * right.k);
    } else {
      const dx = right.xa - left.xa;
      const dy = right.ya - left.ya;
      const scale = Math.max(Math.abs(dx), Math.abs(dy));
      const slopeX = Math.trunc((dx * 65536) / scale);
      const slopeY = Math.trunc((dy * 65536) / scale);
      const bevel = ((left.xa + right.xa) * slopeY - (left.ya + right.ya) * slopeX) / 2;
      setSlope(corner, 2, slopeX, slopeY, bevel);
    }
    this.#fill(left.x, left.y, corner);
  }
}

/** Whether a line into that direction draws the pixel that it starts at. */
function entersRight(face: Face): boolean {
  return face.dx > 0 || (face.dx === 0 && face.dy > 0);
}

function setSlope(
  polygon: ReturnType<typeof newPolygon>,
  edge: number,
  dx: number,
  dy: number,
  k: number,
): void {
  polygon.dx[edge] = dx;
  polygon.dy[edge] = dy;
  polygon.k[edge] = k;
}
