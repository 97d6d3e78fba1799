import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { heightOf, intersectRects, isEmpty, rectOf, widthOf } from './region.ts';

/** Pixels as 0x00RRGGBB words, rows from the top. */
export class Bitmap {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  get bounds(): Rect {
    return rectOf(0, 0, this.width, this.height);
  }

  fill(rect: Rect, color: number): void {
    const { top, left, bottom, right } = intersectRects(rect, this.bounds);
    if (left >= right) return;
    for (let y = top; y < bottom; y++) {
      this.pixels.fill(color, y * this.width + left, y * this.width + right);
    }
  }

  set(x: number, y: number, color: number): void {
    if (x >= 0 && y >= 0 && x < this.width && y < this.height) this.pixels[y * this.width + x] = color;
  }

  /** Draws `source` with its top left at (x, y), inside `clip` only. */
  blit(source: Bitmap, x: number, y: number, clip: Rect = this.bounds): void {
    const target = intersectRects(
      rectOf(x, y, source.width, source.height),
      intersectRects(clip, this.bounds),
    );
    for (let row = target.top; row < target.bottom && target.left < target.right; row++) {
      const from = (row - y) * source.width + target.left - x;
      this.pixels.set(source.pixels.subarray(from, from + widthOf(target)), row * this.width + target.left);
    }
  }

  /** A copy of that part; the rectangle must lie inside. */
  crop(rect: Rect): Bitmap {
    const part = new Bitmap(widthOf(rect), heightOf(rect));
    if (!isEmpty(rect)) part.blit(this, -rect.left, -rect.top);
    return part;
  }
}
