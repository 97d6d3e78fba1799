import type { Bitmap } from './bitmap.ts';
import { mixColors } from './color.ts';

/** Whether a point, in pixels with fractions, is inside. */
export type Shape = (x: number, y: number) => boolean;

const NEAR = 0.125;
const FAR = 0.875;
const samples = [NEAR, 0.375, 0.625, FAR];

/** How much of a pixel the shape covers, 0..1 in sixteenths; where its four corners agree, all or nothing. */
export function coverageAt(shape: Shape, x: number, y: number): number {
  const corner = shape(x + NEAR, y + NEAR);
  if (
    shape(x + FAR, y + NEAR) === corner &&
    shape(x + NEAR, y + FAR) === corner &&
    shape(x + FAR, y + FAR) === corner
  ) {
    return corner ? 1 : 0;
  }
  let hits = 0;
  for (const dy of samples) for (const dx of samples) if (shape(x + dx, y + dy)) hits++;
  return hits / 16;
}

/** Draws a shape smoothly over the whole bitmap. */
export function paintShape(bitmap: Bitmap, shape: Shape, color: (x: number, y: number) => number): void {
  for (let y = 0; y < bitmap.height; y++) {
    for (let x = 0; x < bitmap.width; x++) {
      const coverage = coverageAt(shape, x, y);
      if (coverage === 0) continue;
      const at = y * bitmap.width + x;
      bitmap.pixels[at] = mixColors(bitmap.pixels[at], color(x, y), coverage);
    }
  }
}

export function circle(cx: number, cy: number, radius: number): Shape {
  return (x, y) => (x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2;
}

export function ring(cx: number, cy: number, outer: number, inner: number): Shape {
  const isOuter = circle(cx, cy, outer);
  const isInner = circle(cx, cy, inner);
  return (x, y) => isOuter(x, y) && !isInner(x, y);
}

export function roundedBox(left: number, top: number, right: number, bottom: number, radius: number): Shape {
  return (x, y) => {
    const dx = Math.max(left + radius - x, x - (right - radius), 0);
    const dy = Math.max(top + radius - y, y - (bottom - radius), 0);
    return dx ** 2 + dy ** 2 <= radius ** 2;
  };
}

/** Corners in order, closed; even-odd. */
export function polygon(...corners: readonly (readonly [number, number])[]): Shape {
  return (x, y) => {
    let inside = false;
    for (let i = 0, before = corners.length - 1; i < corners.length; before = i, i++) {
      const [x1, y1] = corners[before];
      const [x2, y2] = corners[i];
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    }
    return inside;
  };
}

export function either(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.some((shape) => shape(x, y));
}

/** Grown by `margin` in eight directions: an outline. */
export function grown(shape: Shape, margin: number): Shape {
  const steps = Array.from({ length: 8 }, (_, i) => (i * Math.PI) / 4);
  const ways = steps.map((angle) => [Math.cos(angle) * margin, Math.sin(angle) * margin] as const);
  return (x, y) => shape(x, y) || ways.some(([dx, dy]) => shape(x + dx, y + dy));
}
