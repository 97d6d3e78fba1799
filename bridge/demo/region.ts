import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

/** Regions are lists of rectangles that do not overlap. */
export type Region = readonly Rect[];

export const rectOf = (left: number, top: number, width: number, height: number): Rect => ({
  top,
  left,
  bottom: top + height,
  right: left + width,
});

export const widthOf = (rect: Rect): number => rect.right - rect.left;
export const heightOf = (rect: Rect): number => rect.bottom - rect.top;
export const isEmpty = (rect: Rect): boolean => rect.right <= rect.left || rect.bottom <= rect.top;

export const contains = (rect: Rect, x: number, y: number): boolean =>
  x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;

export const offsetRect = (rect: Rect, dx: number, dy: number): Rect => ({
  top: rect.top + dy,
  left: rect.left + dx,
  bottom: rect.bottom + dy,
  right: rect.right + dx,
});

/** May be empty. */
export const intersectRects = (a: Rect, b: Rect): Rect => ({
  top: Math.max(a.top, b.top),
  left: Math.max(a.left, b.left),
  bottom: Math.min(a.bottom, b.bottom),
  right: Math.min(a.right, b.right),
});

/** The smallest rectangle around all; the region must not be empty. */
export const boundsOf = (region: Region): Rect =>
  region.reduce((a, b) => ({
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  }));

/** What of `rect` is left outside `hole`: up to four rectangles. */
const cut = (rect: Rect, hole: Rect): Rect[] => {
  const common = intersectRects(rect, hole);
  if (isEmpty(common)) return [rect];
  const pieces: Rect[] = [
    { ...rect, bottom: common.top },
    { ...rect, top: common.bottom },
    { ...common, left: rect.left, right: common.left },
    { ...common, left: common.right, right: rect.right },
  ];
  return pieces.filter((piece) => !isEmpty(piece));
};

export const subtract = (region: Region, holes: Region): Region =>
  holes.reduce<Region>((left, hole) => left.flatMap((rect) => cut(rect, hole)), region);

export const intersect = (a: Region, b: Region): Region =>
  a.flatMap((one) => b.map((other) => intersectRects(one, other))).filter((rect) => !isEmpty(rect));

export const offset = (region: Region, dx: number, dy: number): Region =>
  region.map((rect) => offsetRect(rect, dx, dy));
