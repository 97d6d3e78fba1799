import type { RasterFormat } from './raster.ts';

/** The fractions that bytes stand for which were widened from components of fewer bits. */
function fractionsOf(bits: number): Float32Array {
  const step = Math.fround(1 / ((1 << bits) - 1));
  return Float32Array.from({ length: 256 }, (_, byte) => (byte >> (8 - bits)) * step);
}

const fractions8 = fractionsOf(8);
const fractions5 = fractionsOf(5);
const fractions6 = fractionsOf(6);

/** Turns 0xAARRGGBB words into alpha, red, green, blue from 0 to 1. */
export type WordsToFloats = (words: Uint32Array, count: number, out: Float32Array, at: number) => void;

/** @param format what the words were widened from; floats are fractions of its component sizes */
export function floatsOf(format: RasterFormat): WordsToFloats {
  const redBlue = format === 'rgb555' || format === 'rgb565' ? fractions5 : fractions8;
  const greens = format === 'rgb555' ? fractions5 : format === 'rgb565' ? fractions6 : fractions8;
  return (words, count, out, at) => {
    for (let i = 0, to = at; i < count; i++, to += 4) {
      const word = words[i];
      out[to] = fractions8[word >>> 24];
      out[to + 1] = redBlue[(word >>> 16) & 255];
      out[to + 2] = greens[(word >>> 8) & 255];
      out[to + 3] = redBlue[word & 255];
    }
  };
}

/** Turns alpha, red, green, blue into 0xAARRGGBB words. */
export function wordsOfFloats(floats: Float32Array, at: number, count: number, out: Uint32Array): void {
  for (let i = 0, from = at; i < count; i++, from += 4) {
    out[i] =
      (toByte(floats[from]) << 24) |
      (toByte(floats[from + 1]) << 16) |
      (toByte(floats[from + 2]) << 8) |
      toByte(floats[from + 3]);
  }
}

function toByte(value: number): number {
  const scaled = value > 0 ? (value < 1 ? (value * 256) | 0 : 256) : 0;
  return scaled - (scaled >> 8);
}
