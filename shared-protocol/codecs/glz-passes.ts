import { CodecError } from './codec-error.ts';
import { copyWords, copyWordsFrom } from './lz-copy.ts';
import { lzBadDistance, lzOverrun, lzTruncated } from './lz-header.ts';

/**
 * The passes of GLZ (docs/protocol/images.md#glz), one function per unit so that each is monomorphic. Pixels are
 * 0xAARRGGBB words in decode order. Each fills `out` from the control bytes at `at` and returns where they end, or
 * `MISSING` when a copy's source image is not there yet.
 *
 *     c < 32: c + 1 literals; else a copy of (c >> 5) + bias pixels, 7 continued by bytes up to one below 255
 *     c & 16 = 0: offset of 12 bits, image distance of 6 to 30 bits
 *     c & 16 = 1: offset of 17 or 25 bits, image distance of 0 to 24 bits
 */

const CODEC = 'GLZ';
export const MISSING = -1;

/** Finds the pixels of the image `distance` before the one being decoded. */
export type FindImage = (distance: number) => Uint32Array | undefined;

function badOffset(at: number, source: Uint32Array, offset: number, length: number): CodecError {
  return new CodecError(
    CODEC,
    'bad-reference',
    at,
    `pixels inside an image of ${source.length}`,
    `${offset}..${offset + length}`,
  );
}

/** Colours, literals B, G, R. Copies from other images carry their alpha along. */
export function glzRgb(data: Uint8Array, at: number, out: Uint32Array, find: FindImage): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length;
  const count = out.length;
  let i = 0;
  let source = out;
  let sourceDistance = 0;
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
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    if (at + 2 > end) throw lzTruncated(CODEC, data);
    let offset = (control & 15) | (data[at] << 4);
    const head = data[at + 1];
    at += 2;
    const distanceBytes = head >> 6;
    const longest = (control & 16) !== 0 && (head & 32) !== 0 ? distanceBytes + 1 : distanceBytes;
    if (at + longest > end) throw lzTruncated(CODEC, data);
    let distance = 0;
    let shift = 0;
    if ((control & 16) === 0) {
      distance = head & 63;
      shift = 6;
    }
    for (let k = 0; k < distanceBytes; k++, shift += 8) distance += data[at++] << shift;
    if ((control & 16) !== 0) {
      offset |= (head & 31) << 12;
      if ((head & 32) !== 0) offset |= data[at++] << 17;
    }
    if (distance === 0) {
      offset++;
      if (offset > i) throw lzBadDistance(CODEC, at, i, offset);
      copyWords(out, i, offset, length);
      i += length;
      continue;
    }
    if (distance !== sourceDistance) {
      const found = find(distance);
      if (found === undefined) return MISSING;
      source = found;
      sourceDistance = distance;
    }
    if (offset + length > source.length) throw badOffset(at, source, offset, length);
    copyWordsFrom(out, i, source, offset, length);
    i += length;
  }
  return at;
}

/** Colours, literals big-endian x1r5g5b5 that widen to 8 bits. */
export function glzRgb16(data: Uint8Array, at: number, out: Uint32Array, find: FindImage): number {
  const end = data.length;
  const count = out.length;
  let i = 0;
  let source = out;
  let sourceDistance = 0;
  while (i < count) {
    if (at >= end) throw lzTruncated(CODEC, data);
    const control = data[at++];
    if (control < 32) {
      const stop = i + control + 1;
      if (stop > count) throw lzOverrun(CODEC, at, count - i, control + 1);
      if (at + (control + 1) * 2 > end) throw lzTruncated(CODEC, data);
      for (; i < stop; i++, at += 2) {
        const p = (data[at] << 8) | data[at + 1];
        const wide = ((p & 0x7c00) << 9) | ((p & 0x3e0) << 6) | ((p & 31) << 3);
        out[i] = wide | ((wide >> 5) & 0x070707);
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
    length++;
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    if (at + 2 > end) throw lzTruncated(CODEC, data);
    let offset = (control & 15) | (data[at] << 4);
    const head = data[at + 1];
    at += 2;
    const distanceBytes = head >> 6;
    const longest = (control & 16) !== 0 && (head & 32) !== 0 ? distanceBytes + 1 : distanceBytes;
    if (at + longest > end) throw lzTruncated(CODEC, data);
    let distance = 0;
    let shift = 0;
    if ((control & 16) === 0) {
      distance = head & 63;
      shift = 6;
    }
    for (let k = 0; k < distanceBytes; k++, shift += 8) distance += data[at++] << shift;
    if ((control & 16) !== 0) {
      offset |= (head & 31) << 12;
      if ((head & 32) !== 0) offset |= data[at++] << 17;
    }
    if (distance === 0) {
      offset++;
      if (offset > i) throw lzBadDistance(CODEC, at, i, offset);
      copyWords(out, i, offset, length);
      i += length;
      continue;
    }
    if (distance !== sourceDistance) {
      const found = find(distance);
      if (found === undefined) return MISSING;
      source = found;
      sourceDistance = distance;
    }
    if (offset + length > source.length) throw badOffset(at, source, offset, length);
    copyWordsFrom(out, i, source, offset, length);
    i += length;
  }
  return at;
}

/** Alpha over the colours that are already in `out`. */
export function glzAlpha(data: Uint8Array, at: number, out: Uint32Array, find: FindImage): number {
  const end = data.length;
  const count = out.length;
  let i = 0;
  let source = out;
  let sourceDistance = 0;
  while (i < count) {
    if (at >= end) throw lzTruncated(CODEC, data);
    const control = data[at++];
    if (control < 32) {
      const stop = i + control + 1;
      if (stop > count) throw lzOverrun(CODEC, at, count - i, control + 1);
      if (at + (control + 1) > end) throw lzTruncated(CODEC, data);
      for (; i < stop; i++) out[i] = (out[i] & 0xffffff) | (data[at++] << 24);
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
    length += 2;
    if (length > count - i) throw lzOverrun(CODEC, at, count - i, length);
    if (at + 2 > end) throw lzTruncated(CODEC, data);
    let offset = (control & 15) | (data[at] << 4);
    const head = data[at + 1];
    at += 2;
    const distanceBytes = head >> 6;
    const longest = (control & 16) !== 0 && (head & 32) !== 0 ? distanceBytes + 1 : distanceBytes;
    if (at + longest > end) throw lzTruncated(CODEC, data);
    let distance = 0;
    let shift = 0;
    if ((control & 16) === 0) {
      distance = head & 63;
      shift = 6;
    }
    for (let k = 0; k < distanceBytes; k++, shift += 8) distance += data[at++] << shift;
    if ((control & 16) !== 0) {
      offset |= (head & 31) << 12;
      if ((head & 32) !== 0) offset |= data[at++] << 17;
    }
    if (distance === 0) {
      offset++;
      if (offset > i) throw lzBadDistance(CODEC, at, i, offset);
      for (const stop = i + length; i < stop; i++) {
        out[i] = (out[i] & 0xffffff) | (out[i - offset] & 0xff000000);
      }
      continue;
    }
    if (distance !== sourceDistance) {
      const found = find(distance);
      if (found === undefined) return MISSING;
      source = found;
      sourceDistance = distance;
    }
    if (offset + length > source.length) throw badOffset(at, source, offset, length);
    for (const stop = i + length; i < stop; i++) {
      out[i] = (out[i] & 0xffffff) | (source[offset++] & 0xff000000);
    }
  }
  return at;
}
