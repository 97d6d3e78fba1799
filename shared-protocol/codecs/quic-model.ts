import { CodecError } from './codec-error.ts';
import {
  CHAOS,
  type CodeFamily,
  LAST_RUN_STATE,
  LAST_STEP,
  LOOKUP_BITS,
  RUN_BITS,
  STEP_PIXELS,
  TRIGGERS,
} from './quic-tables.ts';

/** Fields of `PlaneModel.state`; an Int32Array, so that a row function moves them to locals and back. */
export const BIT_POS = 0;
export const WAIT = 1;
export const SEED = 2;
export const STEP = 3;
export const STEP_LEFT = 4;
export const RUN_STATE = 5;

/** What the decoder has learned of one plane: R, G and B together, or alpha, or gray. */
export interface PlaneModel {
  readonly family: CodeFamily;
  /** Row state that goes on from row to row, see the constants above. `BIT_POS` is only valid during a row. */
  readonly state: Int32Array;
  /**
   * Code parameter for the next sample by channel * 256 + context, as its place in the family's lookup table. A bucket
   * of contexts shares one parameter; it is spread out here because it is read per sample but seldom changes.
   */
  readonly best: Uint16Array;
  /** Accumulated code lengths at (channel * 8 + bucket) * 8 + parameter. */
  readonly counters: Int32Array;
  /** Last decoded codes per column, channels packed as R << 16 | G << 8 | B; the contexts. */
  readonly codes: Int32Array;
}

/** `best` has 256 places for each channel and is the model's own until the image is decoded. */
export function createPlaneModel(family: CodeFamily, best: Uint16Array, width: number): PlaneModel {
  best.fill(family.lookupBase + ((family.bits - 1) << LOOKUP_BITS));
  const state = new Int32Array(6);
  state[SEED] = 255;
  state[STEP_LEFT] = STEP_PIXELS;
  return {
    family,
    state,
    best,
    counters: new Int32Array(best.length >> 2),
    codes: new Int32Array(width),
  };
}

/** Learns that `value` came after `context` on a channel. */
export function updateModel(model: PlaneModel, channel: number, context: number, value: number): void {
  const { family, counters, best } = model;
  const { lengths } = family;
  const trigger = TRIGGERS[model.state[STEP]];
  let bucket = 31 - Math.clz32(context + 1);
  if (bucket > family.lastBucket) bucket = family.lastBucket;
  const base = (channel * 8 + bucket) * 8;
  const row = value * 8;
  let parameter = family.bits - 1;
  let shortest = counters[base + parameter] + lengths[row + parameter];
  counters[base + parameter] = shortest;
  for (let l = parameter - 1; l >= 0; l--) {
    const length = counters[base + l] + lengths[row + l];
    counters[base + l] = length;
    if (length < shortest) {
      shortest = length;
      parameter = l;
    }
  }
  if (shortest > trigger) {
    for (let l = base; l < base + family.bits; l++) counters[l] = counters[l] >> 1;
  }
  const from = channel * 256 + (1 << bucket) - 1;
  const entry = family.lookupBase + (parameter << LOOKUP_BITS);
  if (best[from] !== entry) {
    const to = bucket === family.lastBucket ? channel * 256 + family.maxSample : from + (1 << bucket) - 1;
    for (let i = from; i <= to; i++) best[i] = entry;
  }
}

/** The 32 bits at a bit position, most significant first. */
export function peekBits(words: Int32Array, pos: number): number {
  const word = pos >>> 5;
  return (words[word] << pos) | ((words[word + 1] >>> 1) >>> ~pos);
}

/** Decodes one sample of any length at `pos`. Returns value | code length << 8. */
export function decodeSample(family: CodeFamily, words: Int32Array, pos: number, entry: number): number {
  const l = (entry - family.lookupBase) >>> LOOKUP_BITS;
  const bits = peekBits(words, pos);
  const zeros = Math.clz32(bits);
  if (zeros < family.prefixLimit[l]) {
    const length = zeros + 1 + l;
    return (((zeros - 1) << l) + (bits >>> -length)) | (length << 8);
  }
  const length = family.escapeLength[l];
  const suffix = (bits >>> -length) & ((1 << family.escapeSuffix[l]) - 1);
  // A damaged stream may go over the largest sample; the mask keeps it inside the tables.
  return ((family.escapeBase[l] + suffix) & family.maxSample) | (length << 8);
}

/** Pixels up to the next update after this one. */
export function nextWait(state: Int32Array, mask: number): number {
  const seed = (state[SEED] + 1) & 255;
  state[SEED] = seed;
  return CHAOS[seed] & mask;
}

/** Decodes a run length at `BIT_POS` and moves that behind it. Throws CodecError above `room`. */
export function decodeRun(words: Int32Array, state: Int32Array, room: number): number {
  let pos = state[BIT_POS];
  let runState = state[RUN_STATE];
  let n = 0;
  while (n <= room && words[pos >>> 5] << pos < 0) {
    pos++;
    n += 1 << RUN_BITS[runState];
    if (runState < LAST_RUN_STATE) runState++;
  }
  pos++;
  const extra = RUN_BITS[runState];
  if (extra > 0) {
    n += peekBits(words, pos) >>> -extra;
    pos += extra;
  }
  if (n > room) throw new CodecError('QUIC', 'overrun', pos >>> 3, `a run of at most ${room} pixels`, n);
  state[BIT_POS] = pos;
  state[RUN_STATE] = runState > 0 ? runState - 1 : 0;
  return n;
}

/** Decodes pixels from..to-1 of a row with the state in the model. */
export type SegmentDecoder = (from: number, to: number) => void;

/** Cuts a row into segments at the places where the learning rate steps on. */
export function decodeRow(state: Int32Array, width: number, segment: SegmentDecoder): void {
  let from = 0;
  let left = width;
  while (state[STEP] < LAST_STEP && state[STEP_LEFT] <= left) {
    const part = state[STEP_LEFT];
    if (part > 0) {
      segment(from, from + part);
      from += part;
      left -= part;
    }
    state[STEP] = state[STEP] + 1;
    state[STEP_LEFT] = STEP_PIXELS;
  }
  if (left > 0) {
    segment(from, from + left);
    if (state[STEP] < LAST_STEP) state[STEP_LEFT] = state[STEP_LEFT] - left;
  }
}
