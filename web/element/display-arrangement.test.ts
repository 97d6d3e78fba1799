import { describe, expect, it } from 'vitest';
import { arranged, extent, rearranged } from './display-arrangement.ts';

function head(id: number, x: number, y: number, width: number, height: number) {
  return {
    id,
    x,
    y,
    width,
    height,
  };
}
function places(list: readonly { left: number; top: number }[]): number[][] {
  return list.map(({ left, top }) => [left, top]);
}

describe('arranged', () => {
  it('follows the guest, from the corner of its desktop', () => {
    const heads = [head(0, 800, 100, 1024, 768), head(2, 0, 0, 800, 600)];
    expect(places(arranged(heads))).toEqual([
      [800, 100],
      [0, 0],
    ]);
    expect(extent(arranged(heads))).toEqual({ width: 1824, height: 868 });
    expect(places(arranged([head(1, 1024, 300, 800, 600)]))).toEqual([[0, 0]]);
  });

  it('puts displays that would cover each other in a row', () => {
    expect(places(arranged([head(0, 0, 0, 1024, 768), head(1, 0, 0, 800, 600)]))).toEqual([
      [0, 0],
      [1024, 0],
    ]);
  });

  it('is nothing for nothing', () => {
    expect(arranged([])).toEqual([]);
    expect(extent([])).toEqual({ width: 0, height: 0 });
  });
});

describe('rearranged', () => {
  const size = (width: number, height: number) => ({ width, height });

  it('moves what is right of a display that grows', () => {
    const heads = [head(0, 0, 0, 1000, 700), head(1, 1000, 0, 800, 600)];
    expect(rearranged(heads, new Map([[0, size(1200, 800)]]))).toEqual([
      head(0, 0, 0, 1200, 800),
      head(1, 1200, 0, 800, 600),
    ]);
  });

  it('keeps an order from right to left, and one from top to bottom', () => {
    const row = [head(0, 800, 0, 1000, 700), head(1, 0, 0, 800, 600)];
    expect(rearranged(row, new Map([[1, size(640, 480)]]))).toEqual([
      head(0, 640, 0, 1000, 700),
      head(1, 0, 0, 640, 480),
    ]);
    const column = [head(0, 0, 0, 1000, 700), head(3, 0, 700, 800, 600)];
    expect(rearranged(column, new Map([[0, size(1000, 900)]]))).toEqual([
      head(0, 0, 0, 1000, 900),
      head(3, 0, 900, 800, 600),
    ]);
  });

  it('gives displays of several devices places of their own', () => {
    const heads = [head(0, 0, 0, 1024, 768), head(1, 0, 0, 1024, 768)];
    expect(rearranged(heads, new Map()).map(({ x }) => x)).toEqual([0, 1024]);
  });

  it('falls back on a row where a shape would fold', () => {
    const corner = [head(0, 0, 0, 100, 100), head(1, 100, 100, 100, 100)];
    const [first, second] = rearranged(corner, new Map([[0, size(300, 300)]]));
    expect([first?.x, second?.x]).toEqual([0, 300]);
  });
});
