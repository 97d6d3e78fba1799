import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { narrowRow } from '../render/pixel-row.ts';
import type { Raster } from '../render/raster.ts';
import type { Region } from '../render/region.ts';

/** The part of a decoded picture that a stream shows: `width` x `height` from its top left corner. */
export interface PictureSource {
  readonly width: number;
  readonly height: number;
  /** 0xAARRGGBB words */
  readonly pixels: Uint32Array;
  /** words from one row to the next */
  readonly stride: number;
  /** false: the picture's rows come bottom up */
  readonly topDown: boolean;
}

/** Paints a picture, stretched to `dest` (nearest pixels), where `region` allows. */
export function putPicture(target: Raster, region: Region, dest: Rect, source: PictureSource): void {
  const { width, height, pixels, stride, topDown } = source;
  const destWidth = dest.right - dest.left;
  const destHeight = dest.bottom - dest.top;
  const { rects, count } = region;
  const columns = width === destWidth ? undefined : sourceColumns(region, dest, width);
  const spare = columns === undefined ? undefined : new Uint32Array(target.width);
  for (let at = 0; at < count * 4; at += 4) {
    const left = rects[at] as number;
    const right = rects[at + 2] as number;
    for (let y = rects[at + 1] as number; y < (rects[at + 3] as number); y++) {
      const row = height === destHeight ? y - dest.top : Math.floor(((y - dest.top) * height) / destHeight);
      const from = (topDown ? row : height - 1 - row) * stride;
      const to = y * target.width + left;
      if (columns === undefined || spare === undefined) {
        putRow(target, pixels, from + left - dest.left, right - left, to);
      } else {
        for (let x = left; x < right; x++) {
          spare[x - left] = pixels[from + (columns[x] as number)] as number;
        }
        putRow(target, spare, 0, right - left, to);
      }
    }
  }
}

function putRow(target: Raster, from: Uint32Array, start: number, count: number, to: number): void {
  if (target.pixels instanceof Uint32Array) target.pixels.set(from.subarray(start, start + count), to);
  else narrowRow(from, start, count, target.format, target.pixels, to);
}

/** For each column of the target the column of the picture; only those inside the region are set. */
function sourceColumns(region: Region, dest: Rect, width: number): Int32Array {
  const { left, right } = region.extents();
  const columns = new Int32Array(right);
  const destWidth = dest.right - dest.left;
  for (let x = left; x < right; x++) {
    columns[x] = Math.floor(((x - dest.left) * width) / destWidth);
  }
  return columns;
}
