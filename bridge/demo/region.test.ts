import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';
import { boundsOf, contains, intersect, rectOf, subtract, type Region } from './region.ts';

const SIDE = 12;
const rect = fc
  .tuple(fc.nat(SIDE), fc.nat(SIDE), fc.integer({ min: 1, max: SIDE }), fc.integer({ min: 1, max: SIDE }))
  .map(([x, y, width, height]) => rectOf(x, y, width, height));

/** How many of the region's rectangles hold each pixel. */
function pixels(region: Region): number[] {
  return Array.from(
    { length: 4 * SIDE * SIDE },
    (_, i) => region.filter((one) => contains(one, i % (2 * SIDE), Math.floor(i / (2 * SIDE)))).length,
  );
}

it('subtracts and intersects as sets of pixels, without overlaps', () => {
  fc.assert(
    fc.property(rect, rect, rect, (a, b, c) => {
      const inA = pixels([a]);
      const inB = pixels([b]);
      const inC = pixels([c]);
      expect(pixels(subtract([a], [b, c]))).toEqual(
        inA.map((one, i) => (one === 1 && inB[i] + inC[i] === 0 ? 1 : 0)),
      );
      expect(pixels(intersect(subtract([a], [b]), [c]))).toEqual(
        inA.map((one, i) => (one === 1 && inB[i] === 0 && inC[i] === 1 ? 1 : 0)),
      );
    }),
    fuzzRuns(100),
  );
});

it('has bounds', () => {
  expect(boundsOf([rectOf(1, 2, 3, 4), rectOf(0, 5, 1, 1)])).toEqual({
    left: 0,
    top: 2,
    right: 4,
    bottom: 6,
  });
});
