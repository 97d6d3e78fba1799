import * as fc from 'fast-check';
import { decodeLz, decodeLzPalette } from '@spice-viewer/shared-protocol/codecs/lz.ts';
import { decodeQuic } from '@spice-viewer/shared-protocol/codecs/quic.ts';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../bitmap.ts';
import { encodeLzPalette, encodeLzRgb32 } from './lz-encoder.ts';
import { encodeQuic } from './quic-encoder.ts';
import { fuzzRuns } from '../../../tests/fuzz/runs.ts';

function fromFunction(width: number, height: number, color: (x: number, y: number) => number): Bitmap {
  const bitmap = new Bitmap(width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bitmap.set(x, y, color(x, y));
  return bitmap;
}

function noise(x: number, y: number): number {
  return Math.imul(x * 7919 + y, 0x9e3779b1) & 0xffffff;
}

/** Flat areas, gradients and noise, in sizes around the codecs' limits. */
const pictures: Record<string, Bitmap> = {
  'one pixel': fromFunction(1, 1, () => 0x123456),
  'one column': fromFunction(1, 70, noise),
  flat: fromFunction(300, 300, () => 0xff8000),
  gradient: fromFunction(200, 100, (x, y) => (x << 16) | (y << 9) | ((x + y) & 255)),
  noise: fromFunction(97, 61, noise),
  stripes: fromFunction(500, 40, (x, y) => (((x >> 4) + y) % 3 === 0 ? 0x00ff00 : 0x202020)),
  'far repeats': fromFunction(400, 90, (x, y) => noise(x, y % 45)),
  'very far repeats': fromFunction(1000, 160, (x, y) => noise(x, y % 74)),
  'wide rows': fromFunction(9000, 5, (x, y) => (x % 100 < 60 ? 0x777777 : noise(x, y))),
};

/** toEqual is slow on large arrays. */
function expectSame(pixels: Uint32Array, bitmap: Bitmap): void {
  expect(pixels.length).toBe(bitmap.pixels.length);
  expect(pixels.findIndex((pixel, i) => pixel !== bitmap.pixels[i])).toBe(-1);
}

/** Small pictures of few colours, where runs and matches abound. */
const anyPicture = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }))
  .chain(([width, height, colors]) =>
    fc.array(fc.nat(colors), { minLength: width * height, maxLength: width * height }).map((indices) => {
      const bitmap = new Bitmap(width, height);
      bitmap.pixels.set(indices.map((index) => noise(index, 3)));
      return bitmap;
    }),
  );

const encodings: Record<string, (bitmap: Bitmap) => Uint32Array> = {
  'LZ RGB32': (bitmap) => decodeLz(encodeLzRgb32(bitmap)).pixels as Uint32Array,
  QUIC: (bitmap) => decodeQuic(encodeQuic(bitmap)).pixels as Uint32Array,
};

describe.each(Object.entries(encodings))('%s', (_name, codec) => {
  it.each(Object.entries(pictures))('rebuilds %s', (_what, bitmap) => {
    expectSame(codec(bitmap), bitmap);
  });

  it('rebuilds any picture', () => {
    fc.assert(
      fc.property(anyPicture, (bitmap) => expectSame(codec(bitmap), bitmap)),
      fuzzRuns(100),
    );
  });
});

describe('LZ with palettes', () => {
  const decoded = (bitmap: Bitmap): Uint32Array => {
    const encoded = encodeLzPalette(bitmap);
    if (encoded === undefined) throw new Error('too many colours');
    return decodeLzPalette(encoded.data, encoded.entries, '32').pixels as Uint32Array;
  };

  it.each([1, 2, 3, 16, 17, 256])('rebuilds %i colours', (colors) => {
    const bitmap = fromFunction(131, 37, (x, y) => noise((x * y) % colors, 1));
    expectSame(decoded(bitmap), bitmap);
  });

  it('rebuilds any picture', () => {
    fc.assert(
      fc.property(anyPicture, (bitmap) => expectSame(decoded(bitmap), bitmap)),
      fuzzRuns(100),
    );
  });

  it('declines more than 256 colours', () => {
    expect(encodeLzPalette(fromFunction(257, 1, (x) => x))).toBeUndefined();
  });
});

describe('encoders', () => {
  it('end QUIC with the word of zeros that the native decoder reads ahead', () => {
    for (const bitmap of Object.values(pictures)) {
      const data = encodeQuic(bitmap);
      expect(data.length % 4).toBe(0);
      expect(Array.from(data.subarray(-4))).toEqual([0, 0, 0, 0]);
    }
  });

  it('make repetitive pictures small', () => {
    const raw = pictures.flat.pixels.length * 4;
    for (const encode of [encodeLzRgb32, encodeQuic])
      expect(encode(pictures.flat).length).toBeLessThan(raw / 100);
    const far = encodeLzRgb32(pictures['far repeats']);
    expect(far.length).toBeLessThan(encodeLzRgb32(fromFunction(400, 90, noise)).length * 0.6);
  });
});
