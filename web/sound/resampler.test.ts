import { expect, it } from 'vitest';
import { Resampler } from './resampler.ts';

it.each([
  [44_100, 48_000],
  [48_000, 44_100],
  [16_000, 48_000],
  [96_000, 16_000],
])('%i to %i frames a second: as many as there should be, the same tone, whatever the pieces', (from, to) => {
  const resampler = new Resampler(from, to);
  const out: number[] = [];
  let at = 0;
  const sizes = [441, 1, 128, 2, 960];
  for (let n = 0; at < from; n++) {
    const size = Math.min(sizes[n % sizes.length] as number, from - at);
    const begin = at;
    out.push(
      ...resampler.take(
        Float32Array.from({ length: size }, (_, i) => Math.sin((2 * Math.PI * 440 * (begin + i)) / from)),
      ),
    );
    at += size;
  }
  expect(Math.abs(out.length - to)).toBeLessThanOrEqual(2);
  const worst = out.reduce((most, sample, i) => {
    // A straight line begins at the frame before the first.
    const exact = Math.sin(2 * Math.PI * 440 * (i / to - 1 / from));
    return i < 10 ? most : Math.max(most, Math.abs(sample - exact));
  }, 0);
  expect(worst).toBeLessThan(0.02);
});
