import { describe, expect, it } from 'vitest';
import { fromHex } from '../../tests/conformance/reference-picture.ts';
import { applyAlpha, decodeJpeg, decodeJpegAlpha, type JpegDecoder, splitJpegAlpha } from './jpeg-alpha.ts';

/** Headers of a JPEG of 2x1 pixels; what a test decoder wants. */
const jpeg = fromHex('ffd8ffc0000b0800010002010111 00'.replaceAll(' ', ''));
/** LZ, type XXXA, 2x1: alpha 0x10, 0x80 */
const alpha = fromHex('20205a4c000100010000000a000000020000000100000008000000010110 80'.replaceAll(' ', ''));
const size = { width: 2, height: 1 };

const decoder: JpegDecoder = () =>
  Promise.resolve({ ...size, rgba: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) });

describe('decodeJpeg', () => {
  it('turns R, G, B, A bytes into xrgb32', async () => {
    const image = await decodeJpeg(jpeg, decoder, size);
    expect(image).toEqual({ format: 'xrgb32', ...size, pixels: Uint32Array.of(0x010203, 0x040506) });
  });

  it.each([0, 1, 2, 3])('reads bytes at offset %i of a larger buffer', async (offset) => {
    // Buffer.slice does not copy, unlike that of other arrays.
    const rgba = Buffer.from([...Array<number>(offset).fill(9), 1, 2, 3, 255, 4, 5, 6, 255]).subarray(offset);
    const image = await decodeJpeg(jpeg, () => Promise.resolve({ ...size, rgba }));
    expect([...image.pixels]).toEqual([0x010203, 0x040506]);
  });

  it('does not ask the decoder about pictures of another size', async () => {
    const never: JpegDecoder = () => Promise.reject(new Error('asked'));
    await expect(decodeJpeg(jpeg, never, { width: 1, height: 2 })).rejects.toThrow(/bad-size/);
  });

  it('gives the decoder’s failures as CodecError', async () => {
    const failing: JpegDecoder = () => Promise.reject(new Error('no such luck'));
    await expect(decodeJpeg(jpeg, failing)).rejects.toMatchObject({
      name: 'CodecError',
      code: 'damaged',
      cause: new Error('no such luck'),
    });
    const small: JpegDecoder = () => Promise.resolve({ ...size, rgba: new Uint8Array(4) });
    await expect(decodeJpeg(jpeg, small)).rejects.toThrow(/bad-size/);
  });
});

describe('decodeJpegAlpha', () => {
  it('joins colours and alpha', async () => {
    const data = new Uint8Array([...jpeg, ...alpha]);
    const image = await decodeJpegAlpha(data, jpeg.length, decoder, size);
    expect(image).toEqual({ format: 'argb32', ...size, pixels: Uint32Array.of(0x10010203, 0x80040506) });
  });

  it('refuses a JPEG that is longer than the data', () => {
    expect(() => splitJpegAlpha(jpeg, jpeg.length + 1)).toThrow(/truncated/);
  });

  it('refuses missing alpha', async () => {
    await expect(decodeJpegAlpha(jpeg, jpeg.length, decoder)).rejects.toMatchObject({ code: 'truncated' });
  });

  it('refuses an alpha plane of another kind or size', () => {
    const rgb = { format: 'xrgb32', ...size, pixels: new Uint32Array(2) } as const;
    expect(() => applyAlpha(rgb, rgb)).toThrow(/bad-header/);
    const tall = { format: 'a8', width: 1, height: 2, pixels: new Uint8Array(2) } as const;
    expect(() => applyAlpha(rgb, tall)).toThrow(/bad-size/);
  });
});
