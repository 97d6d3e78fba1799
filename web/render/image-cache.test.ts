import { describe, expect, it } from 'vitest';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { ImageCache } from './image-cache.ts';

const id = u64Of(42);
function picture(value: number) {
  return {
    format: 'xrgb32' as const,
    width: 1,
    height: 1,
    pixels: Uint32Array.of(value),
  };
}

describe('ImageCache', () => {
  it('replaces the pixels of a known id, counts uses and drops at none', () => {
    const cache = new ImageCache();
    cache.put(id, picture(1), false);
    cache.put(id, picture(2), false);
    expect(cache.get(id)?.pixels[0]).toBe(2);
    cache.release(id);
    expect(cache.get(id)?.pixels[0]).toBe(2);
    cache.release(id);
    expect(cache.get(id)).toBeUndefined();
    expect(cache.pixels).toBe(0);
    cache.release(id);
    expect(cache.size).toBe(0);
  });

  it('does not give lossy pixels where lossless ones are asked for', () => {
    const cache = new ImageCache();
    cache.put(id, picture(1), true);
    expect(cache.get(id)?.pixels[0]).toBe(1);
    expect(cache.get(id, true)).toBeUndefined();
    cache.replace(id, picture(2));
    expect(cache.get(id, true)?.pixels[0]).toBe(2);
    cache.release(id);
    expect(cache.get(id)).toBeUndefined();
  });

  it('lets a replacement come before what it replaces', () => {
    const cache = new ImageCache();
    cache.replace(id, picture(2));
    cache.put(id, picture(1), true);
    expect(cache.get(id, true)?.pixels[0]).toBe(2);
    cache.release(id);
    expect(cache.size).toBe(0);
  });
});
