import { describe, expect, it } from 'vitest';
import { presentAll, presentRect, putRgba } from './present.ts';
import type { RasterFormat } from './raster.ts';
import { Surface } from './surface.ts';

function bytesOf(format: RasterFormat, pixel: number, opaque = false): number[] {
  const surface = new Surface(0, format, 1, 1);
  surface.pixels[0] = pixel;
  return [...presentAll(surface, opaque)];
}

describe('present', () => {
  it('gives R, G, B, A bytes of every format', () => {
    expect(bytesOf('xrgb32', 0x00123456)).toEqual([0x12, 0x34, 0x56, 255]);
    expect(bytesOf('argb32', 0x80123456)).toEqual([0x12, 0x34, 0x56, 0x80]);
    expect(bytesOf('argb32', 0x80123456, true)).toEqual([0x12, 0x34, 0x56, 255]);
    expect(bytesOf('rgb555', 0b1_10000_00001_11111)).toEqual([0x84, 0x08, 255, 255]);
    expect(bytesOf('rgb565', 0b10000_000001_11111)).toEqual([0x84, 0x04, 255, 255]);
    expect(bytesOf('a8', 77)).toEqual([0, 0, 0, 77]);
    expect(bytesOf('a1', 1)).toEqual([0, 0, 0, 255]);
  });

  it('writes a rectangle with the stride asked for and nothing else', () => {
    const surface = new Surface(0, 'xrgb32', 4, 3);
    for (let i = 0; i < 12; i++) surface.pixels[i] = i;
    const out = new Uint32Array(8).fill(7);
    presentRect(surface, 1, 1, 2, 2, out, 4);
    const blue = (value: number): number => (0xff000000 | (value << 16)) >>> 0;
    expect([...out]).toEqual([blue(5), blue(6), 7, 7, blue(9), blue(10), 7, 7]);
  });

  it('takes back what it gave', () => {
    for (const format of ['xrgb32', 'rgb555', 'rgb565'] as const) {
      const surface = new Surface(0, format, 3, 2);
      for (let i = 0; i < 6; i++) surface.pixels[i] = 0x1234 * i;
      const bytes = presentAll(surface);
      const copy = new Surface(1, format, 5, 4);
      putRgba(copy, 1, 1, 3, 2, new Uint32Array(bytes.buffer));
      const out = new Uint8ClampedArray(24);
      presentRect(copy, 1, 1, 3, 2, new Uint32Array(out.buffer));
      expect(out).toEqual(bytes);
      expect(copy.pixels[0]).toBe(0);
    }
  });
});
