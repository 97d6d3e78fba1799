import { pixelBits, type PixelArray, type PlacedRaster, type Raster } from './raster.ts';
import type { Region } from './region.ts';
import { rop2, rop2Polynomial, solidRop, type Rop2 } from './rop.ts';

/** Below this many pixels a loop is faster than making a view for `set`. */
const SHORT_ROW = 24;

/** Combines every pixel of the region with one word of the target's format. */
export function blitSolid(target: Raster, region: Region, op: Rop2, source: number): void {
  const { and, xor } = solidRop(op, source, pixelBits(target.format));
  const { rects } = region;
  const end = region.count * 4;
  for (let at = 0; at < end; at += 4) {
    solidRect(target, rects[at], rects[at + 1], rects[at + 2], rects[at + 3], and, xor);
  }
}

function solidRect(
  target: Raster,
  left: number,
  top: number,
  right: number,
  bottom: number,
  and: number,
  xor: number,
): void {
  const { pixels, width } = target;
  if (and === 0) {
    const word = xor >>> 0;
    if (left === 0 && right === width) pixels.fill(word, top * width, bottom * width);
    else for (let y = top; y < bottom; y++) pixels.fill(word, y * width + left, y * width + right);
    return;
  }
  for (let y = top; y < bottom; y++) {
    const end = y * width + right;
    for (let i = y * width + left; i < end; i++) pixels[i] = (pixels[i] & and) ^ xor;
  }
}

/**
 * Combines the pixels of the region with those of a raster of the same words laid over the target. Where the raster
 * does not reach nothing is painted. The raster's pixels must not be the target's, unless `op` is a copy of
 * whole rectangles that do not overlap their source.
 */
export function blitRaster(target: Raster, region: Region, op: Rop2, source: PlacedRaster): void {
  if (op === rop2.noop) return;
  const { raster, left, top } = source;
  const { rects } = region;
  const end = region.count * 4;
  const plain = op === rop2.copy;
  const { k0, kS, kD, kSD } = rop2Polynomial(op);
  const bits = pixelBits(target.format);
  for (let at = 0; at < end; at += 4) {
    const x0 = Math.max(rects[at], left);
    const y0 = Math.max(rects[at + 1], top);
    const x1 = Math.min(rects[at + 2], left + raster.width);
    const y1 = Math.min(rects[at + 3], top + raster.height);
    if (x0 >= x1 || y0 >= y1) continue;
    const to = y0 * target.width + x0;
    const from = (y0 - top) * raster.width + x0 - left;
    if (plain) {
      copyRows(target.pixels, to, target.width, raster.pixels, from, raster.width, x1 - x0, y1 - y0);
    } else {
      const d = target.pixels;
      const s = raster.pixels;
      for (let y = 0; y < y1 - y0; y++) {
        let i = to + y * target.width;
        let j = from + y * raster.width;
        for (const stop = i + x1 - x0; i < stop; i++, j++) {
          const a = s[j];
          const b = d[i];
          d[i] = (k0 ^ (kS & a) ^ (kD & b) ^ (kSD & a & b)) & bits;
        }
      }
    }
  }
}

/** Copies rows between arrays of the same kind; strides in elements. */
export function copyRows(
  to: PixelArray,
  toStart: number,
  toStride: number,
  from: PixelArray,
  fromStart: number,
  fromStride: number,
  width: number,
  height: number,
): void {
  if (width === toStride && width === fromStride) {
    to.set(from.subarray(fromStart, fromStart + width * height), toStart);
    return;
  }
  let i = toStart;
  let j = fromStart;
  if (width < SHORT_ROW) {
    for (let y = 0; y < height; y++, i += toStride, j += fromStride) {
      for (let x = 0; x < width; x++) to[i + x] = from[j + x];
    }
    return;
  }
  for (let y = 0; y < height; y++, i += toStride, j += fromStride) {
    to.set(from.subarray(j, j + width), i);
  }
}
