import { sameWords, type PixelArray, type RasterFormat } from './raster.ts';

/**
 * Reads pixels as 0xAARRGGBB words. Colours of fewer bits are widened by repeating their top bits; formats without
 * alpha are opaque; a8 and a1 are black with that alpha.
 */
export function widenRow(
  format: RasterFormat,
  from: PixelArray,
  start: number,
  count: number,
  to: Uint32Array,
  toStart: number,
): void {
  switch (format) {
    case 'argb32':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i];
      break;
    case 'xrgb32':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i] | 0xff000000;
      break;
    case 'rgb555':
      for (let i = 0; i < count; i++) to[toStart + i] = widen555(from[start + i]);
      break;
    case 'rgb565':
      for (let i = 0; i < count; i++) to[toStart + i] = widen565(from[start + i]);
      break;
    case 'a8':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i] << 24;
      break;
    case 'a1':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i] === 0 ? 0 : 0xff000000;
      break;
  }
}

/** Writes 0xAARRGGBB words as pixels, cutting surplus bits off. xrgb32 gets the words as they are. */
export function narrowRow(
  from: Uint32Array,
  start: number,
  count: number,
  format: RasterFormat,
  to: PixelArray,
  toStart: number,
): void {
  switch (format) {
    case 'argb32':
    case 'xrgb32':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i];
      break;
    case 'rgb555':
      for (let i = 0; i < count; i++) to[toStart + i] = narrow555(from[start + i]);
      break;
    case 'rgb565':
      for (let i = 0; i < count; i++) to[toStart + i] = narrow565(from[start + i]);
      break;
    case 'a8':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i] >>> 24;
      break;
    case 'a1':
      for (let i = 0; i < count; i++) to[toStart + i] = from[start + i] >>> 31;
      break;
  }
}

/** @returns an int32 word, opaque */
export function widen555(pixel: number): number {
  const r = (pixel >> 10) & 31;
  const g = (pixel >> 5) & 31;
  const b = pixel & 31;
  return 0xff000000 | (((r << 3) | (r >> 2)) << 16) | (((g << 3) | (g >> 2)) << 8) | ((b << 3) | (b >> 2));
}

/** @returns an int32 word, opaque */
export function widen565(pixel: number): number {
  const r = (pixel >> 11) & 31;
  const g = (pixel >> 5) & 63;
  const b = pixel & 31;
  return 0xff000000 | (((r << 3) | (r >> 2)) << 16) | (((g << 2) | (g >> 4)) << 8) | ((b << 3) | (b >> 2));
}

export function narrow555(word: number): number {
  return ((word >> 9) & 0x7c00) | ((word >> 6) & 0x03e0) | ((word >> 3) & 0x001f);
}

export function narrow565(word: number): number {
  return ((word >> 8) & 0xf800) | ((word >> 5) & 0x07e0) | ((word >> 3) & 0x001f);
}

let wide = new Uint32Array(4096);

/** Moves pixels from one format to another; same words are moved raw. The arrays must not be the same. */
export function convertRow(
  format: RasterFormat,
  from: PixelArray,
  start: number,
  count: number,
  toFormat: RasterFormat,
  to: PixelArray,
  toStart: number,
): void {
  if (sameWords(format, toFormat)) {
    for (let i = 0; i < count; i++) to[toStart + i] = from[start + i];
    return;
  }
  if (to instanceof Uint32Array) {
    widenRow(format, from, start, count, to, toStart);
    return;
  }
  if (wide.length < count) wide = new Uint32Array(count);
  widenRow(format, from, start, count, wide, 0);
  narrowRow(wide, 0, count, toFormat, to, toStart);
}
