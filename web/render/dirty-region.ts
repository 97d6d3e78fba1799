/** More rectangles than this are merged: presentation costs per rectangle, so few larger ones are better. */
export const MAX_DIRTY_RECTS = 12;

/**
 * The damaged part of a surface between two presentations: a few rectangles (left, top, right, bottom) that cover
 * it. They may overlap and may cover more than was painted, never less.
 */
export class DirtyRegion {
  readonly #width: number;
  readonly #height: number;
  /** one spare entry, for the rectangle that has to be merged */
  readonly #rects = new Int32Array((MAX_DIRTY_RECTS + 1) * 4);
  #count = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  get empty(): boolean {
    return this.#count === 0;
  }

  /** Adds a rectangle, cut to the surface; an empty one adds nothing. */
  add(left: number, top: number, right: number, bottom: number): void {
    let l = Math.max(0, left);
    let t = Math.max(0, top);
    let r = Math.min(this.#width, right);
    let b = Math.min(this.#height, bottom);
    if (!(l < r && t < b)) return;
    const rects = this.#rects;
    // Absorb what costs no more together than apart; the grown rectangle may then absorb others.
    for (let i = 0; i < this.#count;) {
      const at = i * 4;
      const il = rects[at];
      const it = rects[at + 1];
      const ir = rects[at + 2];
      const ib = rects[at + 3];
      if (il <= l && it <= t && ir >= r && ib >= b) return;
      const ul = Math.min(il, l);
      const ut = Math.min(it, t);
      const ur = Math.max(ir, r);
      const ub = Math.max(ib, b);
      if ((ur - ul) * (ub - ut) > (ir - il) * (ib - it) + (r - l) * (b - t)) {
        i++;
        continue;
      }
      l = ul;
      t = ut;
      r = ur;
      b = ub;
      this.#removeAt(i);
      i = 0;
    }
    this.#put(this.#count, l, t, r, b);
    this.#count++;
    if (this.#count > MAX_DIRTY_RECTS) this.#mergeCheapestPair();
  }

  addAll(): void {
    this.#count = 0;
    this.add(0, 0, this.#width, this.#height);
  }

  clear(): void {
    this.#count = 0;
  }

  /** Calls `use` for each rectangle, then forgets them. */
  take(use: (left: number, top: number, right: number, bottom: number) => void): void {
    const rects = this.#rects;
    const count = this.#count;
    this.#count = 0;
    const taken = rects.slice(0, count * 4);
    for (let at = 0; at < taken.length; at += 4) use(taken[at], taken[at + 1], taken[at + 2], taken[at + 3]);
  }

  #put(index: number, l: number, t: number, r: number, b: number): void {
    const at = index * 4;
    this.#rects[at] = l;
    this.#rects[at + 1] = t;
    this.#rects[at + 2] = r;
    this.#rects[at + 3] = b;
  }

  #removeAt(index: number): void {
    this.#count--;
    this.#rects.copyWithin(index * 4, this.#count * 4, this.#count * 4 + 4);
  }

  /** Merges the two rectangles whose common box adds least. */
  #mergeCheapestPair(): void {
    const rects = this.#rects;
    const count = this.#count;
    let bestCost = Infinity;
    let first = 0;
    let second = 1;
    for (let i = 0; i < count - 1; i++) {
      for (let j = i + 1; j < count; j++) {
        const cost = unionArea(rects, i, j) - area(rects, i) - area(rects, j);
        if (cost < bestCost) {
          bestCost = cost;
          first = i;
          second = j;
        }
      }
    }
    const a = first * 4;
    const b = second * 4;
    this.#put(
      first,
      Math.min(rects[a], rects[b]),
      Math.min(rects[a + 1], rects[b + 1]),
      Math.max(rects[a + 2], rects[b + 2]),
      Math.max(rects[a + 3], rects[b + 3]),
    );
    this.#removeAt(second);
  }
}

function area(rects: Int32Array, index: number): number {
  return (rects[index * 4 + 2] - rects[index * 4]) * (rects[index * 4 + 3] - rects[index * 4 + 1]);
}

function unionArea(rects: Int32Array, i: number, j: number): number {
  const a = i * 4;
  const b = j * 4;
  return (
    (Math.max(rects[a + 2], rects[b + 2]) - Math.min(rects[a], rects[b])) *
    (Math.max(rects[a + 3], rects[b + 3]) - Math.min(rects[a + 1], rects[b + 1]))
  );
}
