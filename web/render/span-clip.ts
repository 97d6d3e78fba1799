import { Region } from './region.ts';

/** Sort keys of spans hold their length below their place. */
const KEY_LENGTHS = 1 << 16;

/**
 * Cuts horizontal spans to a painted region whose rectangles lie in bands, as those of `setPainted` do. Collected spans
 * are in `spans`.
 */
export class SpanClip {
  readonly spans = new Region();
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly #rects: Int32Array;
  /** for each row from `top` on the first rectangle in its band, or -1 */
  readonly #firstOfRow: Int32Array;
  readonly #end: number;

  constructor(region: Region) {
    const { left, top, right, bottom } = region.extents();
    this.left = left;
    this.top = top;
    this.right = right;
    this.bottom = bottom;
    this.#rects = region.rects;
    this.#end = region.count * 4;
    this.#firstOfRow = new Int32Array(bottom - top).fill(-1);
    for (let at = this.#end - 4; at >= 0; at -= 4) {
      this.#firstOfRow.fill(at, region.rects[at + 1] - top, region.rects[at + 3] - top);
    }
  }

  /** Adds the pixels x0 to x1 (exclusive) of row y. */
  add(y: number, x0: number, x1: number): void {
    if (y < this.top || y >= this.bottom || x0 >= this.right || x1 <= this.left) return;
    const rects = this.#rects;
    const end = this.#end;
    let at = this.#firstOfRow[y - this.top];
    if (at < 0) return;
    for (const bandTop = rects[at + 1]; at < end && rects[at + 1] === bandTop; at += 4) {
      if (rects[at] >= x1) return;
      this.spans.add(Math.max(x0, rects[at]), y, Math.min(x1, rects[at + 2]), y + 1);
    }
  }

  /** Joins spans that overlap or touch, so that no pixel is in two of them. */
  uniteSpans(): void {
    const { spans, left, top } = this;
    const width = this.right - left;
    const keys = new Float64Array(spans.count);
    for (let i = 0; i < keys.length; i++) {
      const at = i * 4;
      const x = spans.rects[at];
      const place = (spans.rects[at + 1] - top) * width + x - left;
      keys[i] = place * KEY_LENGTHS + spans.rects[at + 2] - x;
    }
    keys.sort();
    spans.clear();
    let start = 0;
    let end = 0;
    for (const key of keys) {
      const place = Math.floor(key / KEY_LENGTHS);
      const placeEnd = place + (key % KEY_LENGTHS);
      // A span never reaches from one row to the next.
      if (place <= end && end > start && Math.floor(place / width) === Math.floor(start / width)) {
        end = Math.max(end, placeEnd);
        continue;
      }
      this.#addPlaces(start, end, width);
      start = place;
      end = placeEnd;
    }
    this.#addPlaces(start, end, width);
  }

  #addPlaces(start: number, end: number, width: number): void {
    if (start >= end) return;
    const row = Math.floor(start / width);
    const x = this.left + start - row * width;
    this.spans.add(x, this.top + row, x + end - start, this.top + row + 1);
  }
}
