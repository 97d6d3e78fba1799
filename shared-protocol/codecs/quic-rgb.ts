import { CodecError } from './codec-error.ts';
import {
  BIT_POS,
  decodeSample,
  peekBits,
  type PlaneModel,
  RUN_STATE,
  SEED,
  STEP,
  updateModel,
  WAIT,
} from './quic-model.ts';
import { CHAOS, LAST_RUN_STATE, RUN_BITS } from './quic-tables.ts';

const LANE_ONES = 0x010101;

/**
 * Decodes pixels `i`..`end`-1 of one row of R, G, B (three 8-bit or 5-bit samples per word, in byte lanes).
 *
 * `row` and `above` are indices in `pixels` of this row and of the row above. On the first row pass `row - 1` as
 * `above`: then "above" is the pixel to the left, which makes the average of both the left pixel as that row wants it.
 *
 * Hot: the three channels are written out; averages, residuals and sums are done on all three byte lanes at once;
 * one 32-bit peek serves a whole pixel unless its codes are long.
 */
export function decodeRgbSegment(
  words: Int32Array,
  model: PlaneModel,
  pixels: Int32Array,
  row: number,
  above: number,
  firstRow: boolean,
  i: number,
  end: number,
): void {
  const { family, state, best, codes } = model;
  const chaos = CHAOS;
  const runBits = RUN_BITS;
  const { bits: sampleBits } = family;
  const lowLanes = (LANE_ONES << (sampleBits - 1)) - LANE_ONES;
  const topLanes = LANE_ONES << (sampleBits - 1);
  const rndMask = (1 << state[STEP]!) - 1;
  // Runs are looked for after this column only; never on the first row.
  const runAfter = firstRow ? end : 2;
  let pos = state[BIT_POS]!;
  let wait = state[WAIT]!;
  let seed = state[SEED]!;
  let runState = state[RUN_STATE]!;
  let runIndex = 0;

  let code = 0;
  let left = 0;
  let left2 = 0;
  if (i === 0) {
    const context = codes[0]!;
    const r = decodeSample(family, words, pos, best[context >>> 16]!);
    pos += r >>> 8;
    const g = decodeSample(family, words, pos, best[256 + ((context >>> 8) & 255)]!);
    pos += g >>> 8;
    const b = decodeSample(family, words, pos, best[512 + (context & 255)]!);
    pos += b >>> 8;
    code = ((r & 255) << 16) | ((g & 255) << 8) | (b & 255);
    codes[0] = code;
    const odd = code & LANE_ONES;
    const residual = ((code >>> 1) & lowLanes) ^ ((odd << sampleBits) - odd);
    const guess = firstRow ? 0 : pixels[above]!;
    left = ((guess & lowLanes) + (residual & lowLanes)) ^ ((guess ^ residual) & topLanes);
    pixels[row] = left;
    if (wait > 0) {
      wait--;
    } else {
      seed = (seed + 1) & 255;
      wait = chaos[seed]! & rndMask;
      updateModel(model, 0, context >>> 16, r & 255);
      updateModel(model, 1, (context >>> 8) & 255, g & 255);
      updateModel(model, 2, context & 255, b & 255);
    }
    i = 1;
  } else {
    code = codes[i - 1]!;
    left = pixels[row + i - 1]!;
    if (i > 1) left2 = pixels[row + i - 2]!;
  }

  let r = code >>> 16;
  let g = (code >>> 8) & 255;
  let b = code & 255;
  let aboveLeft = firstRow ? 0 : pixels[above + i - 1]!;
  let stop = i + wait;
  segment: for (;;) {
    const limit = stop < end ? stop + 1 : end;
    while (i < limit) {
      const up = pixels[above + i]!;
      // A row above may have its alpha already: compare colours only.
      if (left === left2 && i > runAfter && ((up ^ aboveLeft) & 0xffffff) === 0 && i !== runIndex) {
        wait = stop - i;
        runIndex = i;
        let n = 0;
        while (words[pos >>> 5]! << pos < 0) {
          pos++;
          n += 1 << runBits[runState]!;
          if (runState < LAST_RUN_STATE) runState++;
          if (n > end - i) break;
        }
        pos++;
        const extra = runBits[runState]!;
        if (extra > 0) {
          n += peekBits(words, pos) >>> -extra;
          pos += extra;
        }
        if (runState > 0) runState--;
        if (n > end - i) {
          throw new CodecError('QUIC', 'overrun', pos >>> 3, `a run of at most ${end - i} pixels`, n);
        }
        if (n > 0) {
          if (n < 24) for (let k = row + i; k < row + i + n; k++) pixels[k] = left;
          else pixels.fill(left, row + i, row + i + n);
          i += n;
          if (i === end) break segment;
          code = codes[i - 1]!;
          r = code >>> 16;
          g = (code >>> 8) & 255;
          b = code & 255;
          left2 = pixels[row + i - 2]!;
          aboveLeft = pixels[above + i - 1]!;
        }
        stop = i + wait;
        break;
      }

      const entryR = best[r]!;
      const entryG = best[256 + g]!;
      const entryB = best[512 + b]!;
      const lR = entryR & 7;
      const lG = entryG & 7;
      const lB = entryB & 7;
      const word = pos >>> 5;
      const bitsR = (words[word]! << pos) | ((words[word + 1]! >>> 1) >>> ~pos);
      const zerosR = Math.clz32(bitsR);
      const lengthR = zerosR + 1 + lR;
      const bitsG = bitsR << lengthR;
      const zerosG = Math.clz32(bitsG);
      const lengthG = zerosG + 1 + lG;
      const bitsB = bitsG << lengthG;
      const zerosB = Math.clz32(bitsB);
      const lengthB = zerosB + 1 + lB;
      const length = lengthR + lengthG + lengthB;
      // All three plain codes, and all three inside the 32 bits: every term is negative.
      if (
        ((zerosR - (entryR >>> 3)) & (zerosG - (entryG >>> 3)) & (zerosB - (entryB >>> 3)) & (length - 33)) <
        0
      ) {
        r = ((zerosR - 1) << lR) + (bitsR >>> -lengthR);
        g = ((zerosG - 1) << lG) + (bitsG >>> -lengthG);
        b = ((zerosB - 1) << lB) + (bitsB >>> -lengthB);
        pos += length;
      } else {
        r = decodeSample(family, words, pos, entryR);
        pos += r >>> 8;
        r &= 255;
        g = decodeSample(family, words, pos, entryG);
        pos += g >>> 8;
        g &= 255;
        b = decodeSample(family, words, pos, entryB);
        pos += b >>> 8;
        b &= 255;
      }
      code = (r << 16) | (g << 8) | b;
      codes[i] = code;
      const odd = code & LANE_ONES;
      const residual = ((code >>> 1) & lowLanes) ^ ((odd << sampleBits) - odd);
      const guess = (left & up) + (((left ^ up) >>> 1) & 0x7f7f7f);
      left2 = left;
      left = ((guess & lowLanes) + (residual & lowLanes)) ^ ((guess ^ residual) & topLanes);
      pixels[row + i] = left;
      aboveLeft = up;
      i++;
    }
    if (stop >= end && i === end) {
      wait = stop - end;
      break;
    }
    if (i > stop) {
      const context = codes[stop - 1]!;
      updateModel(model, 0, context >>> 16, r);
      updateModel(model, 1, (context >>> 8) & 255, g);
      updateModel(model, 2, context & 255, b);
      seed = (seed + 1) & 255;
      stop = i + (chaos[seed]! & rndMask);
    }
  }
  state[BIT_POS] = pos;
  state[WAIT] = wait;
  state[SEED] = seed;
  state[RUN_STATE] = runState;
}
