import { hslBlends, softBlends } from './composite-float-blends.ts';
import type { RasterFormat } from './raster.ts';

/** How much of the source or destination an operator keeps, for alphas 0..1. */
type FloatFactor = (sa: number, da: number) => number;

/** Every single step is rounded to single precision. */
const f = Math.fround;

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);
const ratio = (a: number, b: number): number => (b === 0 ? 1 : clamp(f(a / b)));
const rest = (a: number, b: number): number => (b === 0 ? 0 : clamp(f(1 - f(a / b))));

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
const family = (
  sourceIn: FloatFactor,
  sourceOut: FloatFactor,
  destinationIn: FloatFactor,
  destinationOut: FloatFactor,
): readonly (readonly [FloatFactor, FloatFactor])[] => [
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

const SATURATE = 13;
const DISJOINT = 0x10;
const CONJOINT = 0x20;

const disjoint = family(disjointSourceIn, disjointSourceOut, disjointDestinationIn, disjointDestinationOut);
const conjoint = family(conjointSourceIn, conjointSourceOut, conjointDestinationIn, conjointDestinationOut);

const factorsOf = (number: number): readonly [FloatFactor, FloatFactor] | undefined =>
  number === SATURATE
    ? [disjointSourceOut, one]
    : (disjoint[number - DISJOINT] ?? conjoint[number - CONJOINT]);

/** The HSL modes mask their source in a way of their own. */
export const isHslOperator = (number: number): boolean => hslBlends.has(number);

/** How one pixel is combined; all arrays hold alpha, red, green, blue from 0 to 1. */
type CombinePixel = (source: Float32Array, alphas: Float32Array, destination: Float32Array) => void;

/** The operators that divide, in single precision as the reference has them. @returns undefined for others */
export const floatOperator = (number: number, componentAlpha: boolean): CombinePixel | undefined => {
  const factors = factorsOf(number);
  if (factors !== undefined) {
    const [ofSource, ofDestination] = factors;
    return (s, a, d) => {
      const da = d[0];
      for (let c = 0; c < 4; c += 1) {
        d[c] = Math.min(1, f(f(s[c] * ofSource(a[c], da)) + f(d[c] * ofDestination(a[c], da))));
      }
    };
  }
  const soft = softBlends.get(number);
  if (soft !== undefined) {
    return (s, a, d) => {
      const da = d[0];
      for (let c = 1; c < 4; c += 1) {
        d[c] = f(apart(a[c], s[c], da, d[c]) + soft(a[c], s[c], da, d[c]));
      }
      d[0] = f(f(da + a[0]) - f(da * a[0]));
    };
  }
  const hsl = hslBlends.get(number);
  if (hsl === undefined) return undefined;
  // With component alpha these leave the destination as it is.
  if (componentAlpha) return () => {};
  return (s, _alphas, d) => {
    const blended = hsl(s, d);
    const sa = s[0];
    const da = d[0];
    for (let c = 1; c < 4; c += 1) d[c] = f(apart(sa, s[c], da, d[c]) + blended[c - 1]);
    d[0] = f(f(sa + da) - f(sa * da));
  };
};

/** What of both colours shows where the other one does not cover the pixel. */
const apart = (sa: number, s: number, da: number, d: number): number =>
  f(f(f(1 - sa) * d) + f(f(1 - da) * s));

/** Bits of the colour components of a format that 32-bit words were widened from. */
const componentBits = (format: RasterFormat): readonly [red: number, green: number, blue: number] =>
  format === 'rgb555' ? [5, 5, 5] : format === 'rgb565' ? [5, 6, 5] : [8, 8, 8];

/** Reads a word as alpha, red, green, blue from 0 to 1, exactly as fractions of the format's component sizes. */
export const toFloats = (word: number, format: RasterFormat, out: Float32Array): void => {
  const [red, green, blue] = componentBits(format);
  out[0] = fraction(word >>> 24, 8);
  out[1] = fraction((word >>> 16) & 255, red);
  out[2] = fraction((word >>> 8) & 255, green);
  out[3] = fraction(word & 255, blue);
};

const fraction = (byte: number, bits: number): number =>
  Math.fround((byte >> (8 - bits)) * Math.fround(1 / ((1 << bits) - 1)));

export const fromFloats = (values: Float32Array): number =>
  (toByte(values[0]) << 24) | (toByte(values[1]) << 16) | (toByte(values[2]) << 8) | toByte(values[3]);

const toByte = (value: number): number => {
  const scaled = Math.floor(clamp(value) * 256);
  return scaled - (scaled >> 8);
};
