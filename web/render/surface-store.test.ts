import { describe, expect, it } from 'vitest';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { MAX_SURFACE_BYTES, SurfaceStore } from './surface-store.ts';
import { MAX_SURFACE_SIDE } from './surface.ts';

function create(surfaceId: number, width: number, height: number, flags = 0, format = 32) {
  return {
    surfaceId,
    width,
    height,
    format,
    flags,
  };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

describe('SurfaceStore', () => {
  it('keeps a primary of the same size and replaces one of another size', () => {
    const store = new SurfaceStore();
    const first = store.create(create(0, 20, 10, 1));
    first.pixels.fill(5);
    expect(store.create(create(0, 20, 10, 1, 96))).toBe(first);
    expect(store.create(create(3, 20, 10, 1))).toBe(first);
    const second = store.create(create(0, 21, 10, 1));
    expect(second).not.toBe(first);
    expect([...second.pixels].every((pixel) => pixel === 0)).toBe(true);
    expect(store.primary).toBe(second);
  });

  it('replaces other surfaces and forgets destroyed ones', () => {
    const store = new SurfaceStore();
    const old = store.create(create(7, 4, 4));
    expect(store.create(create(7, 4, 4))).not.toBe(old);
    store.destroy(7);
    store.destroy(7);
    expect(store.get(7)).toBeUndefined();
  });

  it('clears the primary on RESET and makes one on MODE', () => {
    const store = new SurfaceStore();
    const primary = store.mode({ xRes: 6, yRes: 5, bits: 16 });
    expect(primary).toMatchObject({ id: 0, format: 'rgb555', width: 6, height: 5, primary: true });
    primary.dirty.clear();
    primary.pixels.fill(9);
    store.reset();
    expect([...new Set(primary.pixels)]).toEqual([0]);
    expect(primary.dirty.empty).toBe(false);
  });

  it('refuses hostile sizes and unknown formats with typed errors', () => {
    const store = new SurfaceStore();
    expect(codeOf(() => store.create(create(0, 2 ** 32 - 1, 1)))).toBe('too-large');
    expect(codeOf(() => store.create(create(0, MAX_SURFACE_SIDE, MAX_SURFACE_SIDE)))).toBe('too-large');
    expect(codeOf(() => store.create(create(0, 1, 1, 0, 7)))).toBe('bad-value');
    expect(store.get(0)).toBeUndefined();
  });

  it('limits the memory of all surfaces together, and frees that of destroyed ones', () => {
    const store = new SurfaceStore();
    const side = 8192;
    const fits = MAX_SURFACE_BYTES / (side * side * 4);
    for (let id = 0; id < fits; id++) store.create(create(id, side, side));
    expect(codeOf(() => store.create(create(99, side, side)))).toBe('too-large');
    store.destroy(0);
    expect(codeOf(() => store.create(create(99, side, side)))).toBe('none');
  });
});
