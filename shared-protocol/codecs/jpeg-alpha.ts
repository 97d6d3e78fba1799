import { CodecError } from './codec-error.ts';
import type { DecodedImage, Image32, ImageSize } from './decoded-image.ts';
import { readJpegSize } from './jpeg-header.ts';
import { decodeLz } from './lz.ts';

/** What a JPEG decoder gives: bytes R, G, B, A from the top row, A ignored. */
export interface JpegPixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray | Uint8Array;
}

/** Decodes a JPEG file; the browser does it, so it is passed in. The data is borrowed. */
export type JpegDecoder = (jpeg: Uint8Array) => Promise<JpegPixels>;

/** Decodes a JPEG payload to xrgb32. Rejects with CodecError. */
export async function decodeJpeg(
  data: Uint8Array,
  decoder: JpegDecoder,
  expected?: ImageSize,
): Promise<Image32> {
  const size = readJpegSize(data, expected);
  let picture: JpegPixels;
  try {
    picture = await decoder(data);
  } catch (error) {
    throw new CodecError('JPEG', 'damaged', 0, 'a JPEG that can be decoded', String(error), { cause: error });
  }
  const { width, height, rgba } = picture;
  if (width !== size.width || height !== size.height || rgba.length !== width * height * 4) {
    throw new CodecError('JPEG', 'bad-size', 0, `${size.width}x${size.height} pixels`, `${width}x${height}`);
  }
  const words =
    (rgba.byteOffset & 3) === 0
      ? new Uint32Array(rgba.buffer, rgba.byteOffset, width * height)
      : new Uint32Array(new Uint8Array(rgba).buffer);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const p = words[i];
    pixels[i] = (p & 0xff00) | ((p & 0xff) << 16) | ((p >>> 16) & 0xff);
  }
  return { format: 'xrgb32', width, height, pixels };
}

/** The two streams of a JPEG_ALPHA payload, as views of its data. */
export interface JpegAlphaParts {
  readonly jpeg: Uint8Array;
  readonly alpha: Uint8Array;
}

export function splitJpegAlpha(data: Uint8Array, jpegSize: number): JpegAlphaParts {
  if (jpegSize > data.length) {
    throw new CodecError('JPEG_ALPHA', 'truncated', 0, `a JPEG of ${jpegSize} bytes`, data.length);
  }
  return { jpeg: data.subarray(0, jpegSize), alpha: data.subarray(jpegSize) };
}

/** Gives an opaque picture its alpha plane: argb32 in the pixels of `rgb`, which is used up. */
export function applyAlpha(rgb: Image32, alpha: DecodedImage): Image32 {
  if (alpha.format !== 'a8') {
    throw new CodecError('JPEG_ALPHA', 'bad-header', 0, 'an alpha plane', alpha.format);
  }
  const { width, height, pixels } = rgb;
  if (alpha.width !== width || alpha.height !== height) {
    throw new CodecError('JPEG_ALPHA', 'bad-size', 0, `${width}x${height}`, `${alpha.width}x${alpha.height}`);
  }
  const plane = alpha.pixels;
  for (let i = 0; i < pixels.length; i++) pixels[i] = (pixels[i] & 0xffffff) | (plane[i] << 24);
  return { format: 'argb32', width, height, pixels };
}

/** Decodes a JPEG_ALPHA payload to argb32: a JPEG of `jpegSize` bytes, then LZ alpha. Rejects with CodecError. */
export async function decodeJpegAlpha(
  data: Uint8Array,
  jpegSize: number,
  decoder: JpegDecoder,
  expected?: ImageSize,
): Promise<Image32> {
  const parts = splitJpegAlpha(data, jpegSize);
  // The alpha plane first: it is checked before the browser is asked to do anything.
  const alpha = decodeLz(parts.alpha, readJpegSize(parts.jpeg, expected));
  return applyAlpha(await decodeJpeg(parts.jpeg, decoder, expected), alpha);
}
