import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirtyRegion, MAX_DIRTY_RECTS } from './dirty-region.ts';

function taken(region: DirtyRegion): number[][] {
  const rects: number[][] = [];
  region.take((...rect) => rects.push(rect));
  return rects;
}

describe('DirtyRegion', () => {
  it('covers everything that was added, inside the surface, with few rectangles', () => {
    const edge = fc.oneof(fc.integer({ min: -10, max: 60 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(edge, edge, edge, edge), { maxLength: 60 }), (added) => {
        const region = new DirtyRegion(50, 40);
        for (const [left, top, right, bottom] of added) region.add(left, top, right, bottom);
        const rects = taken(region);
        expect(rects.length).toBeLessThanOrEqual(MAX_DIRTY_RECTS);
        for (const [left, top, right, bottom] of rects) {
          expect(left >= 0 && top >= 0 && right <= 50 && bottom <= 40 && left < right && top < bottom).toBe(
            true,
          );
        }
        for (const [left, top, right, bottom] of added) {
          for (let y = Math.max(0, top); y < Math.min(40, bottom); y += 3) {
            for (let x = Math.max(0, left); x < Math.min(50, right); x += 3) {
              expect(rects.some(([l, t, r, b]) => x >= l && x < r && y >= t && y < b)).toBe(true);
            }
          }
        }
        expect(region.empty).toBe(true);
      }),
    );
  });

  it('joins neighbours and keeps distant rectangles apart', () => {
    const region = new DirtyRegion(1000, 1000);
    region.add(0, 0, 10, 10);
    region.add(10, 0, 20, 10);
    region.add(900, 900, 910, 910);
    region.add(2, 2, 5, 5);
    expect(taken(region).sort((a, b) => a[0] - b[0])).toEqual([
      [0, 0, 20, 10],
      [900, 900, 910, 910],
    ]);
  });

  it('forgets what was taken', () => {
    const region = new DirtyRegion(10, 10);
    region.addAll();
    expect(taken(region)).toEqual([[0, 0, 10, 10]]);
    expect(taken(region)).toEqual([]);
  });
});
