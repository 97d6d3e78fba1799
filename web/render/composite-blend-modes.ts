import { addWords, mulWord } from './alpha-math.ts';
import { mulWords, type CombineRow } from './composite-operators.ts';

/** B(destination, source) of a separable PDF blend mode: colours 0..alpha, alphas 0..255, result times 255. */
type Blend = (s: number, sa: number, d: number, da: number) => number;

const screen: Blend = (s, sa, d, da) => s * da + d * sa - s * d;
const overlay: Blend = (s, sa, d, da) => (2 * d < da ? 2 * s * d : sa * da - 2 * (da - d) * (sa - s));
const darken: Blend = (s, sa, d, da) => Math.min(s * da, d * sa);
const lighten: Blend = (s, sa, d, da) => Math.max(s * da, d * sa);
const hardLight: Blend = (s, sa, d, da) => (2 * s < sa ? 2 * s * d : sa * da - 2 * (da - d) * (sa - s));
const difference: Blend = (s, sa, d, da) => Math.abs(d * sa - s * da);
const exclusion: Blend = (s, sa, d, da) => s * da + d * sa - 2 * d * s;

const blends: ReadonlyMap<number, Blend> = new Map([
  [0x31, screen],
  [0x32, overlay],
  [0x33, darken],
  [0x34, lighten],
  [0x37, hardLight],
  [0x39, difference],
  [0x3a, exclusion],
]);

const MULTIPLY = 0x30;

/** @returns undefined if the operator is not a PDF blend mode that works on bytes */
export function blendModeRow(number: number): CombineRow | undefined {
  if (number === MULTIPLY) return multiplyRow;
  const blend = blends.get(number);
  if (blend === undefined) return undefined;
  return (source, alphas, destination, count) => {
    for (let i = 0; i < count; i++) {
      const s = source[i];
      const d = destination[i];
      const a = alphas === undefined ? (s >>> 24) * 0x01010101 : alphas[i];
      const sa = a >>> 24;
      const da = d >>> 24;
      destination[i] =
        (divide255(sa * 255 + da * 255 - sa * da) << 24) |
        (channel(blend, (s >>> 16) & 255, (a >>> 16) & 255, (d >>> 16) & 255, da) << 16) |
        (channel(blend, (s >>> 8) & 255, (a >>> 8) & 255, (d >>> 8) & 255, da) << 8) |
        channel(blend, s & 255, a & 255, d & 255, da);
    }
  };
}

function channel(blend: Blend, s: number, sa: number, d: number, da: number): number {
  return divide255((255 - sa) * d + (255 - da) * s + blend(s, sa, d, da));
}

/** Rounded, between 0 and 255. */
function divide255(value: number): number {
  const t = Math.max(0, Math.min(255 * 255, value)) + 128;
  return (t + (t >> 8)) >> 8;
}

/** MULTIPLY rounds each of its products. */
const multiplyRow: CombineRow = (source, alphas, destination, count) => {
  for (let i = 0; i < count; i++) {
    const s = source[i];
    const d = destination[i];
    const alone = alphas === undefined ? mulWord(d, 255 - (s >>> 24)) : mulWords(d, ~alphas[i]);
    destination[i] = addWords(mulWords(d, s), addWords(mulWord(s, 255 - (d >>> 24)), alone));
  }
};
