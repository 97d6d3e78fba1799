import { describe, expect, it } from 'vitest';
import type { DecodedImage } from './decoded-image.ts';
import { PixelPool, scratchBuffer } from './pixel-pool.ts';

function picture(pixels: Uint32Array): DecodedImage {
  return {
    format: 'xrgb32',
    width: pixels.length,
    height: 1,
    pixels,
  };
}

describe('PixelPool', () => {
  it('gives the memory of a recycled picture to one that fits well', () => {
    const pool = new PixelPool();
    const first = pool.words(100_000);
    pool.recycle(picture(first));
    expect(pool.freeBytes).toBe(400_000);
    expect(pool.words(10_000).buffer).not.toBe(first.buffer);
    expect(pool.words(100_001).buffer).not.toBe(first.buffer);
    const again = pool.words(60_000);
    expect(again.buffer).toBe(first.buffer);
    expect(again.length).toBe(60_000);
    expect(pool.freeBytes).toBe(0);
    expect(pool.words(60_000).buffer).not.toBe(first.buffer);
  });

  it('keeps no more than it may, and nothing small, twice or gone', () => {
    const pool = new PixelPool({ maxFreeBytes: 500_000 });
    const kept = picture(new Uint32Array(100_000));
    pool.recycle(kept);
    pool.recycle(kept);
    pool.recycle(picture(new Uint32Array(100_000)));
    pool.recycle(picture(new Uint32Array(10)));
    const gone = new Uint32Array(20_000);
    structuredClone(gone, { transfer: [gone.buffer] });
    pool.recycle(picture(gone));
    expect(pool.freeBytes).toBe(400_000);
  });
});

describe('scratchBuffer', () => {
  it('grows, serves again, and does not keep what is very large', () => {
    const first = scratchBuffer(1_000_000);
    expect(first.byteLength).toBeGreaterThanOrEqual(1_000_000);
    expect(scratchBuffer(10)).toBe(first);
    const large = scratchBuffer(40_000_000);
    expect(large.byteLength).toBe(40_000_000);
    expect(scratchBuffer(10)).toBe(first);
  });
});
