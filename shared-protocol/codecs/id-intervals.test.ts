import { describe, expect, it } from 'vitest';
import { array, assert, integer, property } from 'fast-check';
import { IdIntervals } from './id-intervals.ts';

describe('IdIntervals', () => {
  it('knows up to where nothing is missing', () => {
    const ids = new IdIntervals();
    expect(ids.endOfRunFrom(0)).toBe(-Infinity);
    ids.add(0);
    ids.add(2);
    expect(ids.endOfRunFrom(0)).toBe(1);
    expect(ids.endOfRunFrom(2)).toBe(-Infinity);
    ids.add(1);
    expect(ids.endOfRunFrom(0)).toBe(3);
    ids.clear();
    expect(ids.endOfRunFrom(0)).toBe(-Infinity);
  });

  it('agrees with a plain set, in any order and with repetitions', () => {
    assert(
      property(array(integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 }), (list) => {
        const ids = new IdIntervals();
        const seen = new Set<number>();
        for (const id of list) {
          ids.add(id);
          seen.add(id);
          const lowest = Math.min(...seen);
          let end = lowest;
          while (seen.has(end)) end++;
          expect(ids.endOfRunFrom(lowest)).toBe(end);
          expect(ids.endOfRunFrom(lowest - 1)).toBe(-Infinity);
        }
      }),
    );
  });
});
