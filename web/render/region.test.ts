import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { intersectMask } from './mask.ts';
import { Region } from './region.ts';

const WIDTH = 24;
const HEIGHT = 18;

function covered(region: Region): number[] {
  const count = Array.from({ length: WIDTH * HEIGHT }, () => 0);
  for (let at = 0; at < region.count * 4; at += 4) {
    for (let y = region.rects[at + 1]; y < region.rects[at + 3]; y++) {
      for (let x = region.rects[at]; x < region.rects[at + 2]; x++) count[y * WIDTH + x]++;
    }
  }
  return count;
}

function inside(rect: Rect, x: number, y: number): boolean {
  return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;
}

const edge = fc.oneof(
  fc.integer({ min: -6, max: 30 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, WIDTH, HEIGHT),
);
const anyRect = fc.record({ top: edge, left: edge, bottom: edge, right: edge });

describe('Region.setPainted', () => {
  it('covers box AND surface AND clip rectangles, each pixel once', () => {
    fc.assert(
      fc.property(anyRect, fc.array(anyRect, { maxLength: 12 }), (box, rects) => {
        const region = new Region();
        region.setPainted(box, WIDTH, HEIGHT, { kind: 'rects', rects });
        const expected = covered(new Region()).map((_, i) => {
          const x = i % WIDTH;
          const y = Math.floor(i / WIDTH);
          return inside(box, x, y) && rects.some((rect) => inside(rect, x, y)) ? 1 : 0;
        });
        expect(covered(region)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps bands from top to bottom and inside of them left to right', () => {
    fc.assert(
      fc.property(fc.array(anyRect, { maxLength: 12 }), (rects) => {
        const region = new Region();
        region.setPainted({ left: 0, top: 0, right: WIDTH, bottom: HEIGHT }, WIDTH, HEIGHT, {
          kind: 'rects',
          rects,
        });
        const r = region.rects;
        for (let at = 4; at < region.count * 4; at += 4) {
          if (r[at + 1] === r[at - 3]) {
            expect(r[at + 3]).toBe(r[at - 1]);
            expect(r[at]).toBeGreaterThanOrEqual(r[at - 2]);
          } else expect(r[at + 1]).toBeGreaterThanOrEqual(r[at - 1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('paints nothing with an empty list of clip rectangles', () => {
    const region = new Region();
    region.setPainted({ left: 0, top: 0, right: 5, bottom: 5 }, WIDTH, HEIGHT, { kind: 'rects', rects: [] });
    expect(region.empty).toBe(true);
  });

  it('is bounded by the box whatever a clip of a hundred thousand overlapping rectangles says', () => {
    const rects: Rect[] = [];
    for (let i = 0; i < 100_000; i++) {
      const left = (i * 7919) % 200;
      const top = (i * 104_729) % 200;
      rects.push({ left, top, right: left + 1 + (i % 3), bottom: top + 1 + (i % 2) });
    }
    const region = new Region();
    region.setPainted({ left: 0, top: 0, right: 200, bottom: 200 }, 200, 200, { kind: 'rects', rects });
    expect(region.count).toBeLessThanOrEqual((200 * 200) / 2);
  });
});

describe('intersectMask', () => {
  it('keeps pixels whose mask bit is set, or clear when inverted, and none outside of the mask', () => {
    const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 35, maxLength: 35 });
    const place = fc.integer({ min: -4, max: 8 });
    fc.assert(
      fc.property(bits, place, place, place, place, fc.boolean(), (mask, left, top, x, y, inverse) => {
        const from = new Region();
        from.setPainted({ left: -2, top: 1, right: 20, bottom: 15 }, WIDTH, HEIGHT, { kind: 'none' });
        const to = new Region();
        const raster = { format: 'a1', width: 7, height: 5, pixels: Uint8Array.from(mask) } as const;
        intersectMask(from, to, raster, left, top, { x, y }, inverse);
        const before = covered(from);
        const expected = before.map((count, i) => {
          const mx = (i % WIDTH) - left + x;
          const my = Math.floor(i / WIDTH) - top + y;
          if (count === 0 || mx < 0 || my < 0 || mx >= 7 || my >= 5) return 0;
          return (mask[my * 7 + mx] === 1) === inverse ? 0 : 1;
        });
        expect(covered(to)).toEqual(expected);
      }),
    );
  });
});
