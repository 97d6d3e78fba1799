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
import { LOOKUP } from './quic-tables.ts';

/** The `best` table of the one R, G, B plane that is being decoded: R, G, B at 0, 256, 512. */
export const RGB_BEST = new Uint16Array(3 * 256);
const BEST = RGB_BEST;

/**
 * Decodes pixels `i`..`end`-1 of one row of R, G, B (three 8-bit or 5-bit samples per word, in byte lanes). The model's
 * `best` must be `RGB_BEST`.
 *
 * `row` and `above` are indices in `pixels` of this row and of the row above. On the first row pass `row - 1` as
 * `above`: then "above" is the pixel to the left, which makes the average of both the left pixel as that row wants it.
 *
 * Hot: the three channels are written out; averages, residuals and sums are done on all three byte lanes at once; one
 * 32-bit peek serves a whole pixel. The inner loop calls nothing: runs, long codes and updates are outside.
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
  const peekShift = 22; // 32 - LOOKUP_BITS, as a constant that the engine sees
  const ones = 0x010101;
  const { family, state, codes } = model;
  const sampleBits = family.bits;
  const lowLanes = (ones << (sampleBits - 1)) - ones;
  const topLanes = ones << (sampleBits - 1);
  const rndMask = (1 << state[STEP]) - 1;
  // Runs are looked for after this column only; never on the first row.
  const runAfter = firstRow ? end : 2;
  let pos = state[BIT_POS];
  let wait = state[WAIT];
  let runIndex = 0;

  let code = 0;
  let left = 0;
  let left2 = 0;
  if (i === 0) {
    const context = codes[0];
    code = decodeLong(words, model, pos, context);
    pos = state[BIT_POS];
    codes[0] = code;
    const odd = code & ones;
    const residual = ((code >>> 1) & lowLanes) ^ ((odd << sampleBits) - odd);
    const guess = firstRow ? 0 : pixels[above];
    left = ((guess & lowLanes) + (residual & lowLanes)) ^ ((guess ^ residual) & topLanes);
    pixels[row] = left;
    if (wait > 0) {
      wait--;
    } else {
      updatePixel(model, context, code);
      wait = nextWait(state, rndMask);
    }
    i = 1;
  } else {
    code = codes[i - 1];
    left = pixels[row + i - 1];
    if (i > 1) left2 = pixels[row + i - 2];
  }

  let aboveLeft = firstRow ? 0 : pixels[above + i - 1];
  let stop = i + wait;
  for (;;) {
    const limit = stop < end ? stop + 1 : end;
    let r = code >>> 16;
    let g = (code >>> 8) & 255;
    let b = code & 255;
    while (i < limit) {
      const up = pixels[above + i];
      // A row above may have its alpha already: compare colours only.
      if (left === left2 && i > runAfter && ((up ^ aboveLeft) & 0xffffff) === 0 && i !== runIndex) break;

      const word = pos >>> 5;
      const bitsR = (words[word] << pos) | ((words[word + 1] >>> 1) >>> ~pos);
      const codeR = LOOKUP[BEST[r] + (bitsR >>> peekShift)];
      const bitsG = bitsR << codeR;
      const codeG = LOOKUP[BEST[256 + g] + (bitsG >>> peekShift)];
      const bitsB = bitsG << codeG;
      const codeB = LOOKUP[BEST[512 + b] + (bitsB >>> peekShift)];
      const length = (codeR + codeG + codeB) & 255;
      // Three short codes, and all of them inside the 32 bits?
      if (length > 32) break;
      pos += length;
      r = codeR >>> 8;
      g = codeG >>> 8;
      b = codeB >>> 8;
      code = (r << 16) | (g << 8) | b;
      codes[i] = code;
      const odd = code & ones;
      const residual = ((code >>> 1) & lowLanes) ^ ((odd << sampleBits) - odd);
      const guess = (left & up) + (((left ^ up) >>> 1) & 0x7f7f7f);
      left2 = left;
      left = ((guess & lowLanes) + (residual & lowLanes)) ^ ((guess ^ residual) & topLanes);
      pixels[row + i] = left;
      aboveLeft = up;
      i++;
    }

    if (i < limit) {
      const up = pixels[above + i];
      if (left === left2 && i > runAfter && ((up ^ aboveLeft) & 0xffffff) === 0 && i !== runIndex) {
        wait = stop - i;
        runIndex = i;
        state[BIT_POS] = pos;
        const n = decodeRun(words, state, end - i);
        pos = state[BIT_POS];
        if (n > 0) {
          if (n < 16) for (let k = row + i; k < row + i + n; k++) pixels[k] = left;
          else pixels.fill(left, row + i, row + i + n);
          i += n;
          if (i === end) break;
          // The contexts after a run are those of the row above.
          code = codes[i - 1];
          left2 = pixels[row + i - 2];
          aboveLeft = pixels[above + i - 1];
        }
        stop = i + wait;
        continue;
      }
      code = decodeLong(words, model, pos, code);
      pos = state[BIT_POS];
      codes[i] = code;
      const odd = code & ones;
      const residual = ((code >>> 1) & lowLanes) ^ ((odd << sampleBits) - odd);
      const guess = (left & up) + (((left ^ up) >>> 1) & 0x7f7f7f);
      left2 = left;
      left = ((guess & lowLanes) + (residual & lowLanes)) ^ ((guess ^ residual) & topLanes);
      pixels[row + i] = left;
      aboveLeft = up;
      i++;
      if (i < limit) continue;
    }

    if (stop >= end) {
      wait = stop - end;
      break;
    }
    updatePixel(model, codes[stop - 1], code);
    stop = i + nextWait(state, rndMask);
  }
  state[BIT_POS] = pos;
  state[WAIT] = wait;
}

/** Decodes the three samples of a pixel, of any length, from `pos`; moves `BIT_POS` behind them. */
function decodeLong(words: Int32Array, model: PlaneModel, pos: number, context: number): number {
  const { family, state } = model;
  const r = decodeSample(family, words, pos, BEST[context >>> 16]);
  pos += r >>> 8;
  const g = decodeSample(family, words, pos, BEST[256 + ((context >>> 8) & 255)]);
  pos += g >>> 8;
  const b = decodeSample(family, words, pos, BEST[512 + (context & 255)]);
  state[BIT_POS] = pos + (b >>> 8);
  return ((r & 255) << 16) | ((g & 255) << 8) | (b & 255);
}

function updatePixel(model: PlaneModel, context: number, code: number): void {
  updateModel(model, 0, context >>> 16, code >>> 16);
  updateModel(model, 1, (context >>> 8) & 255, (code >>> 8) & 255);
  updateModel(model, 2, context & 255, code & 255);
}
