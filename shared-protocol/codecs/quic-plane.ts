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

/**
 * Decodes samples `i`..`end`-1 of one row of a single 8-bit channel (alpha or gray).
 *
 * `row` and `above` are indices in `samples`; on the first row pass `row - 1` as `above` (see quic-rgb.ts).
 */
export function decodePlaneSegment(
  words: Int32Array,
  model: PlaneModel,
  samples: Uint8Array,
  row: number,
  above: number,
  firstRow: boolean,
  i: number,
  end: number,
): void {
  const { family, state, best, codes } = model;
  const chaos = CHAOS;
  const runBits = RUN_BITS;
  const rndMask = (1 << state[STEP]!) - 1;
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
    code = decodeSample(family, words, pos, best[context]!);
    pos += code >>> 8;
    code &= 255;
    codes[0] = code;
    left = (((code >>> 1) ^ -(code & 1)) + (firstRow ? 0 : samples[above]!)) & 255;
    samples[row] = left;
    if (wait > 0) {
      wait--;
    } else {
      seed = (seed + 1) & 255;
      wait = chaos[seed]! & rndMask;
      updateModel(model, 0, context, code);
    }
    i = 1;
  } else {
    code = codes[i - 1]!;
    left = samples[row + i - 1]!;
    if (i > 1) left2 = samples[row + i - 2]!;
  }

  let aboveLeft = firstRow ? 0 : samples[above + i - 1]!;
  let stop = i + wait;
  segment: for (;;) {
    const limit = stop < end ? stop + 1 : end;
    while (i < limit) {
      const up = samples[above + i]!;
      if (left === left2 && i > runAfter && up === aboveLeft && i !== runIndex) {
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
          if (n < 24) for (let k = row + i; k < row + i + n; k++) samples[k] = left;
          else samples.fill(left, row + i, row + i + n);
          i += n;
          if (i === end) break segment;
          code = codes[i - 1]!;
          left2 = samples[row + i - 2]!;
          aboveLeft = samples[above + i - 1]!;
        }
        stop = i + wait;
        break;
      }

      const entry = best[code]!;
      const l = entry & 7;
      const word = pos >>> 5;
      const bits = (words[word]! << pos) | ((words[word + 1]! >>> 1) >>> ~pos);
      const zeros = Math.clz32(bits);
      if (zeros < entry >>> 3) {
        const length = zeros + 1 + l;
        code = ((zeros - 1) << l) + (bits >>> -length);
        pos += length;
      } else {
        code = decodeSample(family, words, pos, entry);
        pos += code >>> 8;
        code &= 255;
      }
      codes[i] = code;
      left2 = left;
      left = (((code >>> 1) ^ -(code & 1)) + ((left + up) >> 1)) & 255;
      samples[row + i] = left;
      aboveLeft = up;
      i++;
    }
    if (stop >= end && i === end) {
      wait = stop - end;
      break;
    }
    if (i > stop) {
      updateModel(model, 0, codes[stop - 1]!, code);
      seed = (seed + 1) & 255;
      stop = i + (chaos[seed]! & rndMask);
    }
  }
  state[BIT_POS] = pos;
  state[WAIT] = wait;
  state[SEED] = seed;
  state[RUN_STATE] = runState;
}
