/** Pictures as the tests compare them. */
import { PNG } from 'pngjs';

/** `rgba` has 4 bytes per pixel, rows from the top, without padding. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8Array;
}

export function pixelsOfPng(file: Uint8Array): Pixels {
  const png = PNG.sync.read(Buffer.from(file));
  return { width: png.width, height: png.height, rgba: opaque(png.data) };
}

export function pngOfPixels(pixels: Pixels): Buffer {
  const png = new PNG({ width: pixels.width, height: pixels.height });
  png.data = Buffer.from(pixels.rgba);
  return PNG.sync.write(png);
}

/** Reads a binary PPM (P6, 8 bits per sample). */
export function pixelsOfPpm(file: Buffer): Pixels {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 64));
  if (!header) throw new Error('not an 8-bit binary PPM');
  const width = Number(header[1]);
  const height = Number(header[2]);
  const rgba = new Uint8Array(width * height * 4);
  let from = header[0].length;
  for (let to = 0; to < rgba.length; to += 4, from += 3) {
    rgba[to] = file[from];
    rgba[to + 1] = file[from + 1];
    rgba[to + 2] = file[from + 2];
    rgba[to + 3] = 255;
  }
  return { width, height, rgba };
}

/** How many different colours the picture has, counting no further than `limit`. */
export function countColours(pixels: Pixels, limit = 1000): number {
  const seen = new Set<number>();
  const { rgba } = pixels;
  for (let i = 0; i < rgba.length && seen.size < limit; i += 4) {
    seen.add((rgba[i] << 16) | (rgba[i + 1] << 8) | rgba[i + 2]);
  }
  return seen.size;
}

function opaque(data: Buffer): Uint8Array {
  const rgba = new Uint8Array(data);
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  return rgba;
}
