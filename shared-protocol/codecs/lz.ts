import { CodecError } from './codec-error.ts';
import {
  checkImageSize,
  type DecodedImage,
  flipRows,
  type ImageSize,
  MAX_IMAGE_PIXELS,
} from './decoded-image.ts';
import { checkLzStart, checkPlausible, LZ_TYPE, u32be } from './lz-header.ts';
import { lzBytes, lzRgb, lzRgb16 } from './lz-passes.ts';
import { freshMemory, type PixelMemory, scratchBuffer } from './pixel-pool.ts';
import { expandPalette, type PaletteTarget } from './palette.ts';

const HEADER_BYTES = 28;

interface LzHeader {
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** Bytes per row of the source; counts for palette types only. */
  readonly stride: number;
  readonly topDown: boolean;
}

/** Big-endian u32: magic, version, type, width, height, stride, top_down. */
function readHeader(data: Uint8Array, expected: ImageSize | undefined): LzHeader {
  checkLzStart('LZ', data, HEADER_BYTES);
  const width = u32be(data, 12);
  const height = u32be(data, 16);
  checkImageSize('LZ', 12, width, height, expected);
  return { type: u32be(data, 8), width, height, stride: u32be(data, 20), topDown: u32be(data, 24) !== 0 };
}

/**
 * Decodes an LZ image without palette (payload LZ_RGB, or the alpha plane of JPEG_ALPHA). RGB24 and RGB32 give xrgb32
 * (top byte 0), RGBA argb32, RGB16 rgb555, XXXA and A8 a8. The caller owns the result; `data` is borrowed.
 * Throws CodecError.
 */
export function decodeLz(
  data: Uint8Array,
  expected?: ImageSize,
  memory: PixelMemory = freshMemory,
): DecodedImage {
  const { type, width, height, topDown } = readHeader(data, expected);
  const count = width * height;
  checkPlausible('LZ', data, HEADER_BYTES, count);
  switch (type) {
    case LZ_TYPE.rgb24:
    case LZ_TYPE.rgb32:
    case LZ_TYPE.rgba: {
      const pixels = memory.words(count);
      const end = lzRgb(data, HEADER_BYTES, pixels);
      if (type === LZ_TYPE.rgba) {
        const alpha = new Uint8Array(scratchBuffer(count), 0, count);
        lzBytes(data, end, alpha);
        mergeAlpha(pixels, alpha);
      }
      if (!topDown) flipRows(pixels, width, height);
      return { format: type === LZ_TYPE.rgba ? 'argb32' : 'xrgb32', width, height, pixels };
    }
    case LZ_TYPE.rgb16: {
      const pixels = new Uint16Array(count);
      lzRgb16(data, HEADER_BYTES, pixels);
      if (!topDown) flipRows(pixels, width, height);
      return { format: 'rgb555', width, height, pixels };
    }
    case LZ_TYPE.xxxa:
    case LZ_TYPE.a8: {
      const pixels = new Uint8Array(count);
      lzBytes(data, HEADER_BYTES, pixels);
      if (!topDown) flipRows(pixels, width, height);
      return { format: 'a8', width, height, pixels };
    }
    default:
      throw new CodecError('LZ', 'bad-header', 8, 'an LZ type from 6 to 11', type);
  }
}

/** ORs alpha into pixels whose top byte is 0, four at a time: most pictures have large transparent parts. */
function mergeAlpha(pixels: Uint32Array, alpha: Uint8Array): void {
  const count = pixels.length;
  const fours = new Int32Array(alpha.buffer, alpha.byteOffset, count >> 2);
  let i = 0;
  for (let k = 0; k < fours.length; k++, i += 4) {
    const four = fours[k];
    if (four === 0) continue;
    pixels[i] = pixels[i] | (four << 24);
    pixels[i + 1] = pixels[i + 1] | ((four & 0xff00) << 16);
    pixels[i + 2] = pixels[i + 2] | ((four & 0xff0000) << 8);
    pixels[i + 3] = pixels[i + 3] | (four & 0xff000000);
  }
  for (; i < count; i++) pixels[i] = pixels[i] | (alpha[i] << 24);
}

/** Bits per pixel of the palette types, and whether the first pixel is in the low bits. */
const PALETTE_TYPES: Readonly<Record<number, { readonly bits: 1 | 4 | 8; readonly lowFirst: boolean }>> = {
  [LZ_TYPE.plt1Le]: { bits: 1, lowFirst: true },
  [LZ_TYPE.plt1Be]: { bits: 1, lowFirst: false },
  [LZ_TYPE.plt4Le]: { bits: 4, lowFirst: true },
  [LZ_TYPE.plt4Be]: { bits: 4, lowFirst: false },
  [LZ_TYPE.plt8]: { bits: 8, lowFirst: false },
};

/**
 * Decodes an LZ image with a palette (payload LZ_PLT). `palette` holds the raw u32 entries; what they mean depends on
 * the surface that is drawn on, see `expandPalette`. Indices of 4-bit images are taken modulo the palette's size.
 * The caller owns the result; `data` and `palette` are borrowed. Throws CodecError.
 */
export function decodeLzPalette(
  data: Uint8Array,
  palette: ArrayLike<number>,
  target: PaletteTarget,
  expected?: ImageSize,
  memory: PixelMemory = freshMemory,
): DecodedImage {
  const { type, width, height, stride, topDown } = readHeader(data, expected);
  const layout = PALETTE_TYPES[type];
  if (layout === undefined) throw new CodecError('LZ', 'bad-header', 8, 'an LZ type from 1 to 5', type);
  const count = stride * height;
  if (stride < Math.ceil((width * layout.bits) / 8)) {
    throw new CodecError('LZ', 'bad-size', 20, `a stride for ${width} pixels of ${layout.bits} bits`, stride);
  }
  if (count > MAX_IMAGE_PIXELS) {
    throw new CodecError('LZ', 'too-large', 20, `at most ${MAX_IMAGE_PIXELS} bytes`, count);
  }
  if (palette.length === 0) throw new CodecError('LZ', 'no-palette', 0, 'a palette', 'none');
  checkPlausible('LZ', data, HEADER_BYTES, count);
  const indices = new Uint8Array(scratchBuffer(count), 0, count);
  lzBytes(data, HEADER_BYTES, indices);
  const wrap = layout.bits === 4;
  return expandPalette({ ...layout, indices, stride, topDown, width, height, palette, target, wrap, memory });
}
