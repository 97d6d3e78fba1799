import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { DisplayRenderer } from './display-renderer.ts';
import { drawNames, type DrawMessage } from './draw-commands.ts';
import type { ResolvedImages } from './image-roles.ts';
import { newPixels, type Raster, type RasterFormat } from './raster.ts';
import type { ResolvedImage } from './resolved-image.ts';
import { Surface } from './surface.ts';

const int32 = fc.oneof(
  fc.integer({ min: -20, max: 60 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, -(2 ** 30), 0x7ffffff0),
  fc.integer(),
);
const rect = fc.record({ top: int32, left: int32, bottom: int32, right: int32 });
const point = fc.record({ x: int32, y: int32 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u8 = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const fixed = fc.oneof(fc.integer({ min: -200, max: 900 }), int32);
const fixedPoint = fc.record({ x: fixed, y: fixed });

const image = {
  id: u64Of(1),
  flags: 0,
  width: 1,
  height: 1,
  payload: { kind: 'fromCache' as const },
};

const clip = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({ kind: fc.constant('rects' as const), rects: fc.array(rect, { maxLength: 6 }) }),
);
const brush = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({ kind: fc.constant('solid' as const), color: u32 }),
  fc.record({ kind: fc.constant('pattern' as const), image: fc.constant(image), origin: point }),
);
const mask = fc.record({
  flags: fc.integer({ min: 0, max: 1 }),
  position: point,
  image: fc.constantFrom(null, image),
});
const glyph = fc
  .record({
    renderPos: point,
    glyphOrigin: point,
    width: fc.integer({ min: 0, max: 40 }),
    height: fc.integer({ min: 0, max: 9 }),
  })
  .map((one) => ({ ...one, data: new Uint8Array(one.width * one.height).fill(0xa5) }));
const transform = fc.record({ t00: int32, t01: int32, t02: int32, t10: int32, t11: int32, t12: int32 });
const int16 = fc.integer({ min: -32_768, max: 32_767 });
const point16 = fc.record({ x: int16, y: int16 });

/** The fields of every drawing message at once; each takes its own. */
const fields = fc.record({
  base: fc.record({ surfaceId: fc.integer({ min: 0, max: 6 }), box: rect, clip }),
  srcPos: point,
  src: fc.constant(image),
  srcArea: rect,
  brush,
  foreBrush: brush,
  backBrush: brush,
  ropDescriptor: u16,
  foreMode: u16,
  backMode: u16,
  scaleMode: u8,
  rop3: u8,
  srcColor: u32,
  trueColor: u32,
  alpha: u8,
  alphaFlags: u8,
  backArea: rect,
  flags: u32,
  srcTransform: fc.option(transform, { nil: undefined }),
  maskTransform: fc.option(transform, { nil: undefined }),
  srcOrigin: point16,
  maskOrigin: point16,
  qmask: mask,
  compositeMask: fc.constantFrom(undefined, image),
  attr: fc.oneof(
    fc.constant({ flags: 0 }),
    fc.record({
      flags: fc.constantFrom(8, 12),
      style: fc.record({ segments: fc.array(fc.integer({ min: -64, max: 800 }), { maxLength: 4 }) }),
    }),
  ),
  path: fc.record({
    segments: fc.array(fc.record({ flags: u8, points: fc.array(fixedPoint, { maxLength: 7 }) }), {
      maxLength: 3,
    }),
  }),
  string: fc.record({ flags: fc.constantFrom(1, 2, 4), glyphs: fc.array(glyph, { maxLength: 3 }) }),
});

const formats: readonly RasterFormat[] = ['xrgb32', 'argb32', 'rgb555', 'rgb565', 'a8', 'a1'];

function picture(format: RasterFormat, width: number, height: number): ResolvedImage {
  const pixels = newPixels(format, width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = format === 'a1' ? i & 1 : i * 0x01030507;
  return { format, width, height, pixels } as Raster as ResolvedImage;
}

describe('hostile drawing messages', () => {
  it('end in a typed error at worst and change nothing outside of their box', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...drawNames),
        fields,
        fc.constantFrom(...formats.filter((format) => format !== 'rgb565')),
        fc.boolean(),
        (name, all, imageFormat, fromSurface) => {
          const renderer = new DisplayRenderer();
          formats.forEach((format, id) => {
            const code = { a1: 1, a8: 8, rgb555: 16, rgb565: 80, xrgb32: 32, argb32: 96 }[format];
            renderer.surfaces.create({ surfaceId: id, width: 37, height: 23, format: code, flags: 0 });
          });
          const surface = renderer.surfaces.get(all.base.surfaceId);
          const before = surface?.pixels.slice();
          const src = fromSurface && surface !== undefined ? surface : picture(imageFormat, 13, 7);
          const images: ResolvedImages = {
            src,
            brush: picture(imageFormat, 5, 3),
            foreBrush: picture(imageFormat, 5, 3),
            backBrush: src,
            mask: picture(name === 'drawComposite' ? imageFormat : 'a1', 11, 9),
          };
          const value = { ...all, mask: name === 'drawComposite' ? all.compositeMask : all.qmask };
          try {
            const message = { name, value } as unknown as DrawMessage;
            renderer.imagesOf(message);
            renderer.draw(message, images);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
          if (surface === undefined || before === undefined) return;
          const { left, top, right, bottom } = all.base.box;
          // Blending may clear the unused byte of xRGB around what it paints.
          const compared = surface.format === 'xrgb32' ? 0xffffff : -1;
          for (let i = 0; i < before.length; i++) {
            const x: number = i % surface.width;
            const y = Math.floor(i / surface.width);
            if (x >= left && x < right && y >= top && y < bottom) continue;
            if ((surface.pixels[i] & compared) !== (before[i] & compared)) {
              expect.fail(`pixel ${x}, ${y} changed`);
            }
          }
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('ends a path that costs too much', () => {
    const renderer = new DisplayRenderer();
    renderer.surfaces.create({ surfaceId: 0, width: 2000, height: 2000, format: 32, flags: 1 });
    const points = Array.from({ length: 100_000 }, (_, i) => ({ x: (i & 1) * 32_000, y: i & 15 }));
    expect(() =>
      renderer.draw(
        {
          name: 'drawStroke',
          value: {
            base: {
              surfaceId: 0,
              box: { left: 0, top: 0, right: 2000, bottom: 2000 },
              clip: { kind: 'none' },
            },
            path: { segments: [{ flags: 3, points }] },
            attr: { flags: 0, style: undefined },
            brush: { kind: 'solid', color: 1 },
            foreMode: 64,
            backMode: 8,
          },
        },
        {},
      ),
    ).toThrow(ProtocolError);
  });

  it('takes a surface as its own source', () => {
    const renderer = new DisplayRenderer();
    const surface = renderer.surfaces.create({ surfaceId: 0, width: 4, height: 1, format: 32, flags: 1 });
    surface.pixels.set([1, 2, 3, 4]);
    renderer.draw(
      {
        name: 'drawCopy',
        value: {
          base: { surfaceId: 0, box: { left: 1, top: 0, right: 4, bottom: 1 }, clip: { kind: 'none' } },
          src: image,
          srcArea: { left: 0, top: 0, right: 3, bottom: 1 },
          ropDescriptor: 8,
          scaleMode: 0,
          mask: { flags: 0, position: { x: 0, y: 0 }, image: null },
        },
      },
      { src: surface },
    );
    expect([...surface.pixels]).toEqual([1, 1, 2, 3]);
    expect(surface).toBeInstanceOf(Surface);
  });
});
