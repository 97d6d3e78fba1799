import { bitmapFormat } from '../channels/image.ts';
import { CodecError } from './codec-error.ts';
import { checkImageSize, type DecodedImage, type ImageSize } from './decoded-image.ts';
import { freshMemory, type PixelMemory } from './pixel-pool.ts';
import { expandPalette, type DecodeTarget } from './palette.ts';

const BITS: Readonly<Record<number, number>> = {
  [bitmapFormat.bit1Le]: 1,
  [bitmapFormat.bit1Be]: 1,
  [bitmapFormat.bit4Le]: 4,
  [bitmapFormat.bit4Be]: 4,
  [bitmapFormat.bit8]: 8,
  [bitmapFormat.bit16]: 16,
  [bitmapFormat.bit24]: 24,
  [bitmapFormat.bit32]: 32,
  [bitmapFormat.rgba]: 32,
  [bitmapFormat.bit8A]: 8,
};

export interface Bitmap {
  readonly format: number;
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row. */
  readonly stride: number;
  readonly topDown: boolean;
  /** stride * height bytes; borrowed. */
  readonly data: Uint8Array;
  /** Raw u32 entries; 1-bit bitmaps without one are masks. */
  readonly palette?: ArrayLike<number> | undefined;
}

/**
 * Decodes an uncompressed bitmap. 16BIT gives rgb555; 24BIT, 32BIT xrgb32 (the top byte of 32BIT is arbitrary); RGBA
 * argb32; 8BIT_A a8; palette formats see `expandPalette` (indices above the palette are black); 1-bit a1 without a palette or for
 * the target mask.
 * The caller owns the result. Throws CodecError.
 */
export function decodeBitmap(
  bitmap: Bitmap,
  target: DecodeTarget,
  expected?: ImageSize,
  memory: PixelMemory = freshMemory,
): DecodedImage {
  const { format, width, height, stride, topDown, data, palette } = bitmap;
  const bits = BITS[format];
  if (bits === undefined)
    throw new CodecError('BITMAP', 'bad-header', 0, 'a bitmap format from 1 to 10', format);
  checkImageSize('BITMAP', 2, width, height, expected);
  const rowBytes = Math.ceil((width * bits) / 8);
  if (stride < rowBytes) {
    throw new CodecError('BITMAP', 'bad-size', 10, `a stride of at least ${rowBytes}`, stride);
  }
  const needed = stride * (height - 1) + rowBytes;
  if (data.length < needed) {
    throw new CodecError('BITMAP', 'truncated', data.length, `${needed} bytes of pixels`, data.length);
  }
  const rows: Rows = { data, stride, rowBytes, width, height, topDown };

  switch (format) {
    case bitmapFormat.bit16:
      return {
        format: 'rgb555',
        width,
        height,
        pixels: new Uint16Array(gatherRows(rows, new Uint8Array(rowBytes * height)).buffer),
      };
    case bitmapFormat.bit24:
      return { format: 'xrgb32', width, height, pixels: widenRows(rows, memory) };
    case bitmapFormat.bit32:
      return { format: 'xrgb32', width, height, pixels: gatherWords(rows, memory) };
    case bitmapFormat.rgba:
      return { format: 'argb32', width, height, pixels: gatherWords(rows, memory) };
    case bitmapFormat.bit8A:
      return { format: 'a8', width, height, pixels: gatherRows(rows, new Uint8Array(rowBytes * height)) };
    default:
      break;
  }
  const lowFirst = format === bitmapFormat.bit1Le || format === bitmapFormat.bit4Le;
  if (palette === undefined || (target === 'mask' && bits === 1)) {
    if (bits !== 1) throw new CodecError('BITMAP', 'no-palette', 14, 'a palette', 'none');
    return { format: 'a1', width, height, pixels: spreadBits(rows, lowFirst) };
  }
  return expandPalette({
    bits: bits === 1 || bits === 4 ? bits : 8,
    lowFirst,
    indices: data,
    stride,
    topDown,
    width,
    height,
    palette,
    target: target === 'mask' ? '32' : target,
    wrap: false,
    memory,
  });
}

interface Rows {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly rowBytes: number;
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
}

/** The rows from the top, without padding. */
function gatherRows(
  { data, stride, rowBytes, height, topDown }: Rows,
  out: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (topDown && stride === rowBytes) {
    out.set(data.subarray(0, rowBytes * height));
    return out;
  }
  for (let y = 0; y < height; y++) {
    const from = (topDown ? y : height - 1 - y) * stride;
    out.set(data.subarray(from, from + rowBytes), y * rowBytes);
  }
  return out;
}

function gatherWords(rows: Rows, memory: PixelMemory): Uint32Array {
  const pixels = memory.words(rows.width * rows.height);
  gatherRows(rows, new Uint8Array(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.byteLength));
  return pixels;
}

function widenRows({ data, stride, width, height, topDown }: Rows, memory: PixelMemory): Uint32Array {
  const pixels = memory.words(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    let at = (topDown ? y : height - 1 - y) * stride;
    for (const stop = i + width; i < stop; i++, at += 3) {
      pixels[i] = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
    }
  }
  return pixels;
}

function spreadBits({ data, stride, width, height, topDown }: Rows, lowFirst: boolean): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const flip = lowFirst ? 0 : 7;
  for (let y = 0, i = 0; y < height; y++) {
    const from = (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) pixels[i++] = (data[from + (x >> 3)] >> ((x & 7) ^ flip)) & 1;
  }
  return pixels;
}
