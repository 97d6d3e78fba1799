import type { Clip, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

const FIRST_CAPACITY = 64;

/**
 * The pixels that a draw paints: rectangles that never overlap, rows from the top.
 * Meant to be kept and filled anew for every message, so that drawing allocates nothing.
 */
export class Region {
  /** left, top, right, bottom of each rectangle; only the first 4 * count elements count */
  rects = new Int32Array(FIRST_CAPACITY * 4);
  count = 0;

  get empty(): boolean {
    return this.count === 0;
  }

  clear(): void {
    this.count = 0;
  }

  /** Appends a rectangle that overlaps none of those before; an empty one is left out. */
  add(left: number, top: number, right: number, bottom: number): void {
    if (left >= right || top >= bottom) return;
    const at = this.count * 4;
    if (at === this.rects.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.rects);
      this.rects = larger;
    }
    const { rects } = this;
    rects[at] = left;
    rects[at + 1] = top;
    rects[at + 2] = right;
    rects[at + 3] = bottom;
    this.count++;
  }

  /** The smallest rectangle around all, or zeros for an empty region. */
  extents(): { left: number; top: number; right: number; bottom: number } {
    const { rects, count } = this;
    if (count === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
    let [left, top, right, bottom] = rects;
    for (let at = 4; at < count * 4; at += 4) {
      left = Math.min(left, rects[at]);
      top = Math.min(top, rects[at + 1]);
      right = Math.max(right, rects[at + 2]);
      bottom = Math.max(bottom, rects[at + 3]);
    }
    return { left, top, right, bottom };
  }

  /** box AND a surface of that size AND the clip (docs/protocol/drawing.md#every-draw). */
  setPainted(box: Rect, width: number, height: number, clip: Clip): void {
    this.count = 0;
    const left = Math.max(0, box.left);
    const top = Math.max(0, box.top);
    const right = Math.min(width, box.right);
    const bottom = Math.min(height, box.bottom);
    if (left >= right || top >= bottom) return;
    if (clip.kind === 'none') this.add(left, top, right, bottom);
    else if (isBanded(clip.rects)) {
      for (const rect of clip.rects) {
        this.add(
          Math.max(left, rect.left),
          Math.max(top, rect.top),
          Math.min(right, rect.right),
          Math.min(bottom, rect.bottom),
        );
      }
    } else this.#addUnion(clip.rects, left, top, right, bottom);
  }

  /** Becomes `other` cut to a rectangle. */
  setIntersection(other: Region, box: Rect): void {
    this.count = 0;
    const { rects } = other;
    for (let at = 0; at < other.count * 4; at += 4) {
      this.add(
        Math.max(box.left, rects[at]),
        Math.max(box.top, rects[at + 1]),
        Math.min(box.right, rects[at + 2]),
        Math.min(box.bottom, rects[at + 3]),
      );
    }
  }

  /**
   * The union of rectangles in any order, inside a box: a sweep from band to band over the distinct edges.
   * Time and memory are bounded by the box's area, however many rectangles there are.
   */
  #addUnion(clip: readonly Rect[], left: number, top: number, right: number, bottom: number): void {
    const cut: Rect[] = [];
    for (const rect of clip) {
      const one = {
        left: Math.max(left, rect.left),
        top: Math.max(top, rect.top),
        right: Math.min(right, rect.right),
        bottom: Math.min(bottom, rect.bottom),
      };
      if (one.left < one.right && one.top < one.bottom) cut.push(one);
    }
    const xs = distinctSorted(cut, 'left', 'right');
    const ys = distinctSorted(cut, 'top', 'bottom');
    const column = new Map<number, number>();
    for (let i = 0; i < xs.length; i++) column.set(xs[i], i);
    const starting = [...cut].sort((a, b) => a.top - b.top);
    const ending = cut.sort((a, b) => a.bottom - b.bottom);
    /** how many rectangles more cover the column than the one left of it */
    const steps = new Int32Array(xs.length);
    const step = (rect: Rect, by: number): void => {
      steps[column.get(rect.left) as number] += by;
      steps[column.get(rect.right) as number] -= by;
    };
    let started = 0;
    let ended = 0;
    let lastBand = 0;
    for (let band = 0; band + 1 < ys.length; band++) {
      const y = ys[band];
      for (; started < starting.length && starting[started].top === y; started++) step(starting[started], 1);
      for (; ended < ending.length && ending[ended].bottom === y; ended++) step(ending[ended], -1);
      const first = this.count;
      let depth = 0;
      let from = 0;
      for (let i = 0; i < steps.length; i++) {
        const before = depth;
        depth += steps[i];
        if (before === 0 && depth > 0) from = xs[i];
        else if (before > 0 && depth === 0) this.add(from, y, xs[i], ys[band + 1]);
      }
      lastBand = this.#joinBands(lastBand, first);
    }
  }

  /**
   * If the rectangles from `second` on continue those from `first` to `second` downwards, makes them one.
   * @returns where the last band now starts
   */
  #joinBands(first: number, second: number): number {
    const { rects } = this;
    const size = second - first;
    if (size === 0 || this.count - second !== size) return second;
    for (let i = 0; i < size; i++) {
      const above = (first + i) * 4;
      const below = (second + i) * 4;
      if (
        rects[above] !== rects[below] ||
        rects[above + 2] !== rects[below + 2] ||
        rects[above + 3] !== rects[below + 1]
      ) {
        return second;
      }
    }
    for (let i = 0; i < size; i++) rects[(first + i) * 4 + 3] = rects[(second + i) * 4 + 3];
    this.count = second;
    return first;
  }
}

/** Whether the rectangles stand as servers send them: in bands from the top, left to right, without overlap. */
function isBanded(rects: readonly Rect[]): boolean {
  let bandTop = -Infinity;
  let bandBottom = -Infinity;
  let right = -Infinity;
  for (const rect of rects) {
    if (rect.left >= rect.right || rect.top >= rect.bottom) continue;
    if (rect.top === bandTop && rect.bottom === bandBottom && rect.left >= right) right = rect.right;
    else if (rect.top >= bandBottom) {
      bandTop = rect.top;
      bandBottom = rect.bottom;
      right = rect.right;
    } else return false;
  }
  return true;
}

function distinctSorted(rects: readonly Rect[], low: keyof Rect, high: keyof Rect): Int32Array {
  const all = new Int32Array(rects.length * 2);
  for (let i = 0; i < rects.length; i++) {
    all[i * 2] = rects[i][low];
    all[i * 2 + 1] = rects[i][high];
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) {
    if (i === 0 || all[i] !== all[i - 1]) {
      all[count] = all[i];
      count++;
    }
  }
  return all.subarray(0, count);
}
