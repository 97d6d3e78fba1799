import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { floorMod, tileRow } from './brush.ts';
import { inFormatOf } from './image-convert.ts';
import type { ResolvedImages } from './image-roles.ts';
import { newPixels, pixelBits, type PixelArray, type PlacedRaster, type Raster } from './raster.ts';
import type { Region } from './region.ts';
import { rop3Polynomial, type Rop3Polynomial } from './rop3.ts';
import { placeSource, rop3ScaleAxis } from './scale.ts';
import type { Surface } from './surface.ts';

/** DRAW_ROP3: any of the 256 bitwise functions of brush, source and destination. */
export function drawRop3(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawRop3'>,
  images: ResolvedImages,
): void {
  const { srcArea, base, scaleMode, brush, rop3 } = message;
  if (images.src === undefined) return;
  const source = placeSource(target, region, images.src, srcArea, base.box, scaleMode, rop3ScaleAxis);
  if (source === undefined) return;
  const { left, right } = region.extents();
  const row = newPixels(target.format, right - left);
  const polynomial = rop3Polynomial(rop3);
  if (brush.kind === 'pattern') {
    if (images.brush === undefined) return;
    const tile = inFormatOf(target, images.brush);
    combine(target, region, source, polynomial, row, tile, brush.origin.x, brush.origin.y);
  } else {
    row.fill(brush.kind === 'solid' ? brush.color & pixelBits(target.format) : 0);
    combine(target, region, source, polynomial, row, undefined, 0, 0);
  }
}

/** @param row holds the brush of one row: filled already, or from the tile for every row */
function combine(
  target: Raster,
  region: Region,
  source: PlacedRaster,
  polynomial: Rop3Polynomial,
  row: PixelArray,
  tile: Raster | undefined,
  originX: number,
  originY: number,
): void {
  const { k0, kP, kS, kD, kPS, kPD, kSD, kPSD } = polynomial;
  const { raster, left, top } = source;
  const d = target.pixels;
  const s = raster.pixels;
  const bits = pixelBits(target.format);
  const { rects } = region;
  for (let at = 0; at < region.count * 4; at += 4) {
    const x0 = Math.max(rects[at], left);
    const y0 = Math.max(rects[at + 1], top);
    const x1 = Math.min(rects[at + 2], left + raster.width);
    const y1 = Math.min(rects[at + 3], top + raster.height);
    if (x0 >= x1) continue;
    for (let y = y0; y < y1; y++) {
      if (tile !== undefined) {
        tileRow(
          row,
          0,
          x1 - x0,
          tile,
          floorMod(y - originY, tile.height),
          floorMod(x0 - originX, tile.width),
        );
      }
      const to = y * target.width + x0;
      const from = (y - top) * raster.width + x0 - left;
      for (let i = 0; i < x1 - x0; i++) {
        const a = row[i];
        const b = s[from + i];
        const c = d[to + i];
        d[to + i] =
          (k0 ^
            (kP & a) ^
            (kS & b) ^
            (kD & c) ^
            (kPS & a & b) ^
            (kPD & a & c) ^
            (kSD & b & c) ^
            (kPSD & a & b & c)) &
          bits;
      }
    }
  }
}
