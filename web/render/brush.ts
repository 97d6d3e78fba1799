import type { Brush } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { blitSolid } from './blit.ts';
import { inFormatOf } from './image-convert.ts';
import { newPixels, pixelBits, type PixelArray, type Raster } from './raster.ts';
import type { Region } from './region.ts';
import { rop2, rop2Polynomial, type Rop2 } from './rop.ts';

/**
 * Combines a brush with the region. A solid colour is a raw pixel of the target, no brush acts as colour 0.
 * @param image the pattern's image; without it a pattern paints nothing
 */
export function paintBrush(
  target: Raster,
  region: Region,
  op: Rop2,
  brush: Brush,
  image: Raster | undefined,
): void {
  if (brush.kind === 'none') blitSolid(target, region, op, 0);
  else if (brush.kind === 'solid') blitSolid(target, region, op, brush.color);
  else if (image !== undefined) {
    blitPattern(target, region, op, inFormatOf(target, image), brush.origin.x, brush.origin.y);
  }
}

/** Tiles the whole target with pixels of its words, one tile's corner at (originX, originY); paints the region. */
export function blitPattern(
  target: Raster,
  region: Region,
  op: Rop2,
  tile: Raster,
  originX: number,
  originY: number,
): void {
  if (tile.width === 0 || tile.height === 0 || op === rop2.noop) return;
  const { pixels, width } = target;
  const { left, right } = region.extents();
  const row = op === rop2.copy ? undefined : newPixels(target.format, right - left);
  const { k0, kS, kD, kSD } = rop2Polynomial(op);
  const bits = pixelBits(target.format);
  const { rects } = region;
  const end = region.count * 4;
  for (let at = 0; at < end; at += 4) {
    const x0 = rects[at];
    const y0 = rects[at + 1];
    const count = rects[at + 2] - x0;
    const phase = floorMod(x0 - originX, tile.width);
    for (let y = y0; y < rects[at + 3]; y++) {
      const to = y * width + x0;
      if (row === undefined) {
        if (y - y0 >= tile.height) {
          const above = to - tile.height * width;
          pixels.copyWithin(to, above, above + count);
        } else tileRow(pixels, to, count, tile, floorMod(y - originY, tile.height), phase);
        continue;
      }
      tileRow(row, 0, count, tile, floorMod(y - originY, tile.height), phase);
      for (let i = 0; i < count; i++) {
        const s = row[i];
        const d = pixels[to + i];
        pixels[to + i] = (k0 ^ (kS & s) ^ (kD & d) ^ (kSD & s & d)) & bits;
      }
    }
  }
}

/** Repeats row `y` of the tile, from its column `phase` on, over `count` pixels. */
export function tileRow(
  to: PixelArray,
  start: number,
  count: number,
  tile: Raster,
  y: number,
  phase: number,
): void {
  const { pixels, width } = tile;
  const from = y * width;
  const once = Math.min(count, width);
  let x = phase;
  for (let i = 0; i < once; i++) {
    to[start + i] = pixels[from + x];
    x++;
    if (x === width) x = 0;
  }
  for (let done = once; done < count;) {
    const more = Math.min(done, count - done);
    to.copyWithin(start + done, start, start + more);
    done += more;
  }
}

/** a modulo b, from 0 up. */
export function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest < 0 ? rest + b : rest;
}
