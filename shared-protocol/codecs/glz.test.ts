import { describe, expect, it } from 'vitest';
import { refusesCuts, survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import {
  fromHex,
  PICTURE,
  PICTURE_RGB,
  ROTATED_RGB,
  STREAMS,
} from '../../tests/conformance/reference-picture.ts';
import { u64Of, type U64 } from '../wire/u64.ts';
import type { Image32 } from './decoded-image.ts';
import { type GlzMissing, type GlzWaitResult, GlzWindow } from './glz.ts';

const RGB32 = 8;

interface Glz {
  readonly id: bigint | number;
  readonly headDistance?: number;
  readonly width?: number;
  readonly height?: number;
  readonly type?: number;
  readonly topDown?: boolean;
  readonly body: string;
}

function hex(value: bigint | number, bytes: number): string {
  return value.toString(16).padStart(bytes * 2, '0');
}

function glz({
  id,
  headDistance = 0,
  width = 1,
  height = 1,
  type = RGB32,
  topDown = true,
  body,
}: Glz): Uint8Array {
  const flags = hex(type | (topDown ? 16 : 0), 1);
  const size = hex(width, 4) + hex(height, 4) + hex(width * 4, 4);
  return fromHex(
    `20205a4c00010001${flags}${size}${hex(id, 8)}${hex(headDistance, 4)}${body.replaceAll(' ', '')}`,
  );
}

/** One pixel with this blue. */
function literal(blue: number): string {
  return `00${hex(blue, 1)}0000`;
}
/** One pixel, that of the image so many before; up to 63. */
function copyOf(distance: number): string {
  return `20 00 ${hex(distance, 1)}`;
}

function pixelsOf(result: Image32 | GlzMissing): number[] {
  if ('missing' in result) throw new Error('an image is missing');
  return [...result.pixels];
}

describe('GlzWindow', () => {
  it('decodes pictures that copy from others', () => {
    const window = new GlzWindow();
    const first = window.decode(STREAMS.glz1, PICTURE);
    expect(first).toMatchObject({ format: 'xrgb32', ...PICTURE });
    expect([...first.pixels]).toEqual(PICTURE_RGB);
    expect([...window.decode(STREAMS.glz2, PICTURE).pixels]).toEqual(ROTATED_RGB);
  });

  it('copies from bottom-up pictures in the order of their data', () => {
    const window = new GlzWindow();
    const body = '02 010000 020000 030000';
    const first = window.decode(glz({ id: 0, width: 1, height: 3, topDown: false, body }));
    expect([...first.pixels]).toEqual([3, 2, 1]);
    const second = window.decode(glz({ id: 1, headDistance: 1, width: 3, body: '60 00 01' }));
    expect([...second.pixels]).toEqual([1, 2, 3]);
  });

  it('widens RGB16', () => {
    const picture = new GlzWindow().decode(glz({ id: 0, type: 6, body: '00 7c1f' }));
    expect(picture.format).toBe('xrgb32');
    expect(pixelsOf(picture)).toEqual([0xff00ff]);
  });

  it('reads long offsets and distances', () => {
    const window = new GlzWindow();
    // A black pixel, 4998 copies of it, a white one.
    const body = `00 000000 e0${'ff'.repeat(19)}92 00 00 00 ffffff`;
    window.decode(glz({ id: 0, width: 5000, body }));
    // Offset 4999 in 17 bits, distance 1 in one byte.
    expect(pixelsOf(window.decode(glz({ id: 1, headDistance: 1, body: '37 38 41 01' })))).toEqual([0xffffff]);
    for (let id = 2; id < 300; id++) window.decode(glz({ id, headDistance: id, body: literal(0) }));
    // Offset 15, distance 300 in 6 + 8 bits.
    const far = glz({ id: 300, headDistance: 300, body: '2f 00 6c 04' });
    expect(pixelsOf(window.decode(far))).toEqual([0]);
    // Offset 4999 in 25 bits, distance 301 in two bytes.
    const farther = glz({ id: 301, headDistance: 301, body: '37 38 a1 2d 01 00' });
    expect(pixelsOf(window.decode(farther))).toEqual([0xffffff]);
  });

  it('gives alpha its own pass', () => {
    const window = new GlzWindow();
    const picture = window.decode(glz({ id: 0, type: 9, width: 2, body: '01 010203 040506 01 80 ff' }));
    expect(picture.format).toBe('argb32');
    expect(pixelsOf(picture)).toEqual([0x80030201, 0xff060504]);
    // colours of the image before, but alpha literals
    const next = glz({ id: 1, headDistance: 1, type: 9, width: 2, body: '40 00 01 01 10 20' });
    expect(pixelsOf(window.decode(next))).toEqual([0x10030201, 0x20060504]);
  });

  it('says which image is missing, and calls when it came', () => {
    const window = new GlzWindow();
    const late = glz({ id: 7, headDistance: 7, body: copyOf(2) });
    expect(window.tryDecode(late)).toEqual({ missing: u64Of(5) });
    expect(window.imageCount).toBe(0);
    const calls: GlzWaitResult[] = [];
    window.onImage(u64Of(5), (result) => calls.push(result));
    const withdraw = window.onImage(u64Of(5), () => calls.push('released'));
    withdraw();
    window.decode(glz({ id: 4, headDistance: 4, body: literal(4) }));
    expect(calls).toEqual([]);
    window.decode(glz({ id: 5, headDistance: 5, body: literal(5) }));
    expect(calls).toEqual(['stored']);
    expect(pixelsOf(window.tryDecode(late))).toEqual([5]);
    window.onImage(u64Of(5), (result) => calls.push(result));
    expect(calls).toEqual(['stored', 'stored']);
  });

  it('keeps what is dead for images of other channels that are still on their way', () => {
    const window = new GlzWindow();
    window.decode(glz({ id: 0, body: literal(1) }));
    // id 1 is on its way elsewhere and copies from 0, which 2 declares dead
    window.decode(glz({ id: 2, headDistance: 0, body: literal(2) }));
    expect(window.imageCount).toBe(2);
    expect(pixelsOf(window.decode(glz({ id: 1, headDistance: 1, body: copyOf(1) })))).toEqual([1]);
    expect(window.imageCount).toBe(1);
    expect(window.has(u64Of(2))).toBe(true);
  });

  it('refuses to wait for what is dead', () => {
    const window = new GlzWindow();
    window.decode(glz({ id: 0, body: literal(1) }));
    window.decode(glz({ id: 1, headDistance: 0, body: literal(2) }));
    expect(() => window.tryDecode(glz({ id: 2, body: copyOf(2) }))).toThrow(/bad-reference/);
    expect(() => window.tryDecode(glz({ id: 2, body: copyOf(3) }))).toThrow(/bad-reference/);
  });

  it('goes on after being cleared, whichever image comes first', () => {
    const window = new GlzWindow();
    window.decode(glz({ id: 0, body: literal(1) }));
    const calls: GlzWaitResult[] = [];
    window.onImage(u64Of(9), (result) => calls.push(result));
    window.clear();
    expect(calls).toEqual(['released']);
    expect(window.imageCount).toBe(0);
    expect(window.pixelCount).toBe(0);
    // 100 was encoded first, but comes last; 101 and 102 need it no more, 103 declares all but itself dead
    window.decode(glz({ id: 102, headDistance: 2, body: literal(2) }));
    window.decode(glz({ id: 103, headDistance: 0, body: literal(3) }));
    window.decode(glz({ id: 101, headDistance: 1, body: literal(1) }));
    expect(window.imageCount).toBe(3);
    window.decode(glz({ id: 100, headDistance: 0, body: literal(0) }));
    expect(window.imageCount).toBe(1);
    expect(window.has(u64Of(103))).toBe(true);
  });

  it('tells 64-bit ids apart and counts over the 32-bit border', () => {
    const window = new GlzWindow();
    const border = 1n << 32n;
    const has = (id: bigint): boolean => window.has(u64Of(id));
    window.decode(glz({ id: border - 1n, body: literal(1) }));
    expect(has(border - 1n)).toBe(true);
    expect(has(2n * border - 1n)).toBe(false);
    const next = glz({ id: border, headDistance: 1, body: copyOf(1) });
    expect(pixelsOf(window.decode(next))).toEqual([1]);
    const missing: U64 = { hi: 1, lo: 4 };
    expect(window.tryDecode(glz({ id: border + 5n, headDistance: 6, body: copyOf(1) }))).toEqual({ missing });
    const huge = new GlzWindow();
    huge.decode(glz({ id: (1n << 64n) - 2n, body: literal(1) }));
    expect(pixelsOf(huge.decode(glz({ id: (1n << 64n) - 1n, headDistance: 1, body: copyOf(1) })))).toEqual([
      1,
    ]);
    expect(() => huge.tryDecode(glz({ id: 0, body: literal(1) }))).toThrow(/bad-reference/);
  });

  it('limits the memory that it takes', () => {
    const window = new GlzWindow({ maxPixels: 1000 });
    for (let id = 0; id < 3; id++) window.decode(glz({ id: id * 2, headDistance: 0, body: literal(1) }));
    expect(window.pixelCount).toBe(768);
    const large = glz({ id: 9, width: 500, body: 'e0ff ff 00 00' });
    expect(() => window.decode(large)).toThrow(/too-large/);
  });

  it('releases waiters when it is closed, and refuses images then', () => {
    const window = new GlzWindow();
    const calls: GlzWaitResult[] = [];
    window.onImage(u64Of(1), (result) => calls.push(result));
    window.close();
    window.onImage(u64Of(1), (result) => calls.push(result));
    expect(calls).toEqual(['released', 'released']);
    expect(() => window.tryDecode(STREAMS.glz1)).toThrow(/closed/);
  });

  it.each([
    ['a palette type', glz({ id: 0, type: 5, body: '0000' }), 'bad-header'],
    ['no width', glz({ id: 0, width: 0, body: '' }), 'bad-size'],
    ['a large picture in no data', glz({ id: 0, width: 8000, height: 8000, body: '' }), 'truncated'],
    ['more literals than pixels', glz({ id: 0, body: '01 000000 000000' }), 'overrun'],
    [
      'a copy from before the picture',
      glz({ id: 0, width: 2, body: `${literal(0)} 20 01 00` }),
      'bad-reference',
    ],
    ['an image before the first', glz({ id: 3, body: copyOf(4) }), 'bad-reference'],
  ])('refuses %s', (_, data, code) => {
    expect(() => new GlzWindow().tryDecode(data)).toThrow(
      expect.objectContaining({ name: 'CodecError', code }) as Error,
    );
  });

  it('refuses pixels behind the end of another image', () => {
    const window = new GlzWindow();
    window.decode(glz({ id: 0, width: 2, body: '01 010000 020000' }));
    expect(() => window.decode(glz({ id: 1, headDistance: 1, width: 2, body: '41 00 01' }))).toThrow(
      /bad-reference/,
    );
  });

  it('stores nothing of what it refuses', () => {
    const window = new GlzWindow();
    refusesCuts((data) => window.tryDecode(data), STREAMS.glz1);
    expect(window.imageCount).toBe(0);
    expect(window.pixelCount).toBe(0);
  });

  it('ends well or with a CodecError on changed streams and on anything', () => {
    const rgba = glz({
      id: 3,
      headDistance: 2,
      type: 9,
      width: 8,
      height: 6,
      body: 'e0 29 00 02 e0 27 00 02',
    });
    survivesChanges(
      (data) => {
        const window = new GlzWindow();
        window.decode(STREAMS.glz1);
        window.tryDecode(data);
      },
      [STREAMS.glz2, STREAMS.glz1, rgba],
    );
    const window = new GlzWindow();
    window.decode(STREAMS.glz1);
    const headers = [6, 7, 8, 9].map((type) => glz({ id: 2, type, width: 40, height: 30, body: '' }));
    survivesAnything((data) => window.tryDecode(data), headers);
  });
});
