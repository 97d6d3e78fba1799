import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import { fromHex, STREAMS } from '../../tests/conformance/reference-picture.ts';
import { inflateGlz } from './zlib-glz.ts';

/** Bytes that do not compress well. */
const noise = Uint8Array.from({ length: 200_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);

describe('inflateGlz', () => {
  it('inflates', () => {
    const { glz1 } = STREAMS;
    expect(inflateGlz(zlibSync(glz1), glz1.length)).toEqual(glz1);
  });

  it.each([0, 6, 9] as const)('inflates in steps what was packed with level %i', (level) => {
    const inflated = inflateGlz(zlibSync(noise, { level }), noise.length);
    expect(Buffer.compare(inflated, noise)).toBe(0);
  });

  it('does not inflate more than was announced', () => {
    const bomb = zlibSync(new Uint8Array(16 * 1024 * 1024));
    expect(() => inflateGlz(bomb, 1000)).toThrow(/overrun/);
    expect(() => inflateGlz(zlibSync(noise), noise.length - 1)).toThrow(/overrun/);
  });

  it.each([
    ['less than was announced', zlibSync(STREAMS.glz1), STREAMS.glz1.length + 1, 'truncated'],
    ['a size that the data cannot have', zlibSync(STREAMS.glz1), 1 << 30, 'too-large'],
    ['another format', fromHex('00112233445566778899'), 10, 'damaged'],
    ['no data', new Uint8Array(), 10, 'damaged'],
    ['a cut stream', zlibSync(noise, { level: 0 }).subarray(0, 100_000), noise.length, 'damaged'],
  ])('refuses %s', (_, data, size, code) => {
    expect(() => inflateGlz(data, size)).toThrow(
      expect.objectContaining({ name: 'CodecError', code }) as Error,
    );
  });

  it('ends well or with a CodecError on changed streams and on anything', () => {
    const decode = (data: Uint8Array) => inflateGlz(data, STREAMS.glz1.length);
    survivesChanges(decode, [zlibSync(STREAMS.glz1), zlibSync(STREAMS.glz1, { level: 0 })]);
    survivesAnything(decode, [fromHex('789c'), fromHex('7801')]);
  });
});
