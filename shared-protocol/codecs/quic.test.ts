import { describe, expect, it } from 'vitest';
import { refusesCuts, survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import {
  fromHex,
  PICTURE,
  PICTURE_RGB,
  PICTURE_RGB16,
  PICTURE_RGBA,
  STREAMS,
} from '../../tests/conformance/reference-picture.ts';
import { CodecError } from './codec-error.ts';
import { PixelPool } from './pixel-pool.ts';
import { decodeQuic, MAX_MISSING_WORDS } from './quic.ts';

const streams = [STREAMS.quicRgb32, STREAMS.quicRgba, STREAMS.quicRgb16];

/** Little-endian header: magic, version, type, width, height. */
function header(type: number, width: number, height: number, version = 0): Uint8Array {
  return new Uint8Array(new Uint32Array([0x43495551, version, type, width, height]).buffer);
}

describe('decodeQuic', () => {
  it('decodes RGB32 to xrgb32', () => {
    const image = decodeQuic(STREAMS.quicRgb32, PICTURE);
    expect(image).toMatchObject({ format: 'xrgb32', ...PICTURE });
    expect([...image.pixels]).toEqual(PICTURE_RGB);
  });

  it('decodes RGBA to argb32', () => {
    const image = decodeQuic(STREAMS.quicRgba, PICTURE);
    expect(image.format).toBe('argb32');
    expect([...image.pixels]).toEqual(PICTURE_RGBA);
  });

  it('decodes RGB16 to rgb555', () => {
    const image = decodeQuic(STREAMS.quicRgb16, PICTURE);
    expect(image.format).toBe('rgb555');
    expect([...image.pixels]).toEqual(PICTURE_RGB16);
  });

  it('reads unaligned data and leaves it alone', () => {
    const data = new Uint8Array(STREAMS.quicRgb32.length + 3);
    data.set(STREAMS.quicRgb32, 3);
    const before = data.slice();
    expect([...decodeQuic(data.subarray(3)).pixels]).toEqual(PICTURE_RGB);
    expect(data).toEqual(before);
  });

  it('does not mind what recycled memory holds', () => {
    const memory = new PixelPool();
    const words = new Uint32Array(20_000).fill(0xdeadbeef);
    memory.recycle({ format: 'argb32', width: 200, height: 100, pixels: words });
    const wide = { words: () => memory.words(12_000).subarray(0, 48) };
    expect([...decodeQuic(STREAMS.quicRgba, PICTURE, wide).pixels]).toEqual(PICTURE_RGBA);
  });

  it('reads a few missing words as zero, but no more', () => {
    // The last word of this stream is padding.
    const short = STREAMS.quicRgb32.subarray(0, STREAMS.quicRgb32.length - 4);
    expect([...decodeQuic(short).pixels]).toEqual(PICTURE_RGB);
    const tooShort = STREAMS.quicRgb32.subarray(0, STREAMS.quicRgb32.length - (MAX_MISSING_WORDS + 3) * 4);
    expect(() => decodeQuic(tooShort)).toThrow(CodecError);
  });

  it.each([
    ['another magic', fromHex(`00${'00'.repeat(23)}`), 'bad-header'],
    ['another version', header(4, 8, 8, 1), 'bad-header'],
    ['type 0', header(0, 8, 8), 'bad-header'],
    ['type 6', header(6, 8, 8), 'bad-header'],
    ['no width', header(4, 0, 8), 'bad-size'],
    ['an endless width', header(4, 0xffffffff, 1), 'too-large'],
    ['too many pixels', header(4, 10_000, 10_000), 'too-large'],
    ['a large picture in no data', header(4, 8000, 8000), 'truncated'],
    ['half a header', header(4, 8, 8).subarray(0, 12), 'truncated'],
  ])('refuses %s', (_, data, code) => {
    expect(() => decodeQuic(data)).toThrow(expect.objectContaining({ name: 'CodecError', code }) as Error);
  });

  it('refuses a size other than the descriptor’s', () => {
    expect(() => decodeQuic(STREAMS.quicRgb32, { width: 6, height: 8 })).toThrow(/8x6|6x8/);
  });

  it('refuses cut data', () => {
    for (const stream of streams) refusesCuts(decodeQuic, stream, (MAX_MISSING_WORDS + 2) * 4);
  });

  it('ends well or with a CodecError on changed streams', () => {
    survivesChanges((data) => decodeQuic(data), streams);
  });

  it('ends well or with a CodecError on anything', () => {
    const headers = [1, 2, 3, 4, 5].flatMap((type) => [
      header(type, 40, 30),
      header(type, 1, 9),
      header(type, 700, 2),
    ]);
    survivesAnything((data) => decodeQuic(data), headers);
  });
});
