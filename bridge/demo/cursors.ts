import { cursorType } from '@spice-viewer/shared-protocol/channels/cursor-messages.ts';
import { circle, coverageAt, either, grown, polygon, ring, type Shape } from './shapes.ts';

/** A cursor as it goes over the wire. */
export interface CursorShape {
  /** identifies it in the client's cache */
  readonly id: number;
  readonly type: number;
  readonly width: number;
  readonly height: number;
  readonly hotSpotX: number;
  readonly hotSpotY: number;
  readonly data: Uint8Array;
}

export type CursorName =
  'arrow' | 'move' | 'beam' | 'cross' | 'color4' | 'color16' | 'color32' | 'large' | 'hidden';

interface Layer {
  readonly shape: Shape;
  /** 0x00RRGGBB */
  readonly color: number;
}

let lastId = 0;

function cursor(
  type: number,
  size: readonly [width: number, height: number],
  hotSpot: readonly [x: number, y: number],
  data: Uint8Array,
): CursorShape {
  lastId++;
  const [width, height] = size;
  const [hotSpotX, hotSpotY] = hotSpot;
  return { id: lastId, type, width, height, hotSpotX, hotSpotY, data };
}

function channels(color: number): [number, number, number] {
  return [color & 255, (color >> 8) & 255, (color >> 16) & 255];
}

/** ALPHA: B, G, R, A per pixel, premultiplied; layers from the bottom. */
function alphaData(width: number, height: number, layers: readonly Layer[]): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const pixel = [0, 0, 0, 0];
    for (const { shape, color } of layers) {
      const coverage = coverageAt(shape, i % width, Math.floor(i / width));
      [...channels(color), 255].forEach((value, channel) => {
        pixel[channel] = pixel[channel] * (1 - coverage) + value * coverage;
      });
    }
    data.set(pixel.map(Math.round), i * 4);
  }
  return data;
}

/** The colour of the topmost layer that covers most of a pixel; undefined for none. */
function topColor(layers: readonly Layer[], x: number, y: number): number | undefined {
  return layers.findLast(({ shape }) => coverageAt(shape, x, y) >= 0.5)?.color;
}

/** COLOR*: pixels, then a mask without row padding whose bit is 0 where the pixel shows. */
function maskedData(
  width: number,
  height: number,
  layers: readonly Layer[],
  pixels: (color: readonly (number | undefined)[]) => number[],
): Uint8Array {
  const colors = Array.from({ length: width * height }, (_, i) =>
    topColor(layers, i % width, Math.floor(i / width)),
  );
  const mask = new Uint8Array(Math.ceil(colors.length / 8));
  colors.forEach((color, i) => {
    if (color === undefined) mask[i >> 3] |= 0x80 >> (i & 7);
  });
  return Uint8Array.from([...pixels(colors), ...mask]);
}

/** Nibbles, high first, and 16 colours of 32 bits. */
function color4Pixels(colors: readonly (number | undefined)[]): number[] {
  const entries = [0, ...new Set(colors.filter((color) => color !== undefined))];
  const nibbles = colors.map((color) => (color === undefined ? 0 : entries.indexOf(color, 1)));
  const bytes: number[] = [];
  for (let i = 0; i < nibbles.length; i += 2) bytes.push((nibbles[i] << 4) | nibbles[i + 1]);
  for (let i = 0; i < 16; i++) bytes.push(...channels(entries[i] ?? 0), 0);
  return bytes;
}

function color16Pixels(colors: readonly (number | undefined)[]): number[] {
  return colors.flatMap((color = 0) => {
    const [b, g, r] = channels(color);
    const packed = ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
    return [packed & 255, packed >> 8];
  });
}

function color32Pixels(colors: readonly (number | undefined)[]): number[] {
  return colors.flatMap((color = 0) => [...channels(color), 0]);
}

/** MONO from text: `#` inverts the screen, `.` is transparent, `o` black, `*` white. */
function monoData(rows: readonly string[]): Uint8Array {
  const plane = (isSet: (pixel: string) => boolean): number[] =>
    rows.flatMap((row) => {
      const bytes = Array.from({ length: Math.ceil(row.length / 8) }, () => 0);
      [...row].forEach((pixel, x) => {
        if (isSet(pixel)) bytes[x >> 3] |= 0x80 >> (x & 7);
      });
      return bytes;
    });
  return Uint8Array.from([
    ...plane((pixel) => pixel === '#' || pixel === '.'),
    ...plane((pixel) => pixel === '#' || pixel === '*'),
  ]);
}

const arrow = polygon([3, 2], [3, 22], [8, 17.5], [11.5, 25], [15, 23.5], [11.7, 16], [18.5, 16]);
const arrowLayers: Layer[] = [
  { shape: grown(arrow, 1.6), color: 0xffffff },
  { shape: arrow, color: 0xe4572e },
];

const crossArrows = either(
  polygon([12, 1], [16, 6], [13, 6], [13, 18], [16, 18], [12, 23], [8, 18], [11, 18], [11, 6], [8, 6]),
  polygon([1, 12], [6, 8], [6, 11], [18, 11], [18, 8], [23, 12], [18, 16], [18, 13], [6, 13], [6, 16]),
);

const target: Layer[] = [
  { shape: circle(16, 16, 15), color: 0xffffff },
  { shape: circle(16, 16, 13), color: 0x17b3a3 },
  { shape: circle(16, 16, 8), color: 0xffffff },
  { shape: circle(16, 16, 4), color: 0xe4572e },
];

const largeTarget: Layer[] = [
  { shape: ring(80, 80, 79, 70), color: 0xe4572e },
  { shape: ring(80, 80, 54, 48), color: 0xf2b134 },
  { shape: ring(80, 80, 30, 26), color: 0x17b3a3 },
  {
    shape: either(
      polygon([79, 60], [81, 60], [81, 100], [79, 100]),
      polygon([60, 79], [100, 79], [100, 81], [60, 81]),
    ),
    color: 0x1d2433,
  },
];

const beamRows = ['.###.###', ...Array.from({ length: 14 }, () => '....#...'), '.###.###'];

const crossRows = Array.from({ length: 17 }, (_, y) =>
  Array.from({ length: 17 }, (_, x) => {
    const onLine = (x === 8) !== (y === 8);
    const beside =
      Math.min(Math.abs(x - 8), Math.abs(y - 8)) === 1 && Math.max(Math.abs(x - 8), Math.abs(y - 8)) > 2;
    return onLine ? 'o' : beside ? '*' : x === 8 && y === 8 ? '#' : '.';
  }).join(''),
);

/** Every type of shape that clients decode; `hidden` has none. */
export const cursors: Readonly<Record<Exclude<CursorName, 'hidden'>, CursorShape>> = {
  arrow: cursor(cursorType.alpha, [24, 28], [3, 2], alphaData(24, 28, arrowLayers)),
  move: cursor(
    cursorType.alpha,
    [24, 24],
    [12, 12],
    alphaData(24, 24, [
      { shape: grown(crossArrows, 1.2), color: 0xffffff },
      { shape: crossArrows, color: 0x1d2433 },
    ]),
  ),
  beam: cursor(cursorType.mono, [8, 16], [4, 8], monoData(beamRows)),
  cross: cursor(cursorType.mono, [17, 17], [8, 8], monoData(crossRows)),
  color4: cursor(cursorType.color4, [32, 32], [16, 16], maskedData(32, 32, target, color4Pixels)),
  color16: cursor(cursorType.color16, [32, 32], [16, 16], maskedData(32, 32, target, color16Pixels)),
  color32: cursor(cursorType.color32, [32, 32], [16, 16], maskedData(32, 32, target, color32Pixels)),
  large: cursor(cursorType.alpha, [160, 160], [80, 80], alphaData(160, 160, largeTarget)),
};
