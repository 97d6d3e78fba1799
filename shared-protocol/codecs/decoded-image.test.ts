import { describe, expect, it } from 'vitest';
import { checkImageSize, flipRows, MAX_IMAGE_SIDE, toRgba } from './decoded-image.ts';

const size = { width: 2, height: 1 };

describe('toRgba', () => {
  it.each([
    [
      { format: 'xrgb32', ...size, pixels: Uint32Array.of(0x01020304, 0xff0a0b0c) },
      [2, 3, 4, 255, 10, 11, 12, 255],
    ],
    [
      { format: 'argb32', ...size, pixels: Uint32Array.of(0x01020304, 0xff0a0b0c) },
      [2, 3, 4, 1, 10, 11, 12, 255],
    ],
    [{ format: 'rgb555', ...size, pixels: Uint16Array.of(0x8000, 0x7e01) }, [0, 0, 0, 255, 255, 132, 8, 255]],
    [{ format: 'a8', ...size, pixels: Uint8Array.of(0, 200) }, [0, 0, 0, 0, 0, 0, 0, 200]],
    [{ format: 'a1', ...size, pixels: Uint8Array.of(0, 1) }, [0, 0, 0, 0, 0, 0, 0, 255]],
  ] as const)('gives the canonical bytes of %o', (image, bytes) => {
    expect([...toRgba(image)]).toEqual(bytes);
  });
});

describe('flipRows', () => {
  it.each([
    [1, [1, 2]],
    [2, [3, 4, 1, 2]],
    [3, [5, 6, 3, 4, 1, 2]],
  ])('turns %i rows', (height, flipped) => {
    const pixels = Uint16Array.from({ length: height * 2 }, (_, i) => i + 1);
    flipRows(pixels, 2, height);
    expect([...pixels]).toEqual(flipped);
  });
});

describe('checkImageSize', () => {
  it('allows what is useful', () => {
    expect(() => checkImageSize('X', 0, MAX_IMAGE_SIDE, 64)).not.toThrow();
    expect(() => checkImageSize('X', 0, 3, 4, { width: 3, height: 4 })).not.toThrow();
  });

  it.each([
    [0, 1],
    [1, 0],
    [MAX_IMAGE_SIDE + 1, 1],
    [1, MAX_IMAGE_SIDE + 1],
    [9000, 9000],
    [Number.NaN, 1],
  ])('refuses %i x %i', (width, height) => {
    expect(() => checkImageSize('X', 7, width, height)).toThrow(/X image: .* at byte 7/);
  });
});
