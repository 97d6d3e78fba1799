/** Every single step is rounded to single precision. */
const f = Math.fround;

/** B(destination, source) on premultiplied colours. */
type SoftBlend = (sa: number, s: number, da: number, d: number) => number;

const colorDodge: SoftBlend = (sa, s, da, d) => {
  if (d === 0) return 0;
  const both = f(sa * da);
  const left = f(sa - s);
  if (f(d * sa) >= f(both - f(s * da)) || left === 0) return both;
  return f(f(f(sa * sa) * d) / left);
};

const colorBurn: SoftBlend = (sa, s, da, d) => {
  if (d >= da) return f(sa * da);
  const missing = f(sa * f(da - d));
  if (missing >= f(s * da) || s === 0) return 0;
  return f(sa * f(da - f(f(sa * f(da - d)) / s)));
};

const softLight: SoftBlend = (sa, s, da, d) => {
  const dsa = f(d * sa);
  if (da === 0) return dsa;
  if (2 * s < sa) return f(dsa - f(f(f(d * f(da - d)) * f(sa - 2 * s)) / da));
  const lighter = f(2 * s - sa);
  if (4 * d <= da) {
    const curve = f(f(f(f(f(f(16 * d) / da) - 12) * d) / da) + 3);
    return f(dsa + f(f(lighter * d) * curve));
  }
  return f(dsa + f(f(f(Math.sqrt(f(d * da))) - d) * lighter));
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
  f(f(f(red * f(0.3)) + f(green * f(0.59))) + f(blue * f(0.11)));

const saturation = (red: number, green: number, blue: number): number =>
  f(Math.max(red, green, blue) - Math.min(red, green, blue));

/** Scales the distance of the components to the given saturation; the least one turns 0. */
const withSaturation = (color: Color, wanted: number): Color => {
  const [red, green, blue] = color;
  const high = red > green ? (red > blue ? 0 : 2) : red > blue || green > blue ? 1 : 2;
  const low = red > green ? (green > blue ? 2 : 1) : red > blue ? 2 : 0;
  const range = f(color[high] - color[low]);
  if (range === 0) return [0, 0, 0];
  const spread: Color = [0, 0, 0];
  const middle = 3 - high - low;
  spread[middle] = f(f(f(color[middle] - color[low]) * wanted) / range);
  spread[high] = wanted;
  return spread;
};

/** Shifts a colour to a luminosity, then pulls it back into 0..alpha. */
const withLuminosity = (color: Color, alpha: number, wanted: number): Color => {
  const shift = f(wanted - luminosity(...color));
  let shifted = color.map((value) => f(value + shift)) as Color;
  const l = luminosity(...shifted);
  const low = Math.min(...shifted);
  const high = Math.max(...shifted);
  if (low < 0) {
    shifted = (l === low ? [0, 0, 0] : shifted.map((v) => f(l + f(f(f(v - l) * l) / f(l - low))))) as Color;
  }
  if (high > alpha) {
    shifted = (
      high === l
        ? [alpha, alpha, alpha]
        : shifted.map((v) => f(l + f(f(f(v - l) * f(alpha - l)) / f(high - l))))
    ) as Color;
  }
  return shifted;
};

const scaled = (from: Float32Array, by: number): Color => [f(from[1] * by), f(from[2] * by), f(from[3] * by)];
const luminosityOf = (from: Float32Array): number => luminosity(from[1], from[2], from[3]);
const saturationOf = (from: Float32Array): number => saturation(from[1], from[2], from[3]);

const hue: HslBlend = (s, d) =>
  withLuminosity(
    withSaturation(scaled(s, d[0]), f(saturationOf(d) * s[0])),
    f(s[0] * d[0]),
    f(luminosityOf(d) * s[0]),
  );
const saturate: HslBlend = (s, d) =>
  withLuminosity(
    withSaturation(scaled(d, s[0]), f(saturationOf(s) * d[0])),
    f(s[0] * d[0]),
    f(luminosityOf(d) * s[0]),
  );
const color: HslBlend = (s, d) => withLuminosity(scaled(s, d[0]), f(s[0] * d[0]), f(luminosityOf(d) * s[0]));
const luminous: HslBlend = (s, d) =>
  withLuminosity(scaled(d, s[0]), f(s[0] * d[0]), f(luminosityOf(s) * d[0]));

/** Non-separable PDF blend modes: HSL hue, saturation, colour, luminosity. */
export const hslBlends: ReadonlyMap<number, HslBlend> = new Map([
  [0x3b, hue],
  [0x3c, saturate],
  [0x3d, color],
  [0x3e, luminous],
]);
