import {
  BIT_POS,
  decodeRun,
  decodeSample,
  nextWait,
  type PlaneModel,
  STEP,
  updateModel,
  WAIT,
} from './quic-model.ts';

/** The `best` table of the one single-channel plane that is being decoded. */
export const PLANE_BEST = new Uint16Array(256);
const BEST = PLANE_BEST;

/**
 * Decodes samples `i`..`end`-1 of one row of a single 8-bit channel (alpha or gray). The model's `best` must be
 * `PLANE_BEST`.
 *
 * `row` and `above` are indices in `samples`; on the first row pass `row - 1` as `above` (see quic-rgb.ts). Each sample
 * waits for the one before, so the code is computed, which takes fewer steps than looking it up.
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
  const lookupBits = 10; // LOOKUP_BITS, as a constant that the engine sees
  const { family, state, codes } = model;
  const { prefixLimit } = family;
  const rndMask = (1 << state[STEP]) - 1;
  const runAfter = firstRow ? end : 2;
  let pos = state[BIT_POS];
  let wait = state[WAIT];
  let runIndex = 0;

  let code = 0;
  let left = 0;
  let left2 = 0;
  if (i === 0) {
    const context = codes[0];
    code = decodeSample(family, words, pos, BEST[context]);
    pos += code >>> 8;
    code &= 255;
    codes[0] = code;
    left = (((code >>> 1) ^ -(code & 1)) + (firstRow ? 0 : samples[above])) & 255;
    samples[row] = left;
    if (wait > 0) {
      wait--;
    } else {
      updateModel(model, 0, context, code);
      wait = nextWait(state, rndMask);
    }
    i = 1;
  } else {
    code = codes[i - 1];
    left = samples[row + i - 1];
    if (i > 1) left2 = samples[row + i - 2];
  }

  let aboveLeft = firstRow ? 0 : samples[above + i - 1];
  let stop = i + wait;
  for (;;) {
    const limit = stop < end ? stop + 1 : end;
    while (i < limit) {
      const up = samples[above + i];
      if (left === left2 && i > runAfter && up === aboveLeft && i !== runIndex) break;

      const word = pos >>> 5;
      const bits = (words[word] << pos) | ((words[word + 1] >>> 1) >>> ~pos);
      const zeros = Math.clz32(bits);
      const l = BEST[code] >>> lookupBits;
      if (zeros < prefixLimit[l]) {
        const length = zeros + 1 + l;
        code = ((zeros - 1) << l) + (bits >>> -length);
        pos += length;
      } else {
        code = decodeSample(family, words, pos, BEST[code]);
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

    if (i < limit) {
      wait = stop - i;
      runIndex = i;
      state[BIT_POS] = pos;
      const n = decodeRun(words, state, end - i);
      pos = state[BIT_POS];
      if (n > 0) {
        if (n < 16) for (let k = row + i; k < row + i + n; k++) samples[k] = left;
        else samples.fill(left, row + i, row + i + n);
        i += n;
        if (i === end) break;
        // The context after a run is that of the row above.
        code = codes[i - 1];
        left2 = samples[row + i - 2];
        aboveLeft = samples[above + i - 1];
      }
      stop = i + wait;
      continue;
    }
    if (stop >= end) {
      wait = stop - end;
      break;
    }
    updateModel(model, 0, codes[stop - 1], code);
    stop = i + nextWait(state, rndMask);
  }
  state[BIT_POS] = pos;
  state[WAIT] = wait;
}
