import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorType } from '../channels/cursor-messages.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { decodeCursorShape } from './cursor-shape.ts';

function header(type: number, width: number, height: number, hotSpotX = 0, hotSpotY = 0) {
  return {
    unique: { hi: 0, lo: 1 },
    type,
    width,
    height,
    hotSpotX,
    hotSpotY,
  };
}
function pixels(rgba: Uint8ClampedArray): string[] {
  return Array.from({ length: rgba.length / 4 }, (_, i) => [...rgba.subarray(i * 4, i * 4 + 4)].join(','));
}

describe('decodeCursorShape', () => {
  it('ALPHA: undoes the premultiplication', () => {
    const shape = decodeCursorShape(
      header(cursorType.alpha, 2, 1, 9, 9),
      Uint8Array.from([0x10, 0x20, 0x40, 0x80, 0, 0, 0, 0]),
    );
    expect(pixels(shape.rgba)).toEqual(['128,64,32,128', '0,0,0,0']);
    expect([shape.hotSpotX, shape.hotSpotY]).toEqual([1, 0]);
  });

  it('MONO: black, white, transparent, inverting', () => {
    // AND 0011 XOR 0101
    const shape = decodeCursorShape(header(cursorType.mono, 4, 1), Uint8Array.from([0b00110000, 0b01010000]));
    expect(pixels(shape.rgba)).toEqual(['0,0,0,255', '255,255,255,255', '0,0,0,0', '0,0,0,0']);
    expect(pixels(shape.invert ?? new Uint8ClampedArray())).toEqual([
      '0,0,0,0',
      '0,0,0,0',
      '0,0,0,0',
      '255,255,255,255',
    ]);
  });

  it('MONO: no inverting picture where nothing inverts', () => {
    const shape = decodeCursorShape(header(cursorType.mono, 2, 1), Uint8Array.from([0b10000000, 0]));
    expect(shape.invert).toBeNull();
  });

  it('COLOR32: the mask has no row padding', () => {
    const data = new Uint8Array(3 * 3 * 4 + 2).fill(0x40, 0, 36);
    data[36] = 0b00010000;
    const shape = decodeCursorShape(header(cursorType.color32, 3, 3), data);
    const shown = pixels(shape.rgba);
    expect(shown[3]).toBe('0,0,0,0');
    expect(shown.filter((pixel) => pixel === '64,64,64,255')).toHaveLength(8);
  });

  it('COLOR16: widens five bits', () => {
    const shape = decodeCursorShape(header(cursorType.color16, 1, 1), Uint8Array.from([0x1f, 0x7c, 0]));
    expect(pixels(shape.rgba)).toEqual(['255,0,255,255']);
  });

  it('COLOR4: high nibble first, palette after the pixels', () => {
    const data = new Uint8Array(1 + 64 + 1);
    data[0] = 0x12;
    data.set([1, 2, 3, 0], 1 + 4);
    data.set([4, 5, 6, 0], 1 + 8);
    const shape = decodeCursorShape(header(cursorType.color4, 2, 1), data);
    expect(pixels(shape.rgba)).toEqual(['3,2,1,255', '6,5,4,255']);
  });

  it('throws nothing but ProtocolError, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 70 }),
        fc.uint8Array({ maxLength: 4000 }),
        (type, width, height, data) => {
          try {
            const shape = decodeCursorShape(header(type, width, height), data);
            expect(shape.rgba).toHaveLength(width * height * 4);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        },
      ),
    );
  });
});
