import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buttonChanges, spiceButtonMask, toGuestPixel, WheelNotches } from './pointer-geometry.ts';

describe('toGuestPixel', () => {
  it('is the identity at scale one and divides by the scale otherwise', () => {
    const real = { left: 10, top: 20, width: 800, height: 600, guestWidth: 800, guestHeight: 600 };
    expect(toGuestPixel(real, 10, 20)).toEqual({ x: 0, y: 0 });
    expect(toGuestPixel(real, 809.9, 619.9)).toEqual({ x: 799, y: 599 });
    expect(toGuestPixel({ ...real, width: 400, height: 300 }, 210, 170)).toEqual({ x: 400, y: 300 });
  });

  it('never leaves the picture', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.integer({ min: 1, max: 9000 }), (x, y, size) => {
        const at = { left: 0, top: 0, width: 333, height: 77, guestWidth: size, guestHeight: size };
        const pixel = toGuestPixel(at, x, y);
        expect(pixel.x).toBeGreaterThanOrEqual(0);
        expect(pixel.x).toBeLessThan(size);
        expect(pixel.y).toBeGreaterThanOrEqual(0);
        expect(pixel.y).toBeLessThan(size);
      }),
    );
  });

  it('maps the middle of every scaled guest pixel to that pixel', () => {
    const at = {
      left: 3.5,
      top: 0,
      width: 1024 * 0.73,
      height: 768 * 0.73,
      guestWidth: 1024,
      guestHeight: 768,
    };
    for (let x = 0; x < 1024; x++) expect(toGuestPixel(at, 3.5 + (x + 0.5) * 0.73, 0).x).toBe(x);
  });
});

describe('buttons', () => {
  it('maps DOM masks to SPICE masks', () => {
    expect([1, 2, 4, 8, 16].map(spiceButtonMask)).toEqual([1, 4, 2, 32, 64]);
  });

  it('lists every change once, presses with their bit and releases without', () => {
    expect(buttonChanges(0, 1 | 4)).toEqual([
      { button: 1, down: true, mask: 1 },
      { button: 3, down: true, mask: 5 },
    ]);
    expect(buttonChanges(5, 4)).toEqual([{ button: 1, down: false, mask: 4 }]);
    expect(buttonChanges(5, 5)).toEqual([]);
  });
});

describe('WheelNotches', () => {
  it('counts one notch for a mouse step in every unit', () => {
    const wheel = new WheelNotches();
    expect([wheel.add(120, 0), wheel.add(-100, 0), wheel.add(3, 1), wheel.add(53, 0)]).toEqual([1, -1, 1, 1]);
  });

  it('collects small steps of a touch pad', () => {
    const wheel = new WheelNotches();
    const notches = Array.from({ length: 24 }, () => wheel.add(8, 0)).reduce((a, b) => a + b, 0);
    expect(notches).toBe(4);
  });
});
