import { describe, expect, it } from 'vitest';
import { survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import { fromHex } from '../../tests/conformance/reference-picture.ts';
import { decodeLz4 } from './lz4.ts';

/** u8 top_down, u8 format, then blocks with big-endian sizes. */
function lz4(topDown: number, format: number, ...blocks: readonly string[]): Uint8Array {
  const parts = blocks.map((hex) => {
    const bytes = hex.replaceAll(' ', '');
    return (bytes.length / 2).toString(16).padStart(8, '0') + bytes;
  });
  return fromHex(
    [topDown, format].map((byte) => byte.toString(16).padStart(2, '0')).join('') + parts.join(''),
  );
}

const four = { width: 4, height: 1 };

describe('decodeLz4', () => {
  it('copies from the blocks before', () => {
    // 4 literal bytes; then nothing but a copy of 12 bytes from 4 before, in a block of its own with a last literal run
    const image = decodeLz4(lz4(1, 9, '40 01020304', '08 0400 00'), four);
    expect(image.format).toBe('argb32');
    expect([...image.pixels]).toEqual(Array.from({ length: 4 }, () => 0x04030201));
  });

  it.each([
    [6, 'rgb555', '40 0102 0304', [0x0201, 0x0403], 2],
    [7, 'xrgb32', '60 010203 040506', [0x030201, 0x060504], 2],
    [8, 'xrgb32', '80 01020304 05060708', [0x04030201, 0x08070605], 2],
  ])('decodes format %i to %s', (format, name, block, pixels, width) => {
    const image = decodeLz4(lz4(1, format, block), { width, height: 1 });
    expect(image.format).toBe(name);
    expect([...image.pixels]).toEqual(pixels);
  });

  it('turns bottom-up pictures', () => {
    const image = decodeLz4(lz4(0, 6, '40 0100 0200'), { width: 1, height: 2 });
    expect([...image.pixels]).toEqual([2, 1]);
  });

  it('copies long runs of literals and matches', () => {
    const bytes = '0a0b0c0d';
    // 15 + 255 + 30 = 300 literals, then 4 + 15 + 255 + 26 = 300 bytes from 300 before
    const data = lz4(1, 8, `ff ff 1e ${bytes.repeat(75)} 2c01 ff 1a 00`);
    const { pixels } = decodeLz4(data, { width: 150, height: 1 });
    expect(new Set(pixels)).toEqual(new Set([0x0d0c0b0a]));
  });

  it.each([
    ['an unknown format', lz4(1, 5, '10 00'), 'bad-header'],
    ['too few pixels', lz4(1, 8, '40 01020304'), 'truncated'],
    ['no blocks', lz4(1, 8), 'truncated'],
    ['a block that is longer than the data', lz4(1, 8, '40 01020304').subarray(0, 8), 'truncated'],
    ['more literals than pixels', lz4(1, 8, `f0 05${'00'.repeat(20)}`), 'overrun'],
    ['a longer copy than pixels', lz4(1, 8, '4f 01020304 0100 00'), 'overrun'],
    ['a distance of 0', lz4(1, 8, '40 01020304 0000 00'), 'bad-reference'],
    ['a copy from before the picture', lz4(1, 8, '40 01020304 0500 00'), 'bad-reference'],
  ])('refuses %s', (_, data, code) => {
    expect(() => decodeLz4(data, four)).toThrow(
      expect.objectContaining({ name: 'CodecError', code }) as Error,
    );
  });

  it('refuses a size that so little data cannot have', () => {
    expect(() => decodeLz4(lz4(1, 8, '10 00'), { width: 8000, height: 8000 })).toThrow(/truncated/);
  });

  it('ends well or with a CodecError on changed streams and on anything', () => {
    const decode = (data: Uint8Array) => decodeLz4(data, four);
    survivesChanges(decode, [lz4(1, 9, '40 01020304', '08 0400 00'), lz4(0, 8, `f0 01${'01'.repeat(16)}`)]);
    survivesAnything(decode, [fromHex('0109'), fromHex('0107'), fromHex('0006')]);
  });
});
