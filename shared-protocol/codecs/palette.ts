import type { DecodedImage } from './decoded-image.ts';
import type { PixelMemory } from './pixel-pool.ts';

/**
 * What the surface that is drawn on holds: on 32-bit surfaces a palette entry is the raw 32-bit word (0x??RRGGBB),
 * on 16-bit surfaces its low half is a x1r5g5b5 pixel.
 */
export type PaletteTarget = '32' | '555';

/** The use as a mask takes the bits of 1-bit bitmaps as they are, whatever their palette. */
export type DecodeTarget = PaletteTarget | 'mask';

export interface PaletteImage {
  readonly bits: 1 | 4 | 8;
  /** Whether the leftmost pixel is in the low bits of a byte. */
  readonly lowFirst: boolean;
  readonly indices: Uint8Array;
  /** Bytes from row to row in `indices`. */
  readonly stride: number;
  readonly topDown: boolean;
  readonly width: number;
  readonly height: number;
  readonly palette: ArrayLike<number>;
  readonly target: PaletteTarget;
  /** Indices above the palette: modulo its size, else black. */
  readonly wrap: boolean;
  readonly memory: PixelMemory;
}

/** Looks up every pixel. The caller has checked that `indices` holds stride * height bytes, or less in the last row. */
export function expandPalette(image: PaletteImage): DecodedImage {
  const { width, height, target, palette, wrap } = image;
  const table = target === '32' ? new Uint32Array(256) : new Uint16Array(256);
  const entries = palette.length;
  for (let i = 0; i < 1 << image.bits; i++) {
    if (i < entries) table[i] = palette[i];
    else if (wrap) table[i] = palette[i % entries];
  }
  if (table instanceof Uint32Array) {
    const pixels = image.memory.words(width * height);
    expand32(image, table, pixels);
    return { format: 'xrgb32', width, height, pixels };
  }
  const pixels = new Uint16Array(width * height);
  expand16(image, table, pixels);
  return { format: 'rgb555', width, height, pixels };
}

// Two copies of one dispatch, so that each row loop below sees one kind of array.

function expand32(image: PaletteImage, table: Uint32Array, pixels: Uint32Array): void {
  const { width, height, stride, topDown, indices, lowFirst } = image;
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = (topDown ? y : height - 1 - y) * width;
    if (image.bits === 8) {
      for (let x = 0; x < width; x++) pixels[to + x] = table[indices[from + x]];
    } else if (image.bits === 4) {
      const flip = lowFirst ? 0 : 4;
      for (let x = 0; x < width; x++) {
        pixels[to + x] = table[(indices[from + (x >> 1)] >> (((x & 1) << 2) ^ flip)) & 15];
      }
    } else {
      const flip = lowFirst ? 0 : 7;
      for (let x = 0; x < width; x++) {
        pixels[to + x] = table[(indices[from + (x >> 3)] >> ((x & 7) ^ flip)) & 1];
      }
    }
  }
}

function expand16(image: PaletteImage, table: Uint16Array, pixels: Uint16Array): void {
  const { width, height, stride, topDown, indices, lowFirst, bits } = image;
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = (topDown ? y : height - 1 - y) * width;
    for (let x = 0; x < width; x++) {
      const place = x % perByte;
      const shift = (lowFirst ? place : perByte - 1 - place) * bits;
      pixels[to + x] = table[(indices[from + Math.floor(x / perByte)] >> shift) & mask];
    }
  }
}
