import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { mulWord } from './alpha-math.ts';
import { floorMod, paintBrush, tileRow } from './brush.ts';
import { glyphMask, stringBox } from './glyph-mask.ts';
import { convertArea, keptFormat } from './image-convert.ts';
import type { ResolvedImages } from './image-roles.ts';
import { clearUnusedByte, overRow } from './over-blend.ts';
import { widenRow } from './pixel-row.ts';
import type { Raster, RasterFormat } from './raster.ts';
import type { Region } from './region.ts';
import { rop2 } from './rop.ts';
import type { Surface } from './surface.ts';

/**
 * DRAW_TEXT (docs/protocol/drawing.md#text): the back area is filled with the back brush, then the fore brush is
 * blended through the glyphs.
 * @param backRegion for the part of the region inside of the back area
 */
export function drawText(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawText'>,
  images: ResolvedImages,
  backRegion: Region,
): void {
  const { string, foreBrush, backBrush, backArea } = message;
  backRegion.setIntersection(region, backArea);
  if (!backRegion.empty) paintBrush(target, backRegion, rop2.copy, backBrush, images.backBrush);
  if (foreBrush.kind === 'none' || string.glyphs.length === 0) return;
  const box = stringBox(string);
  const extents = region.extents();
  const area: Rect = {
    left: Math.max(box.left, extents.left),
    top: Math.max(box.top, extents.top),
    right: Math.min(box.right, extents.right),
    bottom: Math.min(box.bottom, extents.bottom),
  };
  if (area.left < area.right && area.top < area.bottom) {
    const mask = glyphMask(string, area);
    if (foreBrush.kind === 'solid') {
      blendThrough(target, region, mask, area, solidRows(foreColor(target.format, foreBrush.color), area));
    } else if (images.foreBrush !== undefined) {
      const { x, y } = foreBrush.origin;
      const rows = patternRows(target, images.foreBrush, box.left + x, box.top + y, area);
      blendThrough(target, region, mask, area, rows);
    }
  }
  clearUnusedByte(target, box.left, box.top, box.right, box.bottom);
}

/** The brush's words (premultiplied) of row y, from the area's left edge on. */
type BrushRows = (y: number) => Uint32Array;

function blendThrough(target: Surface, region: Region, mask: Uint8Array, area: Rect, brush: BrushRows): void {
  const width = area.right - area.left;
  const row = new Uint32Array(width);
  const { rects } = region;
  for (let at = 0; at < region.count * 4; at += 4) {
    const x0 = Math.max(rects[at], area.left);
    const x1 = Math.min(rects[at + 2], area.right);
    if (x0 >= x1) continue;
    const y1 = Math.min(rects[at + 3], area.bottom);
    for (let y = Math.max(rects[at + 1], area.top); y < y1; y++) {
      const words = brush(y);
      const covered = (y - area.top) * width;
      for (let i = x0 - area.left; i < x1 - area.left; i++) {
        const coverage = mask[covered + i];
        row[i] = coverage === 0 ? 0 : mulWord(words[i], coverage);
      }
      overRow(target, y * target.width + x0, row, x0 - area.left, x1 - x0);
    }
  }
}

function solidRows(color: number, area: Rect): BrushRows {
  const row = new Uint32Array(area.right - area.left).fill(color);
  return () => row;
}

function patternRows(target: Raster, image: Raster, left: number, top: number, area: Rect): BrushRows {
  const count = area.right - area.left;
  const row = new Uint32Array(count);
  const tile = alphaTile(target, image);
  const tiled = new Uint32Array(count);
  if (tile.width === 0 || tile.height === 0) return () => row;
  const phase = floorMod(area.left - left, tile.width);
  return (y) => {
    tileRow(tiled, 0, count, tile, floorMod(y - top, tile.height), phase);
    widenRow(tile.format, tiled, 0, count, row, 0);
    return row;
  };
}

/** The pattern as 32-bit words, converted to the target's format on the way; only argb32 has alpha. */
function alphaTile(target: Raster, image: Raster): Raster {
  const format = keptFormat(target.format, image);
  const converted = convertArea(image, 0, 0, image.width, image.height, format);
  return converted.pixels instanceof Uint32Array
    ? converted
    : convertArea(converted, 0, 0, image.width, image.height, 'argb32');
}

/** A solid fore colour as an opaque word: read as 8-8-8, on both 16-bit formats as 5-5-5. */
function foreColor(format: RasterFormat, color: number): number {
  if (format !== 'rgb555' && format !== 'rgb565') return (color | 0xff000000) >>> 0;
  const widen = (field: number): number => Math.floor((field * 0xffff) / 31) >> 8;
  const r = widen((color >> 10) & 31);
  const g = widen((color >> 5) & 31);
  const b = widen(color & 31);
  return (0xff000000 | (r << 16) | (g << 8) | b) >>> 0;
}
