/** Every single step is rounded to single precision; arrays of floats do that by themselves. */
const f = Math.fround;

/** Colours have red, green, blue at 0, 1, 2; pixels have alpha, red, green, blue at 0 to 3. */
type Color = Float32Array;
type Pixel = Float32Array;

function luminosity(red: number, green: number, blue: number): number {
  return f(f(f(red * f(0.3)) + f(green * f(0.59))) + f(blue * f(0.11)));
}

function luminosityOf(pixel: Pixel): number {
  return luminosity(pixel[1], pixel[2], pixel[3]);
}

function saturationOf(pixel: Pixel): number {
  return f(Math.max(pixel[1], pixel[2], pixel[3]) - Math.min(pixel[1], pixel[2], pixel[3]));
}

/** Scales the distance of the components to the given saturation; the least one turns 0. */
function setSaturation(color: Color, wanted: number): void {
  const red = color[0];
  const green = color[1];
  const blue = color[2];
  const high = red > green ? (red > blue ? 0 : 2) : red > blue || green > blue ? 1 : 2;
  const low = red > green ? (green > blue ? 2 : 1) : red > blue ? 2 : 0;
  const middle = 3 - high - low;
  const least = color[low];
  const range = f(color[high] - least);
  color[low] = 0;
  color[middle] = range === 0 ? 0 : f(f(color[middle] - least) * wanted) / range;
  color[high] = range === 0 ? 0 : wanted;
}

/** Shifts a colour to a luminosity, then pulls it back into 0..alpha. */
function setLuminosity(color: Color, alpha: number, wanted: number): void {
  const shift = f(wanted - luminosity(color[0], color[1], color[2]));
  for (let c = 0; c < 3; c++) color[c] += shift;
  const l = luminosity(color[0], color[1], color[2]);
  const low = Math.min(color[0], color[1], color[2]);
  const high = Math.max(color[0], color[1], color[2]);
  if (low < 0) pull(color, l, f(l - low), l, 0);
  if (high > alpha) pull(color, l, f(high - l), f(alpha - l), alpha);
}

/** Pulls a colour towards its luminosity, or makes all of it grey if it is grey already. */
function pull(color: Color, l: number, distance: number, wanted: number, grey: number): void {
  for (let c = 0; c < 3; c++) {
    color[c] = distance === 0 ? grey : l + f(f(f(color[c] - l) * wanted) / distance);
  }
}

function setScaled(color: Color, from: Pixel, by: number): void {
  for (let c = 0; c < 3; c++) color[c] = from[c + 1] * by;
}

/** Writes B(destination, source) of premultiplied pixels, premultiplied with both alphas. */
export type HslBlend = (source: Pixel, destination: Pixel, blended: Color) => void;

const hue: HslBlend = (s, d, blended) => {
  setScaled(blended, s, d[0]);
  setSaturation(blended, f(saturationOf(d) * s[0]));
  setLuminosity(blended, f(s[0] * d[0]), f(luminosityOf(d) * s[0]));
};

const saturation: HslBlend = (s, d, blended) => {
  setScaled(blended, d, s[0]);
  setSaturation(blended, f(saturationOf(s) * d[0]));
  setLuminosity(blended, f(s[0] * d[0]), f(luminosityOf(d) * s[0]));
};

const color: HslBlend = (s, d, blended) => {
  setScaled(blended, s, d[0]);
  setLuminosity(blended, f(s[0] * d[0]), f(luminosityOf(d) * s[0]));
};

const luminous: HslBlend = (s, d, blended) => {
  setScaled(blended, d, s[0]);
  setLuminosity(blended, f(s[0] * d[0]), f(luminosityOf(s) * d[0]));
};

/** Non-separable PDF blend modes: HSL hue, saturation, colour, luminosity. */
export const hslBlends: ReadonlyMap<number, HslBlend> = new Map([
  [0x3b, hue],
  [0x3c, saturation],
  [0x3d, color],
  [0x3e, luminous],
]);
