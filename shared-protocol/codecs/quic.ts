import { CodecError } from './codec-error.ts';
import { checkImageSize, type DecodedImage, type ImageSize } from './decoded-image.ts';
import { freshMemory, type PixelMemory, scratchBuffer } from './pixel-pool.ts';
import { BIT_POS, createPlaneModel, decodeRow, type PlaneModel } from './quic-model.ts';
import { decodePlaneSegment, PLANE_BEST } from './quic-plane.ts';
import { decodeRgbSegment, RGB_BEST } from './quic-rgb.ts';
import { type CodeFamily, FAMILY_5, FAMILY_8 } from './quic-tables.ts';

const MAGIC = 0x43495551; // "QUIC"
const HEADER_WORDS = 5;
/** Words missing at the end of the data read as zero; a stream that wants more than these is refused. */
export const MAX_MISSING_WORDS = 4;
/** Above this, bit positions would leave 31 bits. */
export const MAX_QUIC_BYTES = 128 * 1024 * 1024;
/** More words than one pixel (three codes of 26 bits, a run of 16 and more) can take. */
const MAX_PIXEL_WORDS = 4;

export const QUIC_TYPE = { gray: 1, rgb16: 2, rgb24: 3, rgb32: 4, rgba: 5 } as const;

/**
 * Decodes a QUIC image: little-endian 32-bit words, bits from the most significant end. Always stored from the top row.
 * Gray gives xrgb32 with R = G = B, RGB16 rgb555, RGB24 and RGB32 xrgb32 (top byte 0), RGBA argb32. The caller owns
 * the result; `data` is borrowed. Throws CodecError.
 */
export function decodeQuic(
  data: Uint8Array,
  expected?: ImageSize,
  memory: PixelMemory = freshMemory,
): DecodedImage {
  if (data.length < HEADER_WORDS * 4) {
    throw new CodecError('QUIC', 'truncated', 0, `${HEADER_WORDS * 4} bytes of header`, data.length);
  }
  const header = new Int32Array(HEADER_WORDS);
  new Uint8Array(header.buffer).set(data.subarray(0, HEADER_WORDS * 4));
  if (header[0] !== MAGIC) throw new CodecError('QUIC', 'bad-header', 0, 'the magic "QUIC"', header[0]);
  if (header[1] !== 0) throw new CodecError('QUIC', 'bad-header', 4, 'version 0', header[1]);
  const type = header[2];
  const width = header[3] >>> 0;
  const height = header[4] >>> 0;
  if (type < QUIC_TYPE.gray || type > QUIC_TYPE.rgba) {
    throw new CodecError('QUIC', 'bad-header', 8, 'a type from 1 to 5', type);
  }
  checkImageSize('QUIC', 12, width, height, expected);
  if (data.length > MAX_QUIC_BYTES) {
    throw new CodecError('QUIC', 'too-large', 0, `at most ${MAX_QUIC_BYTES} bytes`, data.length);
  }
  // The first row, and the first three columns of the others, are never runs: at least one bit per sample.
  const channels = type === QUIC_TYPE.gray ? 1 : type === QUIC_TYPE.rgba ? 4 : 3;
  const leastBits = channels * (width + (height - 1) * Math.min(width, 3));
  if (leastBits > (data.length + (MAX_MISSING_WORDS - HEADER_WORDS) * 4) * 8) {
    throw new CodecError('QUIC', 'truncated', data.length, `at least ${leastBits >>> 3} bytes`, data.length);
  }

  const input: Input = { words: toWords(data, width), end: (data.length + MAX_MISSING_WORDS * 4) * 8 };
  switch (type) {
    case QUIC_TYPE.gray:
      return { format: 'xrgb32', width, height, pixels: decodeGray(input, width, height, memory) };
    case QUIC_TYPE.rgb16:
      return { format: 'rgb555', width, height, pixels: decodeRgb16(input, width, height) };
    case QUIC_TYPE.rgba:
      return { format: 'argb32', width, height, pixels: decodeRgba(input, width, height, memory) };
    default:
      return { format: 'xrgb32', width, height, pixels: decodeRgb(input, width, height, memory) };
  }
}

interface Input {
  readonly words: Int32Array;
  /** Bit position that no row may end behind. */
  readonly end: number;
}

/** The stream as words, followed by as many zero words as one row can read past the end. */
function toWords(data: Uint8Array, width: number): Int32Array {
  const count = (data.length >> 2) + MAX_MISSING_WORDS + width * MAX_PIXEL_WORDS + 8;
  const buffer = scratchBuffer(count * 4);
  const bytes = new Uint8Array(buffer, 0, count * 4);
  bytes.set(data);
  bytes.fill(0, data.length);
  return new Int32Array(buffer, 0, count);
}

function checkPosition(input: Input, pos: number): void {
  if (pos > input.end) {
    throw new CodecError(
      'QUIC',
      'truncated',
      (input.end >>> 3) - MAX_MISSING_WORDS * 4,
      'more data',
      'its end',
    );
  }
}

/** Decodes one row of a plane that starts at bit `pos`; returns where it ends. */
type DecodeRow<P> = (pixels: P, row: number, above: number, firstRow: boolean, pos: number) => number;

function rgbRows(input: Input, family: CodeFamily, width: number): DecodeRow<Int32Array> {
  const model = createPlaneModel(family, RGB_BEST, width);
  return rows(input, model, width, decodeRgbSegment);
}

function planeRows(input: Input, width: number): DecodeRow<Uint8Array> {
  return rows(input, createPlaneModel(FAMILY_8, PLANE_BEST, width), width, decodePlaneSegment);
}

function rows<P>(
  input: Input,
  model: PlaneModel,
  width: number,
  decodeSegment: (
    words: Int32Array,
    model: PlaneModel,
    pixels: P,
    row: number,
    above: number,
    firstRow: boolean,
    from: number,
    to: number,
  ) => void,
): DecodeRow<P> {
  const { words } = input;
  const { state } = model;
  return (pixels, row, above, firstRow, pos) => {
    state[BIT_POS] = pos;
    decodeRow(state, width, (from, to) => {
      decodeSegment(words, model, pixels, row, firstRow ? row - 1 : above, firstRow, from, to);
    });
    const end = state[BIT_POS];
    checkPosition(input, end);
    return end;
  };
}

function decodeRgb(input: Input, width: number, height: number, memory: PixelMemory): Uint32Array {
  const words = memory.words(width * height);
  const pixels = new Int32Array(words.buffer, words.byteOffset, words.length);
  const row = rgbRows(input, FAMILY_8, width);
  let pos = HEADER_WORDS * 32;
  for (let y = 0, at = 0; y < height; y++, at += width) {
    pos = row(pixels, at, at - width, y === 0, pos);
  }
  return words;
}

function decodeRgba(input: Input, width: number, height: number, memory: PixelMemory): Uint32Array {
  const words = memory.words(width * height);
  const pixels = new Int32Array(words.buffer, words.byteOffset, words.length);
  const alpha = new Uint8Array(width * 2);
  const rgbRow = rgbRows(input, FAMILY_8, width);
  const alphaRow = planeRows(input, width);
  let pos = HEADER_WORDS * 32;
  for (let y = 0, at = 0; y < height; y++, at += width) {
    pos = rgbRow(pixels, at, at - width, y === 0, pos);
    const here = (y & 1) * width;
    pos = alphaRow(alpha, here, width - here, y === 0, pos);
    mergeAlpha(pixels, at, alpha, here, width);
  }
  return words;
}

function mergeAlpha(pixels: Int32Array, at: number, alpha: Uint8Array, from: number, width: number): void {
  for (let x = 0; x < width; x++) pixels[at + x] = pixels[at + x] | (alpha[from + x] << 24);
}

function decodeRgb16(input: Input, width: number, height: number): Uint16Array {
  const lanes = new Int32Array(width * 2);
  const pixels = new Uint16Array(width * height);
  const row = rgbRows(input, FAMILY_5, width);
  let pos = HEADER_WORDS * 32;
  for (let y = 0, at = 0; y < height; y++, at += width) {
    const here = (y & 1) * width;
    pos = row(lanes, here, width - here, y === 0, pos);
    packLanes(pixels, at, lanes, here, width);
  }
  return pixels;
}

function packLanes(pixels: Uint16Array, at: number, lanes: Int32Array, from: number, width: number): void {
  for (let x = 0; x < width; x++) {
    const lane = lanes[from + x];
    pixels[at + x] = ((lane >>> 6) & 0x7c00) | ((lane >>> 3) & 0x3e0) | (lane & 31);
  }
}

function decodeGray(input: Input, width: number, height: number, memory: PixelMemory): Uint32Array {
  const samples = new Uint8Array(width * height);
  const row = planeRows(input, width);
  let pos = HEADER_WORDS * 32;
  for (let y = 0, at = 0; y < height; y++, at += width) {
    pos = row(samples, at, at - width, y === 0, pos);
  }
  const pixels = memory.words(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = samples[i] * 0x010101;
  return pixels;
}
