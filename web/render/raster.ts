/**
 * How pixels lie in memory. xrgb32/argb32: Uint32Array of 0xAARRGGBB, rgb555/rgb565: Uint16Array,
 * a8: Uint8Array, a1: Uint8Array of 0 and 1.
 */
export type RasterFormat = 'xrgb32' | 'argb32' | 'rgb555' | 'rgb565' | 'a8' | 'a1';

export type PixelArray = Uint32Array | Uint16Array | Uint8Array;

/** A rectangle of pixels: rows from the top, no padding. Decoded images and surfaces are rasters. */
export interface Raster {
  readonly format: RasterFormat;
  readonly width: number;
  readonly height: number;
  readonly pixels: PixelArray;
}

/** What an image is to become: pixels of that format, in other memory than those pixels. */
export type DrawnAs = Pick<Raster, 'format' | 'pixels'>;

/** A raster laid over a target: the target's pixel (x, y) is the raster's (x - left, y - top). */
export interface PlacedRaster {
  readonly raster: Raster;
  readonly left: number;
  readonly top: number;
}

export function newPixels(format: RasterFormat, count: number): PixelArray {
  switch (format) {
    case 'xrgb32':
    case 'argb32':
      return new Uint32Array(count);
    case 'rgb555':
    case 'rgb565':
      return new Uint16Array(count);
    case 'a8':
    case 'a1':
      return new Uint8Array(count);
  }
}

export function bytesPerPixel(format: RasterFormat): number {
  return is32(format) ? 4 : is16(format) ? 2 : 1;
}

/** All bits that a pixel of the format has, as an int32. */
export function pixelBits(format: RasterFormat): number {
  switch (format) {
    case 'xrgb32':
    case 'argb32':
      return -1;
    case 'rgb555':
    case 'rgb565':
      return 0xffff;
    case 'a8':
      return 0xff;
    case 'a1':
      return 1;
  }
}

export function is32(format: RasterFormat): boolean {
  return format === 'xrgb32' || format === 'argb32';
}

export function is16(format: RasterFormat): boolean {
  return format === 'rgb555' || format === 'rgb565';
}

/** Whether pixels of both formats are the same words, so that they may be moved as they are. */
export function sameWords(a: RasterFormat, b: RasterFormat): boolean {
  return a === b || (is32(a) && is32(b));
}
