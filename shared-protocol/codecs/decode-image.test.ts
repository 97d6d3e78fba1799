import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { PICTURE, PICTURE_RGB, STREAMS, fromHex } from '../../tests/conformance/reference-picture.ts';
import { bitmapFormat, type Image, imageFlag, type ImagePayload } from '../channels/image.ts';
import { u64Of } from '../wire/u64.ts';
import { decodePure, decodeWithGlz, decodeWithJpeg, imageKinds, isPure, needsOf } from './decode-image.ts';
import { GlzWindow } from './glz.ts';

function image(payload: ImagePayload, fields: Partial<Image> = {}): Image {
  return {
    id: u64Of(1),
    flags: 0,
    ...PICTURE,
    payload,
    ...fields,
  };
}

function bitmap(format: number, hex: string, colours?: readonly number[]): Image {
  const palette = colours === undefined ? null : { unique: u64Of(0), entries: [...colours] };
  const data = fromHex(hex);
  const fields = { format, flags: 4, width: 1, height: 1, stride: data.length, data };
  return image({ kind: 'bitmap', ...fields, paletteId: undefined, palette }, { width: 1, height: 1 });
}

const highBits = { flags: imageFlag.highBitsSet };
const opaque = PICTURE_RGB.map((pixel) => (pixel | 0xff000000) >>> 0);

describe('the table of image kinds', () => {
  it('says what decoding depends on', () => {
    const needs = Object.entries(imageKinds).map(([kind, info]) => `${kind}: ${info.needs}`);
    expect(needs).toEqual([
      'bitmap: palette',
      'lzPlt: palette',
      'quic: nothing',
      'lzRgb: nothing',
      'lz4: nothing',
      'glzRgb: window',
      'zlibGlzRgb: window',
      'jpeg: browser',
      'jpegAlpha: browser',
      'fromCache: cache',
      'fromCacheLossless: cache',
      'surface: surface',
    ]);
    expect(needsOf(bitmap(bitmapFormat.bit8, '00'))).toBe('palette');
    expect(needsOf(bitmap(bitmapFormat.bit32, '00000000'))).toBe('nothing');
  });

  it('knows which kinds are lossy and which are pure', () => {
    const lossy = Object.entries(imageKinds).flatMap(([kind, info]) => (info.lossy === true ? [kind] : []));
    expect(lossy).toEqual(['jpeg', 'jpegAlpha']);
    expect(isPure(image({ kind: 'quic', data: STREAMS.quicRgb32 }))).toBe(true);
    expect(isPure(image({ kind: 'glzRgb', data: STREAMS.glz1 }))).toBe(false);
  });
});

describe('decodePure', () => {
  it('decodes, and sets the high bits where they are wanted', () => {
    const quic: ImagePayload = { kind: 'quic', data: STREAMS.quicRgb32 };
    expect([...decodePure(image(quic), { target: '32' }).pixels]).toEqual(PICTURE_RGB);
    expect([...decodePure(image(quic, highBits), { target: '32' }).pixels]).toEqual(opaque);
    const alpha: ImagePayload = { kind: 'lzRgb', data: STREAMS.lzRgba };
    expect(decodePure(image(alpha, highBits), { target: '32' })).toEqual(
      decodePure(image(alpha), { target: '32' }),
    );
  });

  it('takes the palette from the payload or from the channel', () => {
    const own = bitmap(bitmapFormat.bit8, '01', [5, 0x12345678]);
    expect([...decodePure(own, { target: '32' }).pixels]).toEqual([0x12345678]);
    expect([...decodePure(own, { target: '555' }).pixels]).toEqual([0x5678]);
    const cached = bitmap(bitmapFormat.bit8, '01');
    expect(() => decodePure(cached, { target: '32' })).toThrow(/no-palette/);
    expect([...decodePure(cached, { target: '32', palette: [7, 8] }).pixels]).toEqual([8]);
    const lz: ImagePayload = {
      kind: 'lzPlt',
      flags: 2,
      size: 0,
      paletteId: u64Of(3),
      palette: undefined,
      data: STREAMS.lzPlt4Be,
    } as ImagePayload;
    expect(() => decodePure(image(lz), { target: '32' })).toThrow(/no-palette/);
    expect(decodePure(image(lz), { target: '555', palette: [1] }).format).toBe('rgb555');
  });

  it('refuses what is not decoded by itself', () => {
    for (const payload of [
      { kind: 'glzRgb', data: STREAMS.glz1 },
      { kind: 'fromCache' },
      { kind: 'surface', surfaceId: 0 },
    ] as const) {
      expect(() => decodePure(image(payload), { target: '32' })).toThrow(/unsupported/);
    }
  });

  it('refuses a picture of another size than announced', () => {
    const quic = image({ kind: 'quic', data: STREAMS.quicRgb32 }, { width: 7 });
    expect(() => decodePure(quic, { target: '32' })).toThrow(/bad-size/);
  });
});

describe('decodeWithGlz', () => {
  it('decodes both kinds, and leaves the window’s pixels alone', () => {
    const window = new GlzWindow();
    const first = decodeWithGlz(image({ kind: 'glzRgb', data: STREAMS.glz1 }, highBits), window);
    expect('pixels' in first && [...first.pixels]).toEqual(opaque);
    const data = zlibSync(STREAMS.glz2);
    const payload: ImagePayload = { kind: 'zlibGlzRgb', glzSize: STREAMS.glz2.length, data };
    const second = decodeWithGlz(image(payload), window);
    expect('pixels' in second && second.pixels[40]).toBe(PICTURE_RGB[0]);
  });

  it('says what is missing', () => {
    const early = image({ kind: 'glzRgb', data: STREAMS.glz2 });
    expect(decodeWithGlz(early, new GlzWindow())).toEqual({ missing: u64Of(1) });
  });

  it('refuses other kinds', () => {
    const quic = image({ kind: 'quic', data: STREAMS.quicRgb32 });
    expect(() => decodeWithGlz(quic, new GlzWindow())).toThrow(/unsupported/);
  });
});

describe('decodeWithJpeg', () => {
  const jpeg = fromHex('ffd8ffc0000b080001000101011100');
  const decoder = () => Promise.resolve({ width: 1, height: 1, rgba: Uint8Array.of(1, 2, 3, 4) });

  it('decodes', async () => {
    const one = { width: 1, height: 1, ...highBits };
    const decoded = await decodeWithJpeg(image({ kind: 'jpeg', data: jpeg }, one), decoder);
    expect([...decoded.pixels]).toEqual([0xff010203]);
  });

  it('refuses other kinds', async () => {
    await expect(decodeWithJpeg(image({ kind: 'fromCache' }), decoder)).rejects.toThrow(/unsupported/);
  });
});
