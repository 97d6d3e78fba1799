/** Every single step is rounded to single precision. */
const f = Math.fround;

/** B(destination, source) on premultiplied colours. */
export type SoftBlend = (sa: number, s: number, da: number, d: number) => number;

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
