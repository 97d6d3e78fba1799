import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleMode } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { Region } from './region.ts';
import { interpolate, placeSource, rop3ScaleAxis, scaleAxis } from './scale.ts';
import { Surface } from './surface.ts';

function region(left: number, top: number, right: number, bottom: number): Region {
  const made = new Region();
  made.add(left, top, right, bottom);
  return made;
}

function rect(left: number, top: number, right: number, bottom: number) {
  return { left, top, right, bottom };
}

function gray(values: number[], width: number) {
  return {
    format: 'xrgb32' as const,
    width,
    height: values.length / width,
    pixels: Uint32Array.from(values),
  };
}

describe('placeSource', () => {
  it('lays an area of the box size over it without copying', () => {
    const target = new Surface(0, 'xrgb32', 10, 10);
    const image = gray([1, 2, 3, 4, 5, 6, 7, 8], 4);
    const placed = placeSource(
      target,
      region(3, 3, 5, 4),
      image,
      rect(1, 0, 3, 1),
      rect(3, 3, 5, 4),
      scaleMode.interpolate,
    );
    expect(placed).toEqual({ raster: image, left: 2, top: 3 });
  });

  it('doubles pixels with NEAREST, black outside of the image', () => {
    const target = new Surface(0, 'xrgb32', 10, 1);
    const image = gray([0xff000001, 0xff000002], 2);
    const placed = placeSource(
      target,
      region(0, 0, 6, 1),
      image,
      rect(0, 0, 3, 1),
      rect(0, 0, 6, 1),
      scaleMode.nearest,
    );
    expect([...(placed?.raster.pixels ?? [])].map((pixel) => pixel & 0xffffff)).toEqual([1, 1, 2, 2, 0, 0]);
  });

  it('darkens edges with INTERPOLATE, for pixels outside count as zero', () => {
    const target = new Surface(0, 'xrgb32', 4, 4);
    const image = gray([0xffffff], 1);
    const placed = placeSource(
      target,
      region(0, 0, 2, 1),
      image,
      rect(0, 0, 1, 1),
      rect(0, 0, 2, 2),
      scaleMode.interpolate,
    );
    // Position 0.25 mixes a quarter of the border in, in both directions.
    const blue = [...(placed?.raster.pixels ?? [])].map((pixel) => pixel & 0xff);
    expect(blue).toEqual([143, 143]);
  });

  it('does no more than the visible region needs for areas and boxes of any size', () => {
    const target = new Surface(0, 'rgb565', 8, 8);
    const image = gray(
      Array.from({ length: 12 }, (_, i) => i),
      4,
    );
    const edge = fc.oneof(
      fc.integer(),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
      fc.integer({ min: -9, max: 9 }),
    );
    const any = fc.record({ left: edge, top: edge, right: edge, bottom: edge });
    fc.assert(
      fc.property(any, any, fc.integer({ min: 0, max: 1 }), fc.boolean(), (area, box, mode, rop3) => {
        const painted = new Region();
        painted.setPainted(box, 8, 8, { kind: 'none' });
        if (painted.empty) return;
        const axis = rop3 ? rop3ScaleAxis : scaleAxis;
        const placed = placeSource(target, painted, image, area, box, mode, axis);
        if (placed !== undefined) expect(placed.raster.pixels.length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('interpolate', () => {
  it('keeps equal pixels equal and mixes with the given weights', () => {
    expect(interpolate(0x12345678, 0x12345678, 0x12345678, 0x12345678, 100, 254) >>> 0).toBe(0x12345678);
    expect(interpolate(0, 255, 0, 255, 128, 0)).toBe(127);
  });
});
