import { describe, expect, it } from 'vitest';
import { bitmapFormat } from '../channels/image.ts';
import { fromHex } from '../../tests/conformance/reference-picture.ts';
import { type Bitmap, decodeBitmap } from './bitmap.ts';

function bitmap(fields: Partial<Bitmap>): Bitmap {
  return {
    format: bitmapFormat.bit32,
    width: 1,
    height: 1,
    stride: 4,
    topDown: true,
    data: fromHex('01020304'),
    ...fields,
  };
}

const palette = [0xaa112233, 0x00445566, 0x00778899];

describe('decodeBitmap', () => {
  it.each([
    ['bit16', 'rgb555', '0180 0200', [0x8001, 2], 2],
    ['bit24', 'xrgb32', '010203 040506', [0x030201, 0x060504], 3],
    ['bit32', 'xrgb32', '01020304 05060708', [0x04030201, 0x08070605], 4],
    ['rgba', 'argb32', '01020304 05060708', [0x04030201, 0x08070605], 4],
    ['bit8A', 'a8', '01 80', [1, 0x80], 1],
  ] as const)('reads %s as %s, rows padded, either way up', (format, name, hex, pixels, bytes) => {
    const [first = '', second = ''] = hex.split(' ');
    const fields = { format: bitmapFormat[format], width: 1, height: 2, stride: bytes + 3 };
    const data = fromHex(`${first}ffffff${second}ffffff`);
    const down = decodeBitmap(bitmap({ ...fields, data }), '32');
    expect(down).toMatchObject({ format: name, width: 1, height: 2 });
    expect([...down.pixels]).toEqual(pixels);
    const up = decodeBitmap(bitmap({ ...fields, data, topDown: false }), '32');
    expect([...up.pixels]).toEqual(pixels.toReversed());
    const tight = decodeBitmap(bitmap({ ...fields, stride: bytes, data: fromHex(first + second) }), '32');
    expect([...tight.pixels]).toEqual(pixels);
  });

  it.each([
    ['bit1Le', '05', [1, 0, 1]],
    ['bit1Be', 'a0', [1, 0, 1]],
    ['bit4Le', '2100', [1, 2, 0]],
    ['bit4Be', '1200', [1, 2, 0]],
    ['bit8', '020100', [2, 1, 0]],
  ] as const)('looks up %s', (format, hex, indices) => {
    const data = fromHex(hex);
    const fields = { format: bitmapFormat[format], width: 3, stride: data.length, data, palette };
    expect(decodeBitmap(bitmap(fields), '32')).toMatchObject({ format: 'xrgb32' });
    expect([...decodeBitmap(bitmap(fields), '32').pixels]).toEqual(indices.map((i) => palette[i]));
    expect([...decodeBitmap(bitmap(fields), '555').pixels]).toEqual(indices.map((i) => palette[i] & 0xffff));
  });

  it('is black above the palette', () => {
    const fields = { format: bitmapFormat.bit8, stride: 1, data: fromHex('03'), palette };
    expect([...decodeBitmap(bitmap(fields), '32').pixels]).toEqual([0]);
  });

  it('gives masks as one byte a pixel', () => {
    const fields = { format: bitmapFormat.bit1Be, width: 10, stride: 2, data: fromHex('8140') };
    const mask = decodeBitmap(bitmap(fields), '32');
    expect(mask.format).toBe('a1');
    expect([...mask.pixels]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
    expect(decodeBitmap(bitmap({ ...fields, palette }), 'mask')).toEqual(mask);
  });

  it('does not want the padding of the last row', () => {
    const { pixels } = decodeBitmap(
      bitmap({ height: 2, stride: 8, data: fromHex('010203040000000005060708') }),
      '32',
    );
    expect(pixels.length).toBe(2);
  });

  it('copies the pixels', () => {
    const data = fromHex('01020304');
    const { pixels } = decodeBitmap(bitmap({ data }), '32');
    data.fill(0);
    expect([...pixels]).toEqual([0x04030201]);
  });

  it.each([
    ['format 0', { format: 0 }, 'bad-header'],
    ['format 11', { format: 11 }, 'bad-header'],
    ['no rows', { height: 0 }, 'bad-size'],
    ['a stride below the row', { width: 2 }, 'bad-size'],
    ['missing rows', { height: 2 }, 'truncated'],
    ['too many pixels', { width: 1 << 20, height: 1 << 20, stride: 1 << 22 }, 'too-large'],
    ['indices without a palette', { format: bitmapFormat.bit4Be }, 'no-palette'],
  ])('refuses %s', (_, fields, code) => {
    expect(() => decodeBitmap(bitmap(fields), '32')).toThrow(
      expect.objectContaining({ name: 'CodecError', code }) as Error,
    );
  });

  it('refuses a size other than the descriptor’s', () => {
    expect(() => decodeBitmap(bitmap({}), '32', { width: 2, height: 1 })).toThrow(/bad-size/);
  });
});
