import { narrowRow, widenRow } from './pixel-row.ts';
import type { Raster } from './raster.ts';

/**
 * Writes a rectangle of a raster as R, G, B, A bytes, e.g. for a canvas's ImageData (little-endian machines, as all
 * that browsers run on). Formats without alpha become opaque; 16-bit colours are widened by repeating their top
 * bits; a8 and a1 are black with that alpha; argb32 keeps its stored bytes, alpha still multiplied in.
 * @param out a view of the picture's bytes; row y of the rectangle starts at y * outStride
 * @param opaque alpha 255 for argb32 too, as for what is shown on a screen
 */
export function presentRect(
  raster: Raster,
  left: number,
  top: number,
  width: number,
  height: number,
  out: Uint32Array,
  outStride = width,
  opaque = false,
): void {
  const { format, pixels } = raster;
  const alpha = format === 'xrgb32' || opaque ? 0xff000000 : 0;
  for (let y = 0; y < height; y++) {
    const from = (top + y) * raster.width + left;
    const to = y * outStride;
    if (pixels instanceof Uint32Array) swapRow(pixels, from, width, alpha, out, to);
    else {
      widenRow(format, pixels, from, width, out, to);
      swapRow(out, to, width, alpha, out, to);
    }
  }
}

/** 0xAARRGGBB words to words that lie in memory as R, G, B, A. */
function swapRow(
  from: Uint32Array,
  start: number,
  count: number,
  alpha: number,
  to: Uint32Array,
  toStart: number,
): void {
  for (let i = 0; i < count; i++) {
    const p = from[start + i];
    to[toStart + i] = (p & 0xff00ff00) | alpha | ((p & 0xff) << 16) | ((p >>> 16) & 0xff);
  }
}

/** The whole raster as R, G, B, A bytes. */
export function presentAll(raster: Raster, opaque = false): Uint8ClampedArray<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(raster.width * raster.height * 4);
  const words = new Uint32Array(bytes.buffer);
  presentRect(raster, 0, 0, raster.width, raster.height, words, raster.width, opaque);
  return bytes;
}

/**
 * Writes R, G, B, A bytes (a decoded video frame, a JPEG) into a raster, opaque.
 * @param rgba a view of the picture's bytes; the part's rows lie rgbaStride pixels apart from rgbaStart on
 */
export function putRgba(
  raster: Raster,
  left: number,
  top: number,
  width: number,
  height: number,
  rgba: Uint32Array,
  rgbaStart = 0,
  rgbaStride = width,
): void {
  const { format, pixels } = raster;
  const row = pixels instanceof Uint32Array ? pixels : new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    const from = rgbaStart + y * rgbaStride;
    const to = (top + y) * raster.width + left;
    swapRow(rgba, from, width, 0xff000000, row, row === pixels ? to : 0);
    if (row !== pixels) narrowRow(row, 0, width, format, pixels, to);
  }
}
