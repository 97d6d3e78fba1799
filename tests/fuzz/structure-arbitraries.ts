/** Arbitrary SPICE structures: what the messages of message-arbitraries.ts are made of. */
import * as fc from 'fast-check';
import {
  compositeFlag,
  lineFlag,
  type Base,
  type Brush,
  type Clip,
  type Glyph,
  type GlyphString,
  type Head,
  type LineAttr,
  type Mask,
  type Path,
  type Point,
  type Rect,
  type Transform,
  bitsPerGlyphPixel,
} from '../../shared-protocol/channels/draw-structures.ts';
import {
  bitmapFlag,
  type Image,
  type ImagePayload,
  type Palette,
} from '../../shared-protocol/channels/image.ts';
import type { WaitForChannel } from '../../shared-protocol/channels/common-messages.ts';
import { cursorFlag, type Cursor } from '../../shared-protocol/channels/cursor-messages.ts';
import type { U64 } from '../../shared-protocol/wire/u64.ts';

export const u8 = fc.nat(0xff);
export const u16 = fc.nat(0xffff);
export const u32 = fc.nat(0xffffffff);
export const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
export const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
export const u64: fc.Arbitrary<U64> = fc.record({ hi: u32, lo: u32 });
/** at least one byte: a pointer cannot name zero bytes at the end of a message */
export const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
export const fewBytes = fc.uint8Array({ maxLength: 20 });

function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
function few<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { maxLength: 4 });
}

export const waitList: fc.Arbitrary<WaitForChannel[]> = few(
  fc.record({ channelType: u8, channelId: u8, serial: u64 }),
);

export const rect: fc.Arbitrary<Rect> = fc.record({ top: i32, left: i32, bottom: i32, right: i32 });
export const point: fc.Arbitrary<Point> = fc.record({ x: i32, y: i32 });
export const point16: fc.Arbitrary<Point> = fc.record({ x: i16, y: i16 });

export const clip: fc.Arbitrary<Clip> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({ kind: fc.constant('rects' as const), rects: few(rect) }),
);
export const base: fc.Arbitrary<Base> = fc.record({ surfaceId: u32, box: rect, clip });

const palette: fc.Arbitrary<Palette> = fc.record({ unique: u64, entries: few(u32) });

function paletteReference(flags: number, nullable: boolean) {
  return (flags & bitmapFlag.palFromCache) === 0
    ? fc.record({
        paletteId: fc.constant(undefined),
        palette: nullable ? fc.option(palette) : palette,
      })
    : fc.record({ paletteId: u64, palette: fc.constant(undefined) });
}

const bitmap: fc.Arbitrary<ImagePayload> = fc
  .tuple(u8, u8, u32, fc.nat(5), fc.nat(7))
  .chain(([format, flags, width, height, stride]) =>
    fc.tuple(paletteReference(flags, true), bytesOf(stride * height)).map(([reference, data]) => ({
      kind: 'bitmap',
      format,
      flags,
      width,
      height,
      stride,
      ...reference,
      data,
    })),
  );

const lzPlt: fc.Arbitrary<ImagePayload> = u8.chain((flags) =>
  fc
    .tuple(paletteReference(flags, false), fewBytes)
    .map(([reference, data]) => ({ kind: 'lzPlt', flags, ...reference, data })),
);

function kind<const K extends string>(name: K): { kind: fc.Arbitrary<K> } {
  return { kind: fc.constant(name) };
}

const payload: fc.Arbitrary<ImagePayload> = fc.oneof(
  bitmap,
  lzPlt,
  fc.record({ ...kind('quic'), data: fewBytes }),
  fc.record({ ...kind('lzRgb'), data: fewBytes }),
  fc.record({ ...kind('glzRgb'), data: fewBytes }),
  fc.record(kind('fromCache')),
  fc.record({ ...kind('surface'), surfaceId: u32 }),
  fc.record({ ...kind('jpeg'), data: fewBytes }),
  fc.record(kind('fromCacheLossless')),
  fc.record({ ...kind('zlibGlzRgb'), glzSize: u32, data: fewBytes }),
  fc.record({ ...kind('jpegAlpha'), flags: u8, jpegSize: u32, data: fewBytes }),
  fc.record({ ...kind('lz4'), data: fewBytes }),
);

export const image: fc.Arbitrary<Image> = fc.record({ id: u64, flags: u8, width: u32, height: u32, payload });

export const brush: fc.Arbitrary<Brush> = fc.oneof(
  fc.record(kind('none')),
  fc.record({ ...kind('solid'), color: u32 }),
  fc.record({ ...kind('pattern'), image, origin: point }),
);

export const mask: fc.Arbitrary<Mask> = fc.record({ flags: u8, position: point, image: fc.option(image) });

export const lineAttr: fc.Arbitrary<LineAttr> = u8.chain((flags): fc.Arbitrary<LineAttr> =>
  (flags & lineFlag.styled) === 0
    ? fc.constant({ flags, style: undefined })
    : fc.array(i32, { minLength: 1, maxLength: 4 }).map((segments) => ({ flags, style: { segments } })),
);

export const path: fc.Arbitrary<Path> = fc.record({
  segments: few(fc.record({ flags: u8, points: few(point) })),
});

function glyph(flags: number): fc.Arbitrary<Glyph> {
  return fc.tuple(point, point, fc.nat(20), fc.nat(5)).chain(([renderPos, glyphOrigin, width, height]) =>
    bytesOf(height * Math.ceil((width * bitsPerGlyphPixel(flags)) / 8)).map((data) => ({
      renderPos,
      glyphOrigin,
      width,
      height,
      data,
    })),
  );
}

export const string: fc.Arbitrary<GlyphString> = u8.chain((flags) =>
  few(glyph(flags)).map((glyphs) => ({ flags, glyphs })),
);

export const transform: fc.Arbitrary<Transform> = fc.record({
  t00: i32,
  t01: i32,
  t02: i32,
  t10: i32,
  t11: i32,
  t12: i32,
});

export const composite = u32.chain((flags) => {
  const where = <T>(flag: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    (flags & flag) === 0 ? fc.constant(undefined) : one;
  return fc.record({
    flags: fc.constant(flags),
    src: image,
    mask: where(compositeFlag.hasMask, image),
    srcTransform: where(compositeFlag.hasSrcTransform, transform),
    maskTransform: where(compositeFlag.hasMaskTransform, transform),
    srcOrigin: point16,
    maskOrigin: point16,
  });
});

export const head: fc.Arbitrary<Head> = fc.record({
  monitorId: u32,
  surfaceId: u32,
  width: u32,
  height: u32,
  x: u32,
  y: u32,
  flags: u32,
});

export const heads = few(head);

export const cursor: fc.Arbitrary<Cursor> = u16.chain((flags) => {
  const header = fc.record({ unique: u64, type: u8, width: u16, height: u16, hotSpotX: u16, hotSpotY: u16 });
  return fc.record({
    flags: fc.constant(flags),
    header: (flags & cursorFlag.none) === 0 ? header : fc.constant(undefined),
    data: fewBytes,
  });
});
