import type { Point } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Raster } from './raster.ts';
import type { Region } from './region.ts';

/**
 * Cuts a region to a QMask (docs/protocol/drawing.md#mask): target pixel (x, y) stays if the mask's pixel
 * (x - left + position.x, y - top + position.y) is set, or with `inverse` if it is clear. What lies outside of the
 * mask is not painted either way.
 * @param to receives the result; another region than `from`
 */
export function intersectMask(
  from: Region,
  to: Region,
  mask: Raster,
  left: number,
  top: number,
  position: Point,
  inverse: boolean,
): void {
  to.clear();
  const { pixels, width, height } = mask;
  const dx = left - position.x;
  const dy = top - position.y;
  const set = significantBits(mask);
  const end = from.count * 4;
  for (let at = 0; at < end; at += 4) {
    const x0 = Math.max(from.rects[at], dx);
    const y0 = Math.max(from.rects[at + 1], dy);
    const x1 = Math.min(from.rects[at + 2], dx + width);
    const y1 = Math.min(from.rects[at + 3], dy + height);
    for (let y = y0; y < y1; y++) {
      const row = (y - dy) * width - dx;
      let start = -1;
      for (let x = x0; x < x1; x++) {
        const paints = ((pixels[row + x] & set) !== 0) !== inverse;
        if (paints) {
          if (start < 0) start = x;
        } else if (start >= 0) {
          to.add(start, y, x, y + 1);
          start = -1;
        }
      }
      if (start >= 0) to.add(start, y, x1, y + 1);
    }
  }
}

/** Masks are a1; of other pictures every pixel that is not black (a8: not transparent) counts as set. */
function significantBits(mask: Raster): number {
  switch (mask.format) {
    case 'xrgb32':
    case 'argb32':
      return 0xffffff;
    case 'rgb555':
      return 0x7fff;
    case 'rgb565':
      return 0xffff;
    case 'a8':
    case 'a1':
      return 0xff;
  }
}
