import type { StrokeBudget } from './stroke-budget.ts';

/** Halving ends here at the latest: coordinates have no more bits. */
const MAX_DEPTH = 32;

/** x and y of points, one after the other. */
export type Points = number[];

/**
 * Flattens a bezier curve (28.4 coordinates) to points that are appended to `points`, all but the start: halved until
 * both control points are nearly on the chord.
 */
export function addBezier(
  points: Points,
  budget: StrokeBudget,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
  depth = 0,
): void {
  budget.spend(1);
  if (depth === MAX_DEPTH || isFlat(x0, y0, x1, y1, x2, y2, x3, y3)) {
    points.push(roundFix(x3), roundFix(y3));
    return;
  }
  const x01 = half(x0, x1);
  const y01 = half(y0, y1);
  const x12 = half(x1, x2);
  const y12 = half(y1, y2);
  const x23 = half(x2, x3);
  const y23 = half(y2, y3);
  const x012 = half(x01, x12);
  const y012 = half(y01, y12);
  const x123 = half(x12, x23);
  const y123 = half(y12, y23);
  const x = half(x012, x123);
  const y = half(y012, y123);
  addBezier(points, budget, x0, y0, x01, y01, x012, y012, x, y, depth + 1);
  addBezier(points, budget, x, y, x123, y123, x23, y23, x3, y3, depth + 1);
}

/** A 28.4 coordinate as a whole pixel; exactly half goes down. */
export function roundFix(value: number): number {
  return (value >> 4) + ((value & 15) > 8 ? 1 : 0);
}

function half(a: number, b: number): number {
  return Math.trunc((a + b) / 2);
}

function isFlat(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
): boolean {
  const chord = dot(x3 - x0, y3 - y0, x3 - x0, y3 - y0);
  const first = dot(x1 - x0, y1 - y0, x1 - x0, y1 - y0);
  const second = dot(x2 - x3, y2 - y3, x2 - x3, y2 - y3);
  // A curve of no extent would be halved for ever.
  if (chord === 0 && first === 0 && second === 0) return true;
  return (
    isNear(first, chord, dot(x1 - x0, y1 - y0, x3 - x0, y3 - y0)) &&
    isNear(second, chord, dot(x2 - x3, y2 - y3, x0 - x3, y0 - y3))
  );
}

/** Four fractional bits of the product are dropped. */
function dot(ax: number, ay: number, bx: number, by: number): number {
  return Math.floor((ax * bx + ay * by) / 16);
}

/** (a2 * b2 - ab * ab) >> 3 < b2, in 64 bits. */
function isNear(a2: number, b2: number, ab: number): boolean {
  const first = a2 * b2;
  const second = ab * ab;
  if (first < Number.MAX_SAFE_INTEGER && second < Number.MAX_SAFE_INTEGER) {
    return Math.floor((first - second) / 8) < b2;
  }
  const exact = BigInt(a2) * BigInt(b2) - BigInt(ab) * BigInt(ab);
  return BigInt.asIntN(64, exact) >> 3n < BigInt(b2);
}
