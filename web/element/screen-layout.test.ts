import { describe, expect, it } from 'vitest';
import { screenSize } from './screen-layout.ts';

const guest = { width: 1024, height: 768 };

describe('screenSize', () => {
  it('fit keeps the shape and touches one side', () => {
    expect(screenSize('fit', guest, { width: 512, height: 768 })).toEqual({ width: 512, height: 384 });
    expect(screenSize('fit', guest, { width: 4096, height: 1536 })).toEqual({ width: 2048, height: 1536 });
  });

  it('real is one CSS pixel for each pixel of the guest', () => {
    expect(screenSize('real', guest, { width: 10, height: 10 })).toEqual(guest);
  });

  it('full takes the whole viewport', () => {
    expect(screenSize('full', guest, { width: 300, height: 300 })).toEqual({ width: 300, height: 300 });
  });

  it('fit shows what all but fits pixel for pixel', () => {
    const viewport = { width: 901, height: 701 };
    expect(screenSize('fit', { width: 896, height: 700 }, viewport)).toEqual({ width: 896, height: 700 });
    expect(screenSize('fit', { width: 1800, height: 1400 }, viewport, 2)).toEqual({
      width: 900,
      height: 700,
    });
    expect(screenSize('fit', { width: 800, height: 700 }, viewport).height).toBeGreaterThan(700);
  });

  it('survives a viewport or a guest without size', () => {
    expect(screenSize('fit', guest, { width: 0, height: 0 })).toEqual(guest);
    expect(screenSize('fit', { width: 0, height: 0 }, { width: 5, height: 5 })).toEqual({
      width: 0,
      height: 0,
    });
  });
});
