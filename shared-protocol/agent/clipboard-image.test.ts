import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { clipboardType } from './agent-messages.ts';
import { clipboardImageSize, encodeBmp, MAX_CLIPBOARD_PIXELS } from './clipboard-image.ts';

function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(33);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]).copy(bytes);
  bytes.write('IHDR', 12);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function jpeg(width: number, height: number): Uint8Array {
  const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0, 0, 0, 0, 3]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const app = [0xff, 0xe0, 0, 4, 1, 2];
  const tables = [0xff, 0xc4, 0, 3, 0, 0xff];
  return Buffer.concat([Buffer.from([0xff, 0xd8, ...app, ...tables]), frame]);
}

describe('the size of a picture', () => {
  it('is what its header says', () => {
    expect(clipboardImageSize(clipboardType.png, png(61, 47))).toEqual({ width: 61, height: 47 });
    expect(clipboardImageSize(clipboardType.jpg, jpeg(640, 3))).toEqual({ width: 640, height: 3 });
    const bmp = encodeBmp({ width: 3, height: 2 }, new Uint8ClampedArray(24));
    expect(clipboardImageSize(clipboardType.bmp, bmp)).toEqual({ width: 3, height: 2 });
    new DataView(bmp.buffer).setInt32(22, -2, true);
    expect(clipboardImageSize(clipboardType.bmp, bmp)).toEqual({ width: 3, height: 2 });
  });

  it('may not be huge, nor nothing', () => {
    for (const bytes of [png(65_536, 65_536), png(2 ** 31, 2 ** 31), png(MAX_CLIPBOARD_PIXELS + 1, 1)]) {
      expect(() => clipboardImageSize(clipboardType.png, bytes)).toThrow(/pixels/);
    }
    expect(() => clipboardImageSize(clipboardType.jpg, jpeg(65_535, 65_535))).toThrow(/pixels/);
    expect(() => clipboardImageSize(clipboardType.png, png(0, 5))).toThrow(ProtocolError);
    expect(() => clipboardImageSize(clipboardType.tiff, png(5, 5))).toThrow(ProtocolError);
  });

  it('of anything else is a typed error', () => {
    const type = fc.integer({ min: 0, max: 7 });
    const start = fc.constantFrom([], [0x42, 0x4d], [0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47]);
    fc.assert(
      fc.property(type, start, fc.uint8Array({ maxLength: 80 }), (given, first, rest) => {
        try {
          const { width, height } = clipboardImageSize(given, Uint8Array.from([...first, ...rest]));
          expect(width * height).toBeGreaterThan(0);
          expect(width * height).toBeLessThanOrEqual(MAX_CLIPBOARD_PIXELS);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      fuzzRuns(300),
    );
  });
});

it('a BMP has blue first, rows from the bottom, and white below what is transparent', () => {
  const rgba = Uint8ClampedArray.from([1, 2, 3, 255, 9, 9, 9, 0]);
  const bmp = encodeBmp({ width: 1, height: 2 }, rgba);
  expect([...bmp.subarray(54)]).toEqual([255, 255, 255, 0, 3, 2, 1, 0]);
  expect(new DataView(bmp.buffer).getUint32(2, true)).toBe(bmp.length);
});
