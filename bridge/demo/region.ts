import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

/** Regions are lists of rectangles that do not overlap. */
export type Region = readonly Rect[];

export function rectOf(left: number, top: number, width: number, height: number): Rect {
  return {
    top,
    left,
    bottom: top + height,
    right: left + width,
  };
}

export function widthOf(rect: Rect): number {
  return rect.right - rect.left;
}
export function heightOf(rect: Rect): number {
  return rect.bottom - rect.top;
}
export function isEmpty(rect: Rect): boolean {
  return rect.right <= rect.left || rect.bottom <= rect.top;
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;
}

export function offsetRect(rect: Rect, dx: number, dy: number): Rect {
  return {
    top: rect.top + dy,
    left: rect.left + dx,
    bottom: rect.bottom + dy,
    right: rect.right + dx,
  };
}

/** May be empty. */
export function intersectRects(a: Rect, b: Rect): Rect {
  return {
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.min(a.bottom, b.bottom),
    right: Math.min(a.right, b.right),
  };
}

/** The smallest rectangle around all; the region must not be empty. */
export function boundsOf(region: Region): Rect {
  return region.reduce((a, b) => ({
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  }));
}

/** What of `rect` is left outside `hole`: up to four rectangles. */
function cut(rect: Rect, hole: Rect): Rect[] {
  const common = intersectRects(rect, hole);
  if (isEmpty(common)) return [rect];
  const pieces: Rect[] = [
    { ...rect, bottom: common.top },
    { ...rect, top: common.bottom },
    { ...common, left: rect.left, right: common.left },
    { ...common, left: common.right, right: rect.right },
  ];
  return pieces.filter((piece) => !isEmpty(piece));
}

export function subtract(region: Region, holes: Region): Region {
  return holes.reduce<Region>((left, hole) => left.flatMap((rect) => cut(rect, hole)), region);
}

export function intersect(a: Region, b: Region): Region {
  return a.flatMap((one) => b.map((other) => intersectRects(one, other))).filter((rect) => !isEmpty(rect));
}

export function offset(region: Region, dx: number, dy: number): Region {
  return region.map((rect) => offsetRect(rect, dx, dy));
}
