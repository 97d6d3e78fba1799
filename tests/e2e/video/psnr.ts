import type { Pixels } from '../../servers/pixels.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Peak signal to noise ratio over the colours of a rectangle, in dB; Infinity for equal ones. */
export function psnr(actual: Pixels, expected: Pixels, { x, y, width, height }: Box): number {
  let sum = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      const at = (row * expected.width + column) * 4;
      for (let i = at; i < at + 3; i++) sum += (actual.rgba[i] - expected.rgba[i]) ** 2;
    }
  }
  return 10 * Math.log10(255 ** 2 / (sum / (width * height * 3)));
}

/** What GStreamer's JPEG encoder makes of a picture for spice-server: JPEG has no studio range, yet it writes that. */
export function inStudioRange({ width, height, rgba }: Pixels): Pixels {
  return { width, height, rgba: rgba.map((value, i) => (i % 4 === 3 ? value : 16 + (value * 219) / 255)) };
}
