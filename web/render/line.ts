import type { SpanClip } from './span-clip.ts';
import type { StrokeBudget } from './stroke-budget.ts';

/**
 * Adds the pixels of a one pixel wide line without its end point (docs/protocol/drawing.md#stroke): Bresenham's, with
 * the X server's default bias for exact ties. Clipping does not change which pixels are touched.
 */
export function addLine(
  clip: SpanClip,
  budget: StrokeBudget,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  const dx = Math.abs(x2 - x1);
  const dy = Math.abs(y2 - y1);
  const signX = x2 < x1 ? -1 : 1;
  const signY = y2 < y1 ? -1 : 1;
  const xMajor = dx > dy;
  const long = xMajor ? dx : dy;
  const short = xMajor ? dy : dx;
  if (long === 0) return;
  const bias = (xMajor ? signX : signY) < 0 ? 1 : 0;
  // Pixel i of the line is i steps along its major axis and floor((2 * short * i + long - bias) / (2 * long))
  // along the other one.
  const along = stepsInside(
    xMajor ? x1 : y1,
    xMajor ? signX : signY,
    xMajor ? clip.left : clip.top,
    xMajor ? clip.right : clip.bottom,
  );
  const across = stepsInside(
    xMajor ? y1 : x1,
    xMajor ? signY : signX,
    xMajor ? clip.top : clip.left,
    xMajor ? clip.bottom : clip.right,
  );
  const tie = long - bias;
  let first = Math.max(0, along.first);
  let end = Math.min(long, along.end);
  if (short === 0) {
    if (across.first > 0 || across.end <= 0) return;
  } else {
    first = Math.max(first, floorDivide(2 * long, across.first, -tie + 2 * short - 1, 2 * short));
    end = Math.min(end, floorDivide(2 * long, across.end, -tie + 2 * short - 1, 2 * short));
  }
  if (first >= end) return;
  budget.spend(end - first);
  let minor = floorDivide(2 * short, first, tie, 2 * long);
  let rest = remainder(2 * short, first, tie, 2 * long);
  if (xMajor) {
    let x = x1 + signX * first;
    let start = x;
    for (let i = first; i < end; i++) {
      rest += 2 * short;
      x += signX;
      if (rest >= 2 * long) {
        rest -= 2 * long;
        addRun(clip, y1 + signY * minor, start, x, signX);
        minor++;
        start = x;
      }
    }
    addRun(clip, y1 + signY * minor, start, x, signX);
    return;
  }
  for (let i = first; i < end; i++) {
    const x = x1 + signX * minor;
    clip.add(y1 + signY * i, x, x + 1);
    rest += 2 * short;
    if (rest >= 2 * long) {
      rest -= 2 * long;
      minor++;
    }
  }
}

/** The pixels from `start` up to but without `stop`, in either direction. */
function addRun(clip: SpanClip, y: number, start: number, stop: number, sign: number): void {
  if (sign > 0) clip.add(y, start, stop);
  else clip.add(y, stop + 1, start + 1);
}

/** For which steps (first, end exclusive) start + sign * step is in low..high; first may be negative. */
function stepsInside(start: number, sign: number, low: number, high: number): { first: number; end: number } {
  return sign > 0
    ? { first: low - start, end: high - start }
    : { first: start - high + 1, end: start - low + 1 };
}

/** floor((a * b + c) / d), exact also where the product is beyond 53 bits; d > 0. */
function floorDivide(a: number, b: number, c: number, d: number): number {
  const value = a * b + c;
  if (Math.abs(value) < Number.MAX_SAFE_INTEGER) return Math.floor(value / d);
  const exact = BigInt(a) * BigInt(b) + BigInt(c);
  const quotient = exact / BigInt(d);
  return Number(exact < 0n && quotient * BigInt(d) !== exact ? quotient - 1n : quotient);
}

/** (a * b + c) mod d, exact; the value and d are positive. */
function remainder(a: number, b: number, c: number, d: number): number {
  const value = a * b + c;
  return Math.abs(value) < Number.MAX_SAFE_INTEGER
    ? value % d
    : Number((BigInt(a) * BigInt(b) + BigInt(c)) % BigInt(d));
}
