import type { SpanClip } from './span-clip.ts';

/**
 * A convex polygon in the way the X server fills wide lines: vertices relative to a whole pixel, and for each the
 * slope of the edge that leads on from it, as a whole-numbered direction (dx, dy) with k = x * dy - y * dx on the edge.
 */
export interface Polygon {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  readonly k: Float64Array;
}

export const MAX_VERTICES = 4;

export function newPolygon(count: number): Polygon {
  return {
    count,
    x: new Float64Array(MAX_VERTICES),
    y: new Float64Array(MAX_VERTICES),
    dx: new Float64Array(MAX_VERTICES),
    dy: new Float64Array(MAX_VERTICES),
    k: new Float64Array(MAX_VERTICES),
  };
}

/** One side of a polygon on some rows: x moves by step, and one further in direction sign whenever e gets above 0. */
class Edge {
  /** first row, counted from the polygon's origin */
  row = 0;
  height = 0;
  x = 0;
  step = 0;
  sign = 1;
  e = 0;
  dx = 0;
  dy = 1;

  /** @param toRight 1 for left sides, so that both sides are pixels inside */
  set(k: number, dx: number, dy: number, firstRow: number, toRight: number, originX: number): void {
    if (dy < 0) {
      this.set(-k, -dx, -dy, firstRow, toRight, originX);
      return;
    }
    const scaled = Math.ceil(k) + firstRow * dx;
    const x = scaled <= 0 ? -Math.trunc(-scaled / dy) - 1 : Math.trunc((scaled - 1) / dy);
    let e = scaled - x * dy;
    if (dx >= 0) {
      this.sign = 1;
      this.step = Math.trunc(dx / dy);
      this.dx = dx % dy;
    } else {
      this.sign = -1;
      this.step = -Math.trunc(-dx / dy);
      this.dx = -dx % dy;
      e = dy - e + 1;
    }
    this.row = firstRow;
    this.dy = dy;
    this.x = x + toRight + originX;
    this.e = e - dy;
  }

  advance(rows: number): void {
    const e = this.e + rows * this.dx;
    const carries = e > 0 ? Math.ceil(e / this.dy) : 0;
    this.e = e - carries * this.dy;
    this.x += rows * this.step + carries * this.sign;
  }
}

const leftEdges = Array.from({ length: MAX_VERTICES }, () => new Edge());
const rightEdges = Array.from({ length: MAX_VERTICES }, () => new Edge());

/** Adds the pixels of a polygon whose vertices are relative to (originX, originY). */
export function fillPolygon(clip: SpanClip, polygon: Polygon, originX: number, originY: number): void {
  const { count, x, y, dx, dy } = polygon;
  let top = 0;
  let bottom = 0;
  let minX = x[0];
  let maxX = x[0];
  for (let i = 1; i < count; i++) {
    if (y[i] < y[top]) top = i;
    if (y[i] >= y[bottom]) bottom = i;
    minX = Math.min(minX, x[i]);
    maxX = Math.max(maxX, x[i]);
  }
  if (originY + y[bottom] + 2 < clip.top || originY + y[top] - 2 > clip.bottom) return;
  if (originX + maxX + 2 < clip.left || originX + minX - 2 > clip.right) return;
  const before = (top + count - 1) % count;
  const clockwise = dy[before] * dx[top] <= dy[top] * dx[before];
  const right = buildSide(polygon, rightEdges, top, bottom, clockwise, 0, originX);
  const left = buildSide(polygon, leftEdges, top, bottom, !clockwise, 1, originX);
  if (right === 0 || left === 0) return;
  fillBetween(clip, originY + rightEdges[0].row, leftEdges, left, rightEdges, right);
}

/** Builds the edges of one side from top to bottom. @returns how many */
function buildSide(
  { count, y, dx, dy, k }: Polygon,
  edges: Edge[],
  top: number,
  bottom: number,
  forward: boolean,
  toRight: number,
  originX: number,
): number {
  let built = 0;
  let lastRow = 0;
  const step = forward ? 1 : count - 1;
  for (let i = top; i !== bottom; i = (i + step) % count) {
    const slope = forward ? i : (i + count - 1) % count;
    if (dy[slope] === 0) continue;
    const row = Math.ceil(y[i]);
    edges[built].set(k[slope], dx[slope], dy[slope], row, toRight, originX);
    if (built > 0) edges[built - 1].height = row - lastRow;
    built++;
    lastRow = row;
  }
  if (built > 0) edges[built - 1].height = Math.ceil(y[bottom]) - lastRow;
  return built;
}

function fillBetween(
  clip: SpanClip,
  firstRow: number,
  left: Edge[],
  leftCount: number,
  right: Edge[],
  rightCount: number,
): void {
  let y = firstRow;
  let l = 0;
  let r = 0;
  while (l < leftCount && r < rightCount) {
    const a = left[l];
    const b = right[r];
    let rows = Math.min(a.height, b.height);
    a.height -= rows;
    b.height -= rows;
    const above = Math.min(rows, Math.max(0, clip.top - y));
    if (above > 0) {
      a.advance(above);
      b.advance(above);
      y += above;
      rows -= above;
    }
    for (; rows > 0; rows--, y++) {
      if (y >= clip.bottom) return;
      if (b.x >= a.x) clip.add(y, a.x, b.x + 1);
      a.advance(1);
      b.advance(1);
    }
    if (a.height === 0) l++;
    if (b.height === 0) r++;
  }
}
