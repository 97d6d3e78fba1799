import { softBlends, type SoftBlend } from './composite-float-blends.ts';
import { hslBlends, type HslBlend } from './composite-hsl.ts';

/** How much of the source or destination an operator keeps, for alphas 0..1. */
type FloatFactor = (sa: number, da: number) => number;

/** Every single step is rounded to single precision. */
const f = Math.fround;

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
function ratio(a: number, b: number): number {
  return b === 0 ? 1 : clamp(f(a / b));
}
function rest(a: number, b: number): number {
  return b === 0 ? 0 : clamp(f(1 - f(a / b)));
}

const zero: FloatFactor = () => 0;
const one: FloatFactor = () => 1;

// Disjoint: source and destination cover different parts of the pixel as far as possible.
const disjointSourceOut: FloatFactor = (sa, da) => ratio(f(1 - da), sa);
const disjointDestinationOut: FloatFactor = (sa, da) => ratio(f(1 - sa), da);
const disjointSourceIn: FloatFactor = (sa, da) => rest(f(1 - da), sa);
const disjointDestinationIn: FloatFactor = (sa, da) => rest(f(1 - sa), da);

// Conjoint: they cover the same part as far as possible.
const conjointSourceIn: FloatFactor = (sa, da) => ratio(da, sa);
const conjointDestinationIn: FloatFactor = (sa, da) => ratio(sa, da);
const conjointSourceOut: FloatFactor = (sa, da) => rest(da, sa);
const conjointDestinationOut: FloatFactor = (sa, da) => rest(sa, da);

/** CLEAR to XOR with factors of their own for inside and outside of the other picture. */
function family(
  sourceIn: FloatFactor,
  sourceOut: FloatFactor,
  destinationIn: FloatFactor,
  destinationOut: FloatFactor,
): readonly (readonly [FloatFactor, FloatFactor])[] {
  return [
    [zero, zero],
    [one, zero],
    [zero, one],
    [one, destinationOut],
    [sourceOut, one],
    [sourceIn, zero],
    [zero, destinationIn],
    [sourceOut, zero],
    [zero, destinationOut],
    [sourceIn, destinationOut],
    [sourceOut, destinationIn],
    [sourceOut, destinationOut],
  ];
}

const SATURATE = 13;
const DISJOINT = 0x10;
const CONJOINT = 0x20;

const disjoint = family(disjointSourceIn, disjointSourceOut, disjointDestinationIn, disjointDestinationOut);
const conjoint = family(conjointSourceIn, conjointSourceOut, conjointDestinationIn, conjointDestinationOut);

function factorsOf(number: number): readonly [FloatFactor, FloatFactor] | undefined {
  return number === SATURATE
    ? [disjointSourceOut, one]
    : (disjoint[number - DISJOINT] ?? conjoint[number - CONJOINT]);
}

/** The HSL modes mask their source in a way of their own. */
export function isHslOperator(number: number): boolean {
  return hslBlends.has(number);
}

/**
 * Combines pixels of four floats each: alpha, red, green, blue from 0 to 1, premultiplied.
 * @param mask undefined for none
 * @param from index of the first pixel's alpha
 * @param to index behind the last pixel
 */
export type CombineFloats = (
  source: Float32Array,
  mask: Float32Array | undefined,
  destination: Float32Array,
  from: number,
  to: number,
) => void;

/** The operators that divide, in single precision as the reference has them. @returns undefined for others */
export function floatOperator(number: number, componentAlpha: boolean): CombineFloats | undefined {
  const factors = factorsOf(number);
  if (factors !== undefined) return factorRow(factors[0], factors[1], componentAlpha);
  const soft = softBlends.get(number);
  if (soft !== undefined) return softRow(soft, componentAlpha);
  const hsl = hslBlends.get(number);
  if (hsl === undefined) return undefined;
  // With component alpha these leave the destination as it is.
  return componentAlpha ? () => {} : hslRow(hsl);
}

function factorRow(
  ofSource: FloatFactor,
  ofDestination: FloatFactor,
  componentAlpha: boolean,
): CombineFloats {
  return (source, mask, destination, from, to) => {
    for (let i = from; i < to; i += 4) {
      maskPixel(source, mask, i, componentAlpha);
      const da = destination[i];
      for (let c = 0; c < 4; c++) {
        const sa = alphas[c];
        const d = destination[i + c];
        const sum = f(f(colors[c] * ofSource(sa, da)) + f(d * ofDestination(sa, da)));
        destination[i + c] = sum > 1 ? 1 : sum;
      }
    }
  };
}

function softRow(blend: SoftBlend, componentAlpha: boolean): CombineFloats {
  return (source, mask, destination, from, to) => {
    for (let i = from; i < to; i += 4) {
      maskPixel(source, mask, i, componentAlpha);
      const da = destination[i];
      for (let c = 1; c < 4; c++) {
        const sa = alphas[c];
        const d = destination[i + c];
        destination[i + c] = f(apart(sa, colors[c], da, d) + blend(sa, colors[c], da, d));
      }
      destination[i] = eitherAlpha(alphas[0], da);
    }
  };
}

function hslRow(blend: HslBlend): CombineFloats {
  return (source, mask, destination, from, to) => {
    for (let i = from; i < to; i += 4) {
      for (let c = 0; c < 4; c++) {
        colors[c] = source[i + c];
        pixel[c] = destination[i + c];
      }
      if (mask !== undefined) {
        const m = mask[i];
        colors[0] *= m;
        colors[1] *= m;
        // The reference masks green twice and blue not at all.
        colors[2] *= m;
        colors[2] *= m;
      }
      blend(colors, pixel, blended);
      const sa = colors[0];
      const da = pixel[0];
      for (let c = 1; c < 4; c++) {
        destination[i + c] = f(apart(sa, colors[c], da, pixel[c]) + blended[c - 1]);
      }
      destination[i] = eitherAlpha(sa, da);
    }
  };
}

/** The masked source of the pixel at hand, and the alpha that counts for each of its channels. */
const colors = new Float32Array(4);
const alphas = new Float32Array(4);
/** The HSL modes' destination, and its blend with the source. */
const pixel = new Float32Array(4);
const blended = new Float32Array(3);

function maskPixel(
  source: Float32Array,
  mask: Float32Array | undefined,
  i: number,
  componentAlpha: boolean,
): void {
  const sa = source[i];
  for (let c = 0; c < 4; c++) {
    const m = mask === undefined ? 1 : mask[componentAlpha ? i + c : i];
    colors[c] = source[i + c] * m;
    alphas[c] = sa * m;
  }
}

function eitherAlpha(sa: number, da: number): number {
  return f(f(sa + da) - f(sa * da));
}

/** What of both colours shows where the other one does not cover the pixel. */
function apart(sa: number, s: number, da: number, d: number): number {
  return f(f(f(1 - sa) * d) + f(f(1 - da) * s));
}
