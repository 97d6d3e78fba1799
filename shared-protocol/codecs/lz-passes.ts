import { copyBytes, copyHalves, copyWords } from './lz-copy.ts';
import { lzBadDistance, lzOverrun, lzTruncated } from './lz-header.ts';

/**
 * The passes of LZ (docs/protocol/images.md#lz), one function per unit so that each is monomorphic. All fill `out`
 * completely from the control bytes at `at` and return where they end in `data`.
 *
 *     c < 32: c + 1 literals; else a copy of (c >> 5) + bias units, 7 continued by bytes up to one below 255,
 *     from (c & 31) << 8 | byte (31 << 8 | 255: + a big-endian u16) units before the previous one
 */

const CODEC = 'LZ';
const FAR = 31 * 256 + 255;

/** Colours, literals B, G, R; the top byte of `out` becomes 0. */
export function lzRgb(data: Uint8Array, at: number, out: Uint32Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length;
  const count = out.length;
  let i = 0;
  while (i < count) {
    if (at >= end) throw lzTruncated(CODEC, data);
    const control = data[at++];
    if (control < 32) {
      const stop = i + control + 1;
      if (stop > count) throw lzOverrun(CODEC, at, count - i, control + 1);
      if (at + (control + 1) * 3 > end) throw lzTruncated(CODEC, data);
      // One read of four bytes where there are as many.
      const wide = at + (control + 1) * 3 < end ? stop : stop - 1;
      for (; i < wide; i++, at += 3) out[i] = view.getUint32(at, true) & 0xffffff;
      if (i < stop) {
        out[i++] = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
        at += 3;
      }
      continue;
    }
    let length = control >> 5;
    if (length === 7) {
      let more: number;
      do {
        if (at >= end) throw lzTruncated(CODEC, data);
        more = data[at++];
        length += more;
      } while (more === 255);
    }
    if (at >= end) throw lzTruncated(CODEC, data);
    let distance = ((control & 31) << 8) + data[at++];
    if (distance === FAR) {
      if (at + 2 > end) throw lzTruncated(CODEC, data);
      distance += (data[at] << 8) | data[at + 1];
      at += 2;
    }
    distance++;
    if (distance > i) throw lzBadDistance(CODEC, at, i, distance);
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    copyWords(out, i, distance, length);
    i += length;
  }
  return at;
}

/** 16-bit pixels, literals big endian. */
export function lzRgb16(data: Uint8Array, at: number, out: Uint16Array): number {
  const end = data.length;
  const count = out.length;
  let i = 0;
  while (i < count) {
    if (at >= end) throw lzTruncated(CODEC, data);
    const control = data[at++];
    if (control < 32) {
      const stop = i + control + 1;
      if (stop > count) throw lzOverrun(CODEC, at, count - i, control + 1);
      if (at + (control + 1) * 2 > end) throw lzTruncated(CODEC, data);
      for (; i < stop; i++, at += 2) out[i] = (data[at] << 8) | data[at + 1];
      continue;
    }
    let length = control >> 5;
    if (length === 7) {
      let more: number;
      do {
        if (at >= end) throw lzTruncated(CODEC, data);
        more = data[at++];
        length += more;
      } while (more === 255);
    }
    if (at >= end) throw lzTruncated(CODEC, data);
    let distance = ((control & 31) << 8) + data[at++];
    if (distance === FAR) {
      if (at + 2 > end) throw lzTruncated(CODEC, data);
      distance += (data[at] << 8) | data[at + 1];
      at += 2;
    }
    distance++;
    length++;
    if (distance > i) throw lzBadDistance(CODEC, at, i, distance);
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    copyHalves(out, i, distance, length);
    i += length;
  }
  return at;
}

/** Bytes: palette indices or an alpha channel. */
export function lzBytes(data: Uint8Array, at: number, out: Uint8Array): number {
  const end = data.length;
  const count = out.length;
  let i = 0;
  while (i < count) {
    if (at >= end) throw lzTruncated(CODEC, data);
    const control = data[at++];
    if (control < 32) {
      const stop = i + control + 1;
      if (stop > count) throw lzOverrun(CODEC, at, count - i, control + 1);
      if (at + (control + 1) > end) throw lzTruncated(CODEC, data);
      for (; i < stop; i++) out[i] = data[at++];
      continue;
    }
    let length = control >> 5;
    if (length === 7) {
      let more: number;
      do {
        if (at >= end) throw lzTruncated(CODEC, data);
        more = data[at++];
        length += more;
      } while (more === 255);
    }
    if (at >= end) throw lzTruncated(CODEC, data);
    let distance = ((control & 31) << 8) + data[at++];
    if (distance === FAR) {
      if (at + 2 > end) throw lzTruncated(CODEC, data);
      distance += (data[at] << 8) | data[at + 1];
      at += 2;
    }
    distance++;
    length += 2;
    if (distance > i) throw lzBadDistance(CODEC, at, i, distance);
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    copyBytes(out, i, distance, length);
    i += length;
  }
  return at;
}
