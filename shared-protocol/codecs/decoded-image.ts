import { CodecError } from './codec-error.ts';

export type PixelFormat = 'xrgb32' | 'argb32' | 'rgb555' | 'a8' | 'a1';

interface ImageBase<F extends PixelFormat, P> {
  readonly format: F;
  readonly width: number;
  readonly height: number;
  /** Rows from the top, without padding: width * height elements. */
  readonly pixels: P;
}

/** 0xAARRGGBB words (memory order B, G, R, A). The top byte of xrgb32 means nothing; argb32 is premultiplied. */
export type Image32 = ImageBase<'xrgb32' | 'argb32', Uint32Array>;
/** x1r5g5b5; the top bit means nothing. */
export type Image555 = ImageBase<'rgb555', Uint16Array>;
/** a8: one alpha byte per pixel. a1: one byte per pixel, 0 or 1. */
export type ImageMask = ImageBase<'a8' | 'a1', Uint8Array>;

/** A decoded picture. Whoever gets one may keep it; see each decoder on whether it may also be written to. */
export type DecodedImage = Image32 | Image555 | ImageMask;

/** Width or height above this is refused. */
export const MAX_IMAGE_SIDE = 1 << 20;
/** More pixels than this are refused: 256 MiB as 32-bit words. */
export const MAX_IMAGE_PIXELS = 64 * 1024 * 1024;

/** The size that the image descriptor announced; a codec's own header must agree with it. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Throws unless width and height are usable and agree with the descriptor where one is given. */
export function checkImageSize(
  codec: string,
  offset: number,
  width: number,
  height: number,
  expected?: ImageSize,
): void {
  if (!(width >= 1 && height >= 1)) {
    throw new CodecError(codec, 'bad-size', offset, 'at least one pixel', `${width}x${height}`);
  }
  if (width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE || width * height > MAX_IMAGE_PIXELS) {
    throw new CodecError(
      codec,
      'too-large',
      offset,
      `at most ${MAX_IMAGE_PIXELS} pixels`,
      `${width}x${height}`,
    );
  }
  if (expected !== undefined && (expected.width !== width || expected.height !== height)) {
    throw new CodecError(
      codec,
      'bad-size',
      offset,
      `${expected.width}x${expected.height} as in the image descriptor`,
      `${width}x${height}`,
    );
  }
}

/** Turns rows upside down in place. */
export function flipRows(
  pixels: Uint32Array | Uint16Array | Uint8Array,
  width: number,
  height: number,
): void {
  const spare = pixels.slice(0, width);
  for (let top = 0, bottom = (height - 1) * width; top < bottom; top += width, bottom -= width) {
    spare.set(pixels.subarray(top, top + width));
    pixels.copyWithin(top, bottom, bottom + width);
    pixels.set(spare, bottom);
  }
}

/**
 * Canonical bytes R, G, B, A for comparisons: alpha 255 for opaque formats, 5-bit components widened by repeating
 * their top bits, masks as black with that alpha (a1: 0 or 255). Alpha is neither multiplied nor divided.
 */
export function toRgba(image: DecodedImage): Uint8ClampedArray<ArrayBuffer> {
  const count = image.width * image.height;
  const rgba = new Uint8ClampedArray(count * 4);
  const words = new Uint32Array(rgba.buffer);
  switch (image.format) {
    case 'xrgb32':
    case 'argb32': {
      const { pixels } = image;
      const opaque = image.format === 'xrgb32' ? 0xff000000 : 0;
      for (let i = 0; i < count; i++) {
        const p = pixels[i];
        words[i] = (p & 0xff00ff00) | ((p & 0xff) << 16) | ((p >>> 16) & 0xff) | opaque;
      }
      break;
    }
    case 'rgb555': {
      const { pixels } = image;
      for (let i = 0; i < count; i++) {
        const p = pixels[i];
        const r = (p >> 10) & 31;
        const g = (p >> 5) & 31;
        const b = p & 31;
        words[i] =
          0xff000000 | (((b << 3) | (b >> 2)) << 16) | (((g << 3) | (g >> 2)) << 8) | ((r << 3) | (r >> 2));
      }
      break;
    }
    case 'a8':
      for (let i = 0; i < count; i++) words[i] = image.pixels[i] << 24;
      break;
    case 'a1':
      for (let i = 0; i < count; i++) words[i] = image.pixels[i] === 0 ? 0 : 0xff000000;
      break;
  }
  return rgba;
}
