import { CodecError } from './codec-error.ts';
import { checkImageSize, type DecodedImage, flipRows, type ImageSize } from './decoded-image.ts';
import { copyBytes } from './lz-copy.ts';
import { freshMemory, type PixelMemory, scratchBuffer } from './pixel-pool.ts';

/** Bitmap formats that the server compresses with LZ4, and their bytes per pixel. */
const BYTES_PER_PIXEL: Readonly<Record<number, number>> = { 6: 2, 7: 3, 8: 4, 9: 4 };
const RGB16 = 6;
const RGBA = 9;
const MIN_MATCH = 4;
const SHORT_COPY = 24;

/**
 * Decodes an LZ4 image: u8 top_down, u8 bitmap format (16BIT, 24BIT, 32BIT, RGBA), then blocks of a big-endian u32 size
 * and raw LZ4, each going on with the output of those before. 16BIT gives rgb555, 24BIT and 32BIT xrgb32 (the top byte
 * of 32BIT is arbitrary), RGBA argb32. The caller owns the result; `data` is borrowed. Throws CodecError.
 */
export function decodeLz4(
  data: Uint8Array,
  size: ImageSize,
  memory: PixelMemory = freshMemory,
): DecodedImage {
  const { width, height } = size;
  checkImageSize('LZ4', 0, width, height);
  if (data.length < 2) throw new CodecError('LZ4', 'truncated', 0, '2 bytes of header', data.length);
  const topDown = data[0] !== 0;
  const format = data[1];
  const bytesPerPixel = BYTES_PER_PIXEL[format];
  if (bytesPerPixel === undefined) {
    throw new CodecError('LZ4', 'bad-header', 1, 'a bitmap format from 6 to 9', format);
  }
  const bytes = width * height * bytesPerPixel;
  // A byte of LZ4 makes at most 255 bytes.
  if (bytes > data.length * 255) {
    throw new CodecError('LZ4', 'truncated', data.length, `data for ${bytes} bytes`, data.length);
  }
  if (bytesPerPixel === 4) {
    const pixels = memory.words(width * height);
    decodeBlocks(data, 2, new Uint8Array(pixels.buffer, pixels.byteOffset, bytes));
    if (!topDown) flipRows(pixels, width, height);
    return { format: format === RGBA ? 'argb32' : 'xrgb32', width, height, pixels };
  }
  if (format === RGB16) {
    const pixels = new Uint16Array(width * height);
    decodeBlocks(data, 2, new Uint8Array(pixels.buffer));
    if (!topDown) flipRows(pixels, width, height);
    return { format: 'rgb555', width, height, pixels };
  }
  const pixels = memory.words(width * height);
  const packed = new Uint8Array(scratchBuffer(bytes), 0, bytes);
  decodeBlocks(data, 2, packed);
  widen24(packed, pixels);
  if (!topDown) flipRows(pixels, width, height);
  return { format: 'xrgb32', width, height, pixels };
}

function widen24(bytes: Uint8Array, pixels: Uint32Array): void {
  for (let i = 0, at = 0; i < pixels.length; i++, at += 3) {
    pixels[i] = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  }
}

function decodeBlocks(data: Uint8Array, at: number, out: Uint8Array): void {
  let done = 0;
  while (at < data.length) {
    if (at + 4 > data.length) throw truncated(data);
    const size = ((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]) >>> 0;
    at += 4;
    if (size > data.length - at) throw truncated(data);
    done = decodeBlock(data, at, at + size, out, done);
    at += size;
  }
  if (done !== out.length) {
    throw new CodecError('LZ4', 'truncated', at, `${out.length} bytes of pixels`, done);
  }
}

/** Decodes data[at..end) to out[to...]; returns where the output ends. */
function decodeBlock(data: Uint8Array, at: number, end: number, out: Uint8Array, to: number): number {
  const room = out.length;
  while (at < end) {
    const token = data[at++];
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (at >= end) throw truncated(data);
        more = data[at++];
        literals += more;
      } while (more === 255);
    }
    if (literals > end - at) throw truncated(data);
    if (literals > room - to)
      throw new CodecError('LZ4', 'overrun', at, `at most ${room - to} bytes`, literals);
    if (literals < SHORT_COPY) {
      for (const stop = at + literals; at < stop; at++, to++) out[to] = data[at];
    } else {
      out.set(data.subarray(at, at + literals), to);
      at += literals;
      to += literals;
    }
    // The last sequence of a block has literals only.
    if (at === end) return to;

    if (at + 2 > end) throw truncated(data);
    const distance = data[at] | (data[at + 1] << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more: number;
      do {
        if (at >= end) throw truncated(data);
        more = data[at++];
        length += more;
      } while (more === 255);
    }
    length += MIN_MATCH;
    if (distance === 0 || distance > to) {
      throw new CodecError('LZ4', 'bad-reference', at, `a distance from 1 to ${to}`, distance);
    }
    if (length > room - to) throw new CodecError('LZ4', 'overrun', at, `at most ${room - to} bytes`, length);
    copyBytes(out, to, distance, length);
    to += length;
  }
  return to;
}

function truncated(data: Uint8Array): CodecError {
  return new CodecError('LZ4', 'truncated', data.length, 'more data', 'its end');
}
