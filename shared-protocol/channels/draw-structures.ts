import {
  arrayBy,
  bytesBy,
  countOf,
  counted,
  i16,
  i32,
  ifFlag,
  pointer,
  pointerTo,
  struct,
  u16,
  u32,
  u8,
  union,
  type Value,
} from '../wire/layout.ts';
import { image } from './image.ts';

/** 16 bytes, in this order; bottom and right are exclusive. */
export const rect = struct({ top: i32, left: i32, bottom: i32, right: i32 });
export type Rect = Value<typeof rect>;

export const point = struct({ x: i32, y: i32 });
export type Point = Value<typeof point>;

export const point16 = struct({ x: i16, y: i16 });

/** Fixed point 28.4: the value times 16. */
export const pointFix = struct({ x: i32, y: i32 });

export const clip = union(u8, { none: [0, {}], rects: [1, { rects: counted(u32, rect) }] });
export type Clip = Value<typeof clip>;

export const base = struct({ surfaceId: u32, box: rect, clip });
export type Base = Value<typeof base>;

export const brush = union(u8, {
  none: [0, {}],
  solid: [1, { color: u32 }],
  pattern: [2, { image: pointerTo(image), origin: point }],
});
export type Brush = Value<typeof brush>;

export const maskFlag = { inverse: 1 } as const;

/** Always 13 bytes; no image means no mask. */
export const mask = struct({ flags: u8, position: point, image: pointer(image) });
export type Mask = Value<typeof mask>;

/** Bits of a rop descriptor (docs/protocol/drawing.md#rop). */
export const rop = {
  inversSrc: 1,
  inversBrush: 2,
  inversDest: 4,
  opPut: 8,
  opOr: 16,
  opAnd: 32,
  opXor: 64,
  opBlackness: 128,
  opWhiteness: 256,
  opInvers: 512,
  inversRes: 1024,
} as const;

export const scaleMode = { interpolate: 0, nearest: 1 } as const;

export const lineFlag = { startWithGap: 4, styled: 8 } as const;

/** Grows by a style (fix28.4 lengths of dash, gap, dash...) when STYLED. */
export const lineAttr = struct({
  flags: u8,
  style: ifFlag(
    lineFlag.styled,
    struct({ count: countOf(u8, 'segments'), segments: pointerTo(arrayBy('count', i32)) }),
  ),
});
export type LineAttr = Value<typeof lineAttr>;

export const pathFlag = { begin: 1, end: 2, close: 8, bezier: 16 } as const;

export const pathSegment = struct({ flags: u8, points: counted(u32, pointFix) });
export const path = struct({ segments: counted(u32, pathSegment) });
export type Path = Value<typeof path>;

export const stringFlag = { rasterA1: 1, rasterA4: 2, rasterA8: 4, topDown: 8 } as const;

export function bitsPerGlyphPixel(flags: number): 1 | 4 | 8 {
  return (flags & stringFlag.rasterA1) !== 0 ? 1 : (flags & stringFlag.rasterA4) !== 0 ? 4 : 8;
}

function glyphBytes(glyph: { width: number; height: number }, string: { flags: number }): number {
  return glyph.height * Math.ceil((glyph.width * bitsPerGlyphPixel(string.flags)) / 8);
}

export const glyph = struct({
  renderPos: point,
  glyphOrigin: point,
  width: u16,
  height: u16,
  data: bytesBy(glyphBytes, 'height rows of ceil(width × bits / 8)'),
});
export type Glyph = Value<typeof glyph>;

export const string = struct({ count: countOf(u16, 'glyphs'), flags: u8, glyphs: arrayBy('count', glyph) });
export type GlyphString = Value<typeof string>;

export const compositeFlag = {
  componentAlpha: 1 << 18,
  hasMask: 1 << 19,
  hasSrcTransform: 1 << 20,
  hasMaskTransform: 1 << 21,
  sourceOpaque: 1 << 22,
  maskOpaque: 1 << 23,
  destOpaque: 1 << 24,
} as const;

/** Signed 16.16; the third row is 0 0 1. */
export const transform = struct({ t00: i32, t01: i32, t02: i32, t10: i32, t11: i32, t12: i32 });
export type Transform = Value<typeof transform>;

export const composite = {
  flags: u32,
  src: pointerTo(image),
  mask: ifFlag(compositeFlag.hasMask, pointerTo(image)),
  srcTransform: ifFlag(compositeFlag.hasSrcTransform, transform),
  maskTransform: ifFlag(compositeFlag.hasMaskTransform, transform),
  srcOrigin: point16,
  maskOrigin: point16,
} as const;

/** A monitor's visible part of a surface. */
export const head = struct({
  monitorId: u32,
  surfaceId: u32,
  width: u32,
  height: u32,
  x: u32,
  y: u32,
  flags: u32,
});
export type Head = Value<typeof head>;
