import { describe, expect, it } from 'vitest';
import { refusesCuts, survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import {
  fromHex,
  PICTURE,
  PICTURE_RGB,
  PICTURE_RGBA,
  STREAMS,
} from '../../tests/conformance/reference-picture.ts';
import { decodeLz, decodeLzPalette } from './lz.ts';

/** Big-endian header, top down unless said otherwise. */
function lz(
  type: number,
  width: number,
  height: number,
  stride: number,
  body: string,
  topDown = 1,
): Uint8Array {
  const words = [0x20205a4c, 0x00010001, type, width, height, stride, topDown];
  return fromHex(words.map((word) => word.toString(16).padStart(8, '0')).join('') + body);
}

const palette = Array.from({ length: 16 }, (_, i) => 0xff00_0000 + i * 0x010203);

describe('decodeLz', () => {
  it('decodes RGB32 to xrgb32', () => {
    const image = decodeLz(STREAMS.lzRgb32, PICTURE);
    expect(image).toMatchObject({ format: 'xrgb32', ...PICTURE });
    expect([...image.pixels]).toEqual(PICTURE_RGB);
  });

  it('decodes RGBA, a second pass with the alpha, to argb32', () => {
    const image = decodeLz(STREAMS.lzRgba, PICTURE);
    expect(image.format).toBe('argb32');
    expect([...image.pixels]).toEqual(PICTURE_RGBA);
  });

  it('decodes RGB16 literals as big endian, and copies of one pixel more than said', () => {
    // two literals, then a copy of 1 + 1 pixels from 2 before
    const image = decodeLz(lz(6, 4, 1, 8, '01 1234 5678 20 01'.replaceAll(' ', '')));
    expect(image.format).toBe('rgb555');
    expect([...image.pixels]).toEqual([0x1234, 0x5678, 0x1234, 0x5678]);
  });

  it.each([10, 11])('decodes type %i to a8', (type) => {
    const image = decodeLz(lz(type, 4, 2, 4, '00 7f a0 00'.replaceAll(' ', ''), 0));
    expect(image.format).toBe('a8');
    expect([...image.pixels]).toEqual(Array.from({ length: 8 }, () => 0x7f));
  });

  it('turns bottom-up pictures', () => {
    const image = decodeLz(lz(8, 1, 3, 4, '02010000020000030000', 0));
    expect([...image.pixels]).toEqual([3, 2, 1]);
  });

  it('copies over long distances and lengths', () => {
    const count = 20_000;
    // 16 literals; a copy of 7 + 255 + 255 + 3 from 16 before; then the same pixel to the end, from 9000 before
    const literals = Array.from(
      { length: 16 },
      (_, i) => `${(i + 1).toString(16).padStart(2, '0')}0000`,
    ).join('');
    const repeat = (length: number) => {
      const more = length - 7;
      return `e0${'ff'.repeat(Math.floor(more / 255))}${(more % 255).toString(16).padStart(2, '0')}0f`;
    };
    const far = (length: number, distance: number) => {
      const more = length - 7;
      const offset = (distance - 1 - 8191).toString(16).padStart(4, '0');
      return `ff${'ff'.repeat(Math.floor(more / 255))}${(more % 255).toString(16).padStart(2, '0')}ff${offset}`;
    };
    const body = `0f${literals}${repeat(9984)}${far(count - 10_000, 9000)}`;
    const { pixels } = decodeLz(lz(8, count, 1, count * 4, body));
    for (const i of [0, 15, 16, 9999]) expect(pixels[i]).toBe((i % 16) + 1);
    for (const i of [10_000, 15_000, count - 1]) expect(pixels[i]).toBe(pixels[i - 9000]);
  });

  it.each([
    ['a palette type', lz(5, 1, 1, 1, '0000'), 'bad-header'],
    ['type 12', lz(12, 1, 1, 1, '0000'), 'bad-header'],
    ['more literals than pixels', lz(8, 1, 1, 4, '01000000000000'), 'overrun'],
    ['a longer copy than pixels', lz(8, 2, 1, 8, '00000000 c0 00'.replaceAll(' ', '')), 'overrun'],
    ['a copy from before the picture', lz(8, 3, 1, 8, '00000000 20 01'.replaceAll(' ', '')), 'bad-reference'],
    ['a large picture in no data', lz(8, 8000, 8000, 32000, 'e0'), 'truncated'],
    ['too many pixels', lz(8, 100_000, 100_000, 0, ''), 'too-large'],
  ])('refuses %s', (_, data, code) => {
    expect(() => decodeLz(data)).toThrow(expect.objectContaining({ name: 'CodecError', code }) as Error);
  });

  it('refuses cut data', () => {
    refusesCuts(decodeLz, STREAMS.lzRgb32);
    refusesCuts(decodeLz, STREAMS.lzRgba);
  });

  it('ends well or with a CodecError on changed streams and on anything', () => {
    survivesChanges(decodeLz, [STREAMS.lzRgb32, STREAMS.lzRgba]);
    const headers = [6, 7, 8, 9, 10, 11].map((type) => lz(type, 40, 30, 160, ''));
    survivesAnything(decodeLz, headers);
  });
});

describe('decodeLzPalette', () => {
  const decode = (data: Uint8Array) => decodeLzPalette(data, palette, '32');

  it('writes the raw entries on 32-bit surfaces and their low half on 16-bit ones', () => {
    const indices = [
      ...'00001111',
      ...'00001111',
      ...'00001111',
      ...'00001111',
      ...'0004080c',
      ...'00050a0f',
    ].map((digit) => Number.parseInt(digit, 16));
    const wide = decodeLzPalette(STREAMS.lzPlt4Be, palette, '32', PICTURE);
    expect(wide.format).toBe('xrgb32');
    expect([...wide.pixels]).toEqual(indices.map((i) => palette[i]));
    const narrow = decodeLzPalette(STREAMS.lzPlt4Be, palette, '555', PICTURE);
    expect(narrow.format).toBe('rgb555');
    expect([...narrow.pixels]).toEqual(indices.map((i) => palette[i] & 0xffff));
  });

  it('takes 4-bit indices modulo the size of the palette', () => {
    const { pixels } = decodeLzPalette(lz(4, 2, 1, 1, '00 5e'.replace(' ', '')), [7, 8, 9, 10, 11], '32');
    expect([...pixels]).toEqual([7, 11]);
  });

  it.each([
    [1, '05', [1, 0, 1, 0, 0]],
    [2, 'a0', [1, 0, 1, 0, 0]],
  ])('reads type %i, one bit a pixel, with padding at the row’s end', (type, byte, indices) => {
    const { pixels } = decodeLzPalette(lz(type, 5, 1, 1, `00${byte}`), [3, 4], '32');
    expect([...pixels]).toEqual(indices.map((i) => [3, 4][i]));
  });

  it.each([3, 4])('reads type %i, four bits a pixel', (type) => {
    const { pixels } = decodeLzPalette(lz(type, 2, 1, 1, '0012'), palette, '32');
    expect([...pixels]).toEqual((type === 4 ? [1, 2] : [2, 1]).map((i) => palette[i]));
  });

  it('reads 8-bit indices, black above the palette, bottom up', () => {
    const { pixels } = decodeLzPalette(lz(5, 1, 3, 1, '02000102', 0), [5, 6], '32');
    expect([...pixels]).toEqual([0, 6, 5]);
  });

  it.each([
    ['a stride below the row', lz(5, 8, 2, 7, '0000'), 'bad-size'],
    ['an endless stride', lz(5, 8, 2, 0xffffffff, '0000'), 'too-large'],
    ['a type without palette', lz(8, 1, 1, 4, '00000000'), 'bad-header'],
  ])('refuses %s', (_, data, code) => {
    expect(() => decode(data)).toThrow(expect.objectContaining({ name: 'CodecError', code }) as Error);
  });

  it('refuses an empty palette', () => {
    expect(() => decodeLzPalette(STREAMS.lzPlt4Be, [], '32')).toThrow(/no-palette/);
  });

  it('ends well or with a CodecError on changed streams', () => {
    survivesChanges(decode, [STREAMS.lzPlt4Be, lz(1, 5, 1, 1, '0005'), lz(5, 1, 3, 1, '02000102')]);
  });
});
