import { describe, expect, it } from 'vitest';
import { rop } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { blitRaster, blitSolid } from './blit.ts';
import { Region } from './region.ts';
import { rop2Of } from './rop.ts';
import { rop3Polynomial } from './rop3.ts';
import { Surface } from './surface.ts';

const words = [0x00000000, 0xffffffff, 0x0f0f0f0f, 0x12345678, 0x87654321, 0xff00ff00];

function whole(surface: Surface): Region {
  const region = new Region();
  region.add(0, 0, surface.width, surface.height);
  return region;
}

/** docs/protocol/drawing.md#rop, word by word. */
function described(descriptor: number, s: number, d: number): number {
  const has = (bit: number): boolean => (descriptor & bit) !== 0;
  const a = has(rop.inversSrc) ? ~s : s;
  const b = has(rop.inversDest) ? ~d : d;
  const result = has(rop.inversRes) ? -1 : 0;
  if (has(rop.opPut)) return a ^ result;
  if (has(rop.opOr)) return (a | b) ^ result;
  if (has(rop.opAnd)) return (a & b) ^ result;
  if (has(rop.opXor)) return a ^ b ^ result;
  if (has(rop.opBlackness)) return 0;
  if (has(rop.opWhiteness)) return -1;
  return has(rop.opInvers) ? ~d : s;
}

describe('rop descriptors', () => {
  it('combine rasters and solid words as described, for all 2048 values', () => {
    const pairs = words.flatMap((s) => words.map((d) => [s, d] as const));
    const source = Uint32Array.from(pairs, ([s]) => s);
    const before = Uint32Array.from(pairs, ([, d]) => d);
    const target = new Surface(0, 'xrgb32', pairs.length, 1);
    const region = whole(target);
    const raster = { format: 'xrgb32', width: pairs.length, height: 1, pixels: source } as const;
    const one = new Surface(1, 'xrgb32', 1, 1);
    for (let descriptor = 0; descriptor < 2048; descriptor++) {
      const op = rop2Of(descriptor, rop.inversSrc);
      target.pixels.set(before);
      blitRaster(target, region, op, { raster, left: 0, top: 0 });
      const expected = pairs.map(([s, d]) => described(descriptor, s, d) >>> 0);
      expect([...target.pixels]).toEqual(expected);
      pairs.forEach(([s, d], i) => {
        one.pixels[0] = d;
        blitSolid(one, whole(one), op, s);
        expect(one.pixels[0]).toBe(expected[i]);
      });
    }
  });

  it('stay within the bits of a 1_A surface', () => {
    const surface = new Surface(0, 'a1', 3, 1);
    blitSolid(surface, whole(surface), rop2Of(rop.opInvers, rop.inversBrush), 0);
    expect([...surface.pixels]).toEqual([1, 1, 1]);
  });
});

describe('rop3Polynomial', () => {
  it('gives bit (P << 2 | S << 1 | D) of every code', () => {
    const p = 0b11110000;
    const s = 0b11001100;
    const d = 0b10101010;
    for (let code = 0; code < 256; code++) {
      const k = rop3Polynomial(code);
      const result =
        k.k0 ^
        (k.kP & p) ^
        (k.kS & s) ^
        (k.kD & d) ^
        (k.kPS & p & s) ^
        (k.kPD & p & d) ^
        (k.kSD & s & d) ^
        (k.kPSD & p & s & d);
      expect(result & 0xff).toBe(code);
    }
  });
});
