/** B(destination, source) on premultiplied colours. */
type SoftBlend = (sa: number, s: number, da: number, d: number) => number;

const colorDodge: SoftBlend = (sa, s, da, d) => {
  if (d === 0) return 0;
  if (d * sa >= sa * da - s * da || sa - s === 0) return sa * da;
  return (sa * sa * d) / (sa - s);
};

const colorBurn: SoftBlend = (sa, s, da, d) => {
  if (d >= da) return sa * da;
  if (sa * (da - d) >= s * da || s === 0) return 0;
  return sa * (da - (sa * (da - d)) / s);
};

const softLight: SoftBlend = (sa, s, da, d) => {
  if (2 * s < sa) return da === 0 ? d * sa : d * sa - (d * (da - d) * (sa - 2 * s)) / da;
  if (da === 0) return 0;
  if (4 * d <= da) return d * sa + (2 * s - sa) * d * ((((16 * d) / da - 12) * d) / da + 3);
  return d * sa + (Math.sqrt(d * da) - d) * (2 * s - sa);
};

/** Separable PDF blend modes that divide. */
export const softBlends: ReadonlyMap<number, SoftBlend> = new Map([
  [0x35, colorDodge],
  [0x36, colorBurn],
  [0x38, softLight],
]);

type Color = [red: number, green: number, blue: number];

/** B(destination, source) of alpha, red, green, blue, premultiplied; the result is premultiplied with both alphas. */
type HslBlend = (source: Float32Array, destination: Float32Array) => Color;

const luminosity = (red: number, green: number, blue: number): number =>
  red * 0.3 + green * 0.59 + blue * 0.11;

const saturation = (red: number, green: number, blue: number): number =>
  Math.max(red, green, blue) - Math.min(red, green, blue);

/** Scales the distance of the components to the given saturation; the least one turns 0. */
const withSaturation = (color: Color, wanted: number): Color => {
  const low = Math.min(...color);
  const range = Math.max(...color) - low;
  return range === 0 ? [0, 0, 0] : (color.map((value) => ((value - low) * wanted) / range) as Color);
};

/** Shifts a colour to a luminosity, then pulls it back into 0..alpha. */
const withLuminosity = (color: Color, alpha: number, wanted: number): Color => {
  const shift = wanted - luminosity(...color);
  let shifted = color.map((value) => value + shift) as Color;
  const l = luminosity(...shifted);
  const low = Math.min(...shifted);
  const high = Math.max(...shifted);
  if (low < 0) {
    shifted = (l === low ? [0, 0, 0] : shifted.map((v) => l + ((v - l) * l) / (l - low))) as Color;
  }
  if (high > alpha) {
    shifted = (
      high === l ? [alpha, alpha, alpha] : shifted.map((v) => l + ((v - l) * (alpha - l)) / (high - l))
    ) as Color;
  }
  return shifted;
};

const scaled = (from: Float32Array, by: number): Color => [from[1] * by, from[2] * by, from[3] * by];
const luminosityOf = (from: Float32Array): number => luminosity(from[1], from[2], from[3]);
const saturationOf = (from: Float32Array): number => saturation(from[1], from[2], from[3]);

const hue: HslBlend = (s, d) =>
  withLuminosity(
    withSaturation(scaled(s, d[0]), saturationOf(d) * s[0]),
    s[0] * d[0],
    luminosityOf(d) * s[0],
  );
const saturate: HslBlend = (s, d) =>
  withLuminosity(
    withSaturation(scaled(d, s[0]), saturationOf(s) * d[0]),
    s[0] * d[0],
    luminosityOf(d) * s[0],
  );
const color: HslBlend = (s, d) => withLuminosity(scaled(s, d[0]), s[0] * d[0], luminosityOf(d) * s[0]);
const luminous: HslBlend = (s, d) => withLuminosity(scaled(d, s[0]), s[0] * d[0], luminosityOf(s) * d[0]);

/** Non-separable PDF blend modes: HSL hue, saturation, colour, luminosity. */
export const hslBlends: ReadonlyMap<number, HslBlend> = new Map([
  [0x3b, hue],
  [0x3c, saturate],
  [0x3d, color],
  [0x3e, luminous],
]);
