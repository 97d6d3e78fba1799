import { describe, expect, it } from 'vitest';
import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { compositeFlag, type Transform } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { expectedByOperator, pixels } from './composite-expected.ts';
import { compositeRepeat } from './composite-source.ts';
import { drawComposite } from './draw-composite.ts';
import { newPixels, type RasterFormat } from './raster.ts';
import { Region } from './region.ts';
import { Surface } from './surface.ts';

interface Picture {
  readonly format?: RasterFormat;
  readonly width?: number;
  /** hex, with blanks between */
  readonly pixels: string;
  readonly filter?: number;
  readonly repeat?: number;
  readonly transform?: Transform;
}

const NEAREST = 3;
const BILINEAR = 4;

function surfaceOf({ format = 'argb32', width, pixels: hex }: Picture): Surface {
  const values = hex.split(' ').map((word) => Number.parseInt(word, 16));
  const surface = new Surface(1, format, width ?? values.length, values.length / (width ?? values.length));
  surface.pixels.set(values);
  return surface;
}

const image = { id: u64Of(1), flags: 0, width: 1, height: 1, payload: { kind: 'fromCache' as const } };

/** Composites over a whole surface, or over the rows from `fromRow` on. @returns its pixels in hex */
function composite(
  operator: number,
  destination: Picture,
  source: Picture,
  mask?: Picture,
  { componentAlpha = false, fromRow = 0 } = {},
): string {
  const target = surfaceOf(destination);
  const { width, height } = target;
  const region = new Region();
  region.add(0, fromRow, width, height);
  const message: DisplayMessage<'drawComposite'> = {
    base: { surfaceId: 0, box: { left: 0, top: 0, right: width, bottom: height }, clip: { kind: 'none' } },
    flags:
      operator |
      ((source.filter ?? NEAREST) << 8) |
      ((source.repeat ?? 0) << 14) |
      ((mask?.repeat ?? 0) << 16) |
      (componentAlpha ? compositeFlag.componentAlpha : 0),
    src: image,
    mask: mask && image,
    srcTransform: source.transform,
    maskTransform: mask?.transform,
    srcOrigin: { x: 0, y: 0 },
    maskOrigin: { x: 0, y: 0 },
  };
  drawComposite(target, region, message, { src: surfaceOf(source), mask: mask && surfaceOf(mask) });
  const digits = 2 * newPixels(target.format, 0).BYTES_PER_ELEMENT;
  return Array.from(target.pixels, (word) => word.toString(16).padStart(digits, '0')).join(' ');
}

const source = { pixels: pixels.source };
const mask = { pixels: pixels.mask };
const destination = { pixels: pixels.destination };

describe('drawComposite', () => {
  it.each(expectedByOperator)('operator 0x%s', (operator, unmasked, masked, componentAlpha) => {
    const number = Number.parseInt(operator, 16);
    expect(composite(number, destination, source)).toBe(unmasked);
    expect(composite(number, destination, source, mask)).toBe(masked);
    expect(composite(number, destination, source, mask, { componentAlpha: true })).toBe(componentAlpha);
  });

  it('paints nothing with an unknown operator', () => {
    for (const operator of [0x0e, 0x1c, 0x2f, 0x3f, 0xff]) {
      expect(composite(operator, destination, source)).toBe(pixels.destination);
    }
  });

  it('saturates with bytes if the source is opaque and no component alpha asked for', () => {
    const opaque = { ...source, format: 'xrgb32' as const };
    const opaqueMask = { ...mask, format: 'xrgb32' as const };
    expect(composite(13, destination, opaque)).toBe('ffa05f17 ffcc246e ff349ae4');
    const masked = composite(13, destination, opaque, opaqueMask, { componentAlpha: true });
    expect(masked).toBe('ffa05d14 ffcc236d ff165590');
  });

  it('takes 16-bit colours as exact fractions', () => {
    const target = { format: 'rgb565' as const, pixels: '1234 abcd 7777' };
    expect(composite(0x38, target, { format: 'rgb565', pixels: '4321 dcba 0ff0' })).toBe('09cd cc12 3fb7');
  });

  it('takes a mask without colours for black with component alpha', () => {
    const alphas = { format: 'a8' as const, pixels: '80 ff 00' };
    const painted = composite(3, destination, source, alphas, { componentAlpha: true });
    expect(painted).toBe('ba5a3c10 ecc81e64 40102a3c');
  });

  it('interpolates in single precision for operators that divide', () => {
    const transform = { t00: 40_000, t01: 0, t02: 9000, t10: 0, t11: 65_536, t12: 0 };
    const scaled = { ...source, filter: BILINEAR, repeat: compositeRepeat.pad, transform };
    expect(composite(0x23, destination, scaled)).toBe('c0a05010 e0a54959 7a224067');
    expect(composite(0x35, destination, scaled)).toBe('e4c97f18 f1e0338a 9b2d658b');
  });

  it('reads a repeated single pixel without interpolation', () => {
    const transform = { t00: 18_289, t01: 0, t02: 224_469, t10: 0, t11: 65_536, t12: 32_768 };
    const single = { pixels: 'c0a05010', filter: BILINEAR, repeat: compositeRepeat.normal, transform };
    expect(composite(0x36, destination, single)).toBe('e498310a f8d8111a d0814f27');
  });

  describe('HSL under an empty mask', () => {
    const below = { width: 2, pixels: '905a3c10 e0c81e64 905a3c10 e0c81e64' };
    const above = { width: 2, pixels: 'c0a05010 60203050 ff3096e0 60203050' };
    const holed = { width: 2, pixels: 'b0906a40 ff80c01e 00000000 ff80c01e' };
    const reflected = { ...above, repeat: compositeRepeat.reflect };

    it('shows the blue of the source', () => {
      const painted = composite(0x3e, below, above, holed);
      expect(painted).toBe('ca894b16 ecd42b75 905a3c71 ecd42b75');
    });

    it('shows the blue of the row above if the source is read pixel by pixel', () => {
      const painted = composite(0x3e, below, reflected, holed);
      expect(painted).toBe('ca894b16 ecd42b75 905a3c17 ecd42b75');
    });

    it('counts rows of the box that are clipped away', () => {
      const painted = composite(0x3e, below, reflected, holed, { fromRow: 1 });
      expect(painted).toBe('905a3c10 e0c81e64 905a3c17 ecd42b75');
    });
  });
});
