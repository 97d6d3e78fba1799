import {
  CHAOS,
  FAMILY_8 as codes,
  LAST_RUN_STATE,
  LAST_STEP,
  RUN_BITS,
  STEP_PIXELS,
  TRIGGERS,
} from '@spice-viewer/shared-protocol/codecs/quic-tables.ts';
import type { Bitmap } from '../bitmap.ts';

const MAGIC = 0x43495551;
const RGB32 = 4;
const CHANNELS = 3;
/** of R, G, B in a pixel word */
const shifts = [16, 8, 0] as const;

/** Bits into little-endian 32-bit words, the highest bit first. */
class BitSink {
  #words = new Uint32Array(4096);
  #used = 0;
  #free = 32;

  put(value: number, length: number): void {
    let left = length;
    while (left > 0) {
      const part = Math.min(left, this.#free);
      const bits = (value >>> (left - part)) & (part === 32 ? 0xffffffff : (1 << part) - 1);
      this.#words[this.#used] |= bits << (this.#free - part);
      this.#free -= part;
      left -= part;
      if (this.#free === 0) this.#nextWord();
    }
  }

  /** Pads the last word and adds one of zeros, as the reference encoder: its decoder reads that far ahead. */
  finish(): Uint8Array {
    const count = this.#used + 2;
    const bytes = new Uint8Array(count * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i <= this.#used; i++) view.setUint32(i * 4, this.#words[i], true);
    return bytes;
  }

  #nextWord(): void {
    this.#used++;
    this.#free = 32;
    if (this.#used < this.#words.length) return;
    const grown = new Uint32Array(this.#words.length * 2);
    grown.set(this.#words);
    this.#words = grown;
  }
}

/**
 * Encodes a QUIC image of type RGB32 (docs/protocol/quic.md#quic): the mirror of the decoder, statement by
 * statement; made for clarity, not speed.
 */
class QuicEncoder {
  readonly #image: Bitmap;
  readonly #out = new BitSink();
  /** per channel and bucket: accumulated code lengths by parameter, and the best parameter */
  readonly #counters = new Int32Array(CHANNELS * 64);
  readonly #best = new Uint8Array(CHANNELS * 8).fill(codes.bits - 1);
  /** per column and channel: the code last written there, which is the context of the next */
  readonly #written: Uint8Array;
  #wait = 0;
  #seed = 255;
  #step = 0;
  #stepLeft = STEP_PIXELS;
  #runState = 0;

  constructor(image: Bitmap) {
    this.#image = image;
    this.#written = new Uint8Array(image.width * CHANNELS);
  }

  encode(): Uint8Array {
    const { width, height } = this.#image;
    for (const word of [MAGIC, 0, RGB32, width, height]) this.#out.put(word, 32);
    for (let row = 0; row < height; row++) this.#encodeRow(row);
    return this.#out.finish();
  }

  #encodeRow(row: number): void {
    let at = 0;
    let left = this.#image.width;
    while (this.#step < LAST_STEP && this.#stepLeft <= left) {
      if (this.#stepLeft > 0) this.#encodeSegment(row, at, at + this.#stepLeft);
      at += this.#stepLeft;
      left -= this.#stepLeft;
      this.#step++;
      this.#stepLeft = STEP_PIXELS;
    }
    if (left === 0) return;
    this.#encodeSegment(row, at, at + left);
    if (this.#step < LAST_STEP) this.#stepLeft -= left;
  }

  #encodeSegment(row: number, from: number, end: number): void {
    let i = from;
    let runIndex = 0;
    if (i === 0) {
      const contexts = this.#contextsOf(0);
      this.#encodePixel(row, 0, contexts);
      if (this.#wait > 0) {
        this.#wait--;
      } else {
        this.#wait = this.#random();
        this.#learn(contexts, 0);
      }
      i = 1;
    }
    let stop = i + this.#wait;
    while (i < end) {
      if (i !== runIndex && this.#startsRun(row, i)) {
        this.#wait = stop - i;
        runIndex = i;
        const length = this.#runLength(row, i, end);
        this.#encodeRun(length);
        i += length;
        if (i === end) return;
        stop = i + this.#wait;
        continue;
      }
      const contexts = this.#contextsOf(i - 1);
      this.#encodePixel(row, i, contexts);
      if (i === stop) {
        this.#learn(contexts, i);
        stop = i + 1 + this.#random();
      }
      i++;
    }
    this.#wait = stop - end;
  }

  #random(): number {
    this.#seed = (this.#seed + 1) & 255;
    return CHAOS[this.#seed] & ((1 << this.#step) - 1);
  }

  #contextsOf(column: number): Uint8Array {
    return this.#written.slice(column * CHANNELS, (column + 1) * CHANNELS);
  }

  #pixel(row: number, i: number): number {
    return this.#image.pixels[row * this.#image.width + i] & 0xffffff;
  }

  #encodePixel(row: number, i: number, contexts: Uint8Array): void {
    const color = this.#pixel(row, i);
    const left = i === 0 ? undefined : this.#pixel(row, i - 1);
    const above = row === 0 ? undefined : this.#pixel(row - 1, i);
    for (let channel = 0; channel < CHANNELS; channel++) {
      const shift = shifts[channel];
      const beside = left === undefined ? undefined : (left >> shift) & 255;
      const over = above === undefined ? undefined : (above >> shift) & 255;
      const guess = beside === undefined ? (over ?? 0) : over === undefined ? beside : (beside + over) >> 1;
      const residual = (((color >> shift) & 255) - guess) & 255;
      const code = residual < 128 ? residual * 2 : (255 - residual) * 2 + 1;
      this.#putCode(code, this.#best[channel * 8 + bucketOf(contexts[channel])]);
      this.#written[i * CHANNELS + channel] = code;
    }
  }

  #putCode(code: number, parameter: number): void {
    if (code < codes.escapeBase[parameter]) {
      this.#out.put(0, code >> parameter);
      this.#out.put(1, 1);
      this.#out.put(code, parameter);
    } else {
      this.#out.put(0, codes.prefixLimit[parameter]);
      this.#out.put(code - codes.escapeBase[parameter], codes.escapeSuffix[parameter]);
    }
  }

  #learn(contexts: Uint8Array, i: number): void {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const bucket = channel * 8 + bucketOf(contexts[channel]);
      const counters = this.#counters.subarray(bucket * 8, bucket * 8 + codes.bits);
      const code = this.#written[i * CHANNELS + channel];
      for (let l = 0; l < codes.bits; l++) counters[l] += codes.lengths[code * 8 + l];
      let best = codes.bits - 1;
      for (let l = best - 1; l >= 0; l--) if (counters[l] < counters[best]) best = l;
      this.#best[bucket] = best;
      if (counters[best] <= TRIGGERS[this.#step]) continue;
      for (let l = 0; l < codes.bits; l++) counters[l] >>= 1;
    }
  }

  #startsRun(row: number, i: number): boolean {
    if (row === 0 || i <= 2) return false;
    return (
      this.#pixel(row - 1, i - 1) === this.#pixel(row - 1, i) &&
      this.#pixel(row, i - 1) === this.#pixel(row, i - 2)
    );
  }

  #runLength(row: number, i: number, end: number): number {
    let n = 0;
    while (i + n < end && this.#pixel(row, i + n) === this.#pixel(row, i - 1)) n++;
    return n;
  }

  #encodeRun(length: number): void {
    let left = length;
    while (left >= 1 << RUN_BITS[this.#runState]) {
      this.#out.put(1, 1);
      left -= 1 << RUN_BITS[this.#runState];
      if (this.#runState < LAST_RUN_STATE) this.#runState++;
    }
    this.#out.put(0, 1);
    this.#out.put(left, RUN_BITS[this.#runState]);
    if (this.#runState > 0) this.#runState--;
  }
}

function bucketOf(context: number): number {
  return Math.min(7, 31 - Math.clz32(context + 1));
}

/** A QUIC payload; QUIC is always top-down. */
export function encodeQuic(image: Bitmap): Uint8Array {
  return new QuicEncoder(image).encode();
}
