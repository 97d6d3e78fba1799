import { over } from './alpha-math.ts';
import { narrowRow, widenRow } from './pixel-row.ts';
import type { Raster } from './raster.ts';
import type { Surface } from './surface.ts';

let wide = new Uint32Array(4096);

/**
 * Blends premultiplied 0xAARRGGBB words over pixels of a row. 16-bit pixels are widened, blended and cut again. The
 * unused byte of xrgb32 is treated like alpha.
 */
export function overRow(
  target: Raster,
  start: number,
  source: Uint32Array,
  sourceStart: number,
  count: number,
): void {
  const { pixels, format } = target;
  if (pixels instanceof Uint32Array) {
    for (let i = 0; i < count; i++) {
      const s = source[sourceStart + i];
      if (s >= 0xff000000) pixels[start + i] = s;
      else if (s !== 0) pixels[start + i] = over(s, pixels[start + i]);
    }
    return;
  }
  if (wide.length < count) wide = new Uint32Array(count);
  widenRow(format, pixels, start, count, wide, 0);
  for (let i = 0; i < count; i++) wide[i] = over(source[sourceStart + i], wide[i]);
  narrowRow(wide, 0, count, format, pixels, start);
}

/**
 * What blending does to the unused byte of an xRGB surface (docs/protocol/drawing.md#unused-byte): if it is 255 in the
 * upper left pixel of the blended rectangle, cut to the surface but not to the clip, it turns 0 in the whole rectangle.
 */
export function clearUnusedByte(
  target: Surface,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  if (target.format !== 'xrgb32') return;
  const { pixels, width, height } = target;
  const x0 = Math.max(0, left);
  const y0 = Math.max(0, top);
  const x1 = Math.min(width, right);
  const y1 = Math.min(height, bottom);
  if (x0 >= x1 || y0 >= y1 || pixels[y0 * width + x0] < 0xff000000) return;
  for (let y = y0; y < y1; y++) {
    for (let i = y * width + x0; i < y * width + x1; i++) pixels[i] &= 0xffffff;
  }
}
