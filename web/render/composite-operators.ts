import { addWords, mulByte, mulWord } from './alpha-math.ts';

/**
 * The Porter-Duff operators 0 to 12: result = source * Fs + destination * Fd on premultiplied bytes, clamped. Fs is
 * sourceBase + sourceAlpha * destination alpha, Fd each byte of (source alpha & destinationAnd) ^ destinationXor.
 */
interface PorterDuff {
  readonly sourceBase: number;
  readonly sourceAlpha: number;
  readonly destinationAnd: number;
  readonly destinationXor: number;
}

type Factor = 'zero' | 'one' | 'alpha' | 'inverse';

function operator(source: Factor, destination: Factor): PorterDuff {
  return {
    sourceBase: source === 'one' || source === 'inverse' ? 255 : 0,
    sourceAlpha: source === 'alpha' ? 1 : source === 'inverse' ? -1 : 0,
    destinationAnd: destination === 'alpha' || destination === 'inverse' ? -1 : 0,
    destinationXor: destination === 'one' || destination === 'inverse' ? -1 : 0,
  };
}

/** CLEAR SRC DST OVER OVER_REVERSE IN IN_REVERSE OUT OUT_REVERSE ATOP ATOP_REVERSE XOR ADD */
const porterDuff: readonly PorterDuff[] = [
  operator('zero', 'zero'),
  operator('one', 'zero'),
  operator('zero', 'one'),
  operator('one', 'inverse'),
  operator('inverse', 'one'),
  operator('alpha', 'zero'),
  operator('zero', 'alpha'),
  operator('inverse', 'zero'),
  operator('zero', 'inverse'),
  operator('alpha', 'inverse'),
  operator('inverse', 'alpha'),
  operator('inverse', 'inverse'),
  operator('one', 'one'),
];

/** Combines a row of source words, masked already, into destination words; all 0xAARRGGBB, premultiplied. */
export type CombineRow = (
  source: Uint32Array,
  /** for component alpha each channel's own alpha, otherwise absent */
  alphas: Uint32Array | undefined,
  destination: Uint32Array,
  count: number,
) => void;

/** DISJOINT and CONJOINT CLEAR, SRC and DST are the same as the plain ones. */
export function plainOperator(number: number): number {
  return (number >= 0x10 && number <= 0x12) || (number >= 0x20 && number <= 0x22) ? number & 15 : number;
}

/** @returns undefined if the operator is not one of 0 to 12 */
export function porterDuffRow(number: number): CombineRow | undefined {
  const found = porterDuff[number];
  if (found === undefined) return undefined;
  const { sourceBase, sourceAlpha, destinationAnd, destinationXor } = found;
  return (source, alphas, destination, count) => {
    for (let i = 0; i < count; i++) {
      const s = source[i];
      const d = destination[i];
      const fromSource = mulWord(s, sourceBase + sourceAlpha * (d >>> 24));
      const kept =
        alphas === undefined
          ? mulWord(d, (((s >>> 24) & destinationAnd) ^ destinationXor) & 255)
          : mulWords(d, (alphas[i] & destinationAnd) ^ destinationXor);
      destination[i] = addWords(fromSource, kept);
    }
  };
}

/** Channel by channel a * b / 255. */
export function mulWords(a: number, b: number): number {
  return (
    (mulByte(a >>> 24, b >>> 24) << 24) |
    (mulByte((a >>> 16) & 255, (b >>> 16) & 255) << 16) |
    (mulByte((a >>> 8) & 255, (b >>> 8) & 255) << 8) |
    mulByte(a & 255, b & 255)
  );
}

/** Multiplies a row of source words with the alpha of a mask. */
export function applyMask(source: Uint32Array, mask: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) source[i] = mulWord(source[i], mask[i] >>> 24);
}

/** Multiplies source and mask channel by channel; the mask turns into each channel's alpha. */
export function applyComponentMask(source: Uint32Array, mask: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const s = source[i];
    source[i] = mulWords(s, mask[i]);
    mask[i] = mulWord(mask[i], s >>> 24);
  }
}
