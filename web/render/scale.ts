import { scaleMode, type Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { keptFormat, placeInFormatOf } from './image-convert.ts';
import { convertRow, narrowRow, widenRow } from './pixel-row.ts';
import {
  newPixels,
  type DrawnAs,
  type PixelArray,
  type PlacedRaster,
  type Raster,
  type RasterFormat,
} from './raster.ts';
import type { Region } from './region.ts';

/** Where target pixels come from along one axis: the 16.16 position of pixel i is i * factor + start. */
export interface ScaleAxis {
  readonly factor: number;
  readonly start: number;
}

/** DRAW_COPY and its kin: 16.16 steps from the area's first pixel. */
export function scaleAxis(sourceStart: number, sourceSize: number, boxSize: number): ScaleAxis {
  const factor = Math.trunc((sourceSize * 65536) / boxSize);
  return { factor, start: Math.floor((factor + 1) / 2) + sourceStart * 65536 };
}

/** DRAW_ROP3: the area's start is not added; instead counting starts at the target pixel that it scales to. */
export function rop3ScaleAxis(sourceStart: number, sourceSize: number, boxSize: number): ScaleAxis {
  const factor = Math.trunc((sourceSize * 65536) / boxSize);
  const first = Math.floor(sourceStart / (sourceSize / boxSize) + 0.5);
  return { factor, start: Math.floor((factor + 1) / 2) + first * factor };
}

export function isEmptyRect(rect: Rect): boolean {
  return rect.left >= rect.right || rect.top >= rect.bottom;
}

export function isSameSize(a: Rect, b: Rect): boolean {
  return a.right - a.left === b.right - b.left && a.bottom - a.top === b.bottom - b.top;
}

/**
 * Lays the source area of an image over the target's box (docs/protocol/drawing.md#scaling), in the target's format:
 * 1:1 where both have the same size, scaled otherwise. The work is bounded by the region's extents.
 * @returns undefined where there is nothing to see
 */
export function placeSource(
  target: DrawnAs,
  region: Region,
  image: Raster,
  area: Rect,
  box: Rect,
  mode: number,
  axis = scaleAxis,
): PlacedRaster | undefined {
  if (isEmptyRect(area)) return undefined;
  const extents = region.extents();
  if (isSameSize(area, box)) {
    return placeInFormatOf(target, image, box.left - area.left, box.top - area.top, extents);
  }
  return placeScaled(extents, image, area, box, mode, target.format, keptFormat(target.format, image), axis);
}

interface Extents {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The part inside the extents of the source area scaled to the box.
 * @param kept what the image is converted to before
 */
export function placeScaled(
  extents: Extents,
  image: Raster,
  area: Rect,
  box: Rect,
  mode: number,
  format: RasterFormat,
  kept: RasterFormat,
  axis = scaleAxis,
): PlacedRaster {
  const { left, top } = extents;
  const width = extents.right - left;
  const height = extents.bottom - top;
  const columns = axis(area.left, area.right - area.left, box.right - box.left);
  const rows = axis(area.top, area.bottom - area.top, box.bottom - box.top);
  const raster: Raster = { format, width, height, pixels: newPixels(format, width * height) };
  const scale = mode === scaleMode.interpolate ? scaleBilinear : scaleNearest;
  scale(image, kept, columns, rows, left - box.left, top - box.top, raster);
  return { raster, left, top };
}

/** The pixel that NEAREST reads for position i, for `count` positions from `first` on. */
function nearestTaps(axis: ScaleAxis, first: number, count: number): Float64Array {
  const taps = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    taps[i] = Math.floor(((first + i) * axis.factor + axis.start - 1) / 65536);
  }
  return taps;
}

/**
 * NEAREST. Positions whose source lies outside of the image stay as they are in `to`.
 * @param firstX, firstY the first target pixel, counted from the box's corner
 */
function scaleNearest(
  image: Raster,
  kept: RasterFormat,
  columns: ScaleAxis,
  rows: ScaleAxis,
  firstX: number,
  firstY: number,
  to: Raster,
): void {
  const { width, height, format, pixels } = to;
  const xs = nearestTaps(columns, firstX, width);
  const ys = nearestTaps(rows, firstY, height);
  let begin = 0;
  while (begin < width && xs[begin] < 0) begin++;
  let end = width;
  while (end > begin && xs[end - 1] >= image.width) end--;
  const offsets = Int32Array.from(xs.subarray(begin, end));
  const count = end - begin;
  const row = newPixels(image.format, count);
  const converted = newPixels(kept, count);
  let doneRow = -1;
  for (let y = 0; y < height; y++) {
    const sourceY = ys[y];
    if (sourceY < 0 || sourceY >= image.height) continue;
    const start = y * width + begin;
    if (sourceY === doneRow) {
      pixels.copyWithin(start, start - width, start - width + count);
      continue;
    }
    doneRow = sourceY;
    const from = sourceY * image.width;
    const source = image.pixels;
    for (let x = 0; x < count; x++) row[x] = source[from + offsets[x]];
    convertRow(image.format, row, 0, count, kept, converted, 0);
    if (pixels instanceof Uint32Array) widenRow(kept, converted, 0, count, pixels, start);
    else convertRow(kept, converted, 0, count, format, pixels, start);
  }
}

/** INTERPOLATE: two by two pixels with weights of seven bits; pixels outside of the image count as zero. */
function scaleBilinear(
  image: Raster,
  kept: RasterFormat,
  columns: ScaleAxis,
  rows: ScaleAxis,
  firstX: number,
  firstY: number,
  to: Raster,
): void {
  const { width, height, format, pixels } = to;
  const xs = new Int32Array(width);
  const weights = new Int32Array(width);
  for (let x = 0; x < width; x++) {
    const at = (firstX + x) * columns.factor + columns.start - 0x8000;
    xs[x] = Math.max(-2, Math.min(image.width, Math.floor(at / 65536)));
    weights[x] = weightOf(at);
  }
  const taps = new TapRows(image, xs, kept);
  const out = new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    const at = (firstY + y) * rows.factor + rows.start - 0x8000;
    const sourceY = Math.max(-2, Math.min(image.height, Math.floor(at / 65536)));
    interpolateRow(taps.row(sourceY), taps.row(sourceY + 1), weights, weightOf(at), out);
    narrowRow(out, 0, width, format, pixels, y * width);
  }
}

/** Seven bits of the fraction of a 16.16 position, doubled: 0 to 254. */
export function weightOf(position: number): number {
  const fraction = position - Math.floor(position / 65536) * 65536;
  return (fraction >> 9) * 2;
}

/** Source rows reduced to the columns that interpolation reads, widened to 32 bits: left and right tap in turn. */
class TapRows {
  readonly #image: Raster;
  readonly #xs: Int32Array;
  readonly #format: RasterFormat;
  readonly #gathered: PixelArray;
  readonly #converted: PixelArray;
  readonly #empty: Uint32Array;
  readonly #kept: [Uint32Array, Uint32Array];
  readonly #keptRows = [-1, -1];

  constructor(image: Raster, xs: Int32Array, format: RasterFormat) {
    const count = xs.length * 2;
    this.#image = image;
    this.#xs = xs;
    this.#format = format;
    this.#gathered = newPixels(image.format, count);
    this.#converted = newPixels(format, count);
    this.#empty = new Uint32Array(count);
    this.#kept = [new Uint32Array(count), new Uint32Array(count)];
  }

  /** Valid until the row after the next one is asked for. */
  row(y: number): Uint32Array {
    if (y < 0 || y >= this.#image.height) return this.#empty;
    const slot = y & 1;
    const row = this.#kept[slot];
    if (this.#keptRows[slot] !== y) {
      this.#keptRows[slot] = y;
      this.#fill(y, row);
    }
    return row;
  }

  #fill(y: number, row: Uint32Array): void {
    const image = this.#image;
    const xs = this.#xs;
    const format = this.#format;
    const gathered = this.#gathered;
    const converted = this.#converted;
    const from = y * image.width;
    const last = image.width - 1;
    const source = image.pixels;
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i];
      gathered[i * 2] = source[from + Math.max(0, Math.min(last, x))];
      gathered[i * 2 + 1] = source[from + Math.max(0, Math.min(last, x + 1))];
    }
    convertRow(image.format, gathered, 0, gathered.length, format, converted, 0);
    widenRow(format, converted, 0, gathered.length, row, 0);
    for (let i = 0; i < xs.length; i++) {
      if (xs[i] < 0 || xs[i] > last) row[i * 2] = 0;
      if (xs[i] < -1 || xs[i] >= last) row[i * 2 + 1] = 0;
    }
  }
}

function interpolateRow(
  upper: Uint32Array,
  lower: Uint32Array,
  weights: Int32Array,
  wy: number,
  out: Uint32Array,
): void {
  for (let x = 0; x < out.length; x++) {
    out[x] = interpolate(upper[x * 2], upper[x * 2 + 1], lower[x * 2], lower[x * 2 + 1], weights[x], wy);
  }
}

/** Four 0xAARRGGBB words mixed with weights 0 to 256; @returns an int32 word */
export function interpolate(tl: number, tr: number, bl: number, br: number, wx: number, wy: number): number {
  const wbr = wx * wy;
  const wbl = (256 - wx) * wy;
  const wtr = wx * (256 - wy);
  const wtl = (256 - wx) * (256 - wy);
  const b = ((tl & 255) * wtl + (tr & 255) * wtr + (bl & 255) * wbl + (br & 255) * wbr) >>> 16;
  const g =
    (((tl >>> 8) & 255) * wtl +
      ((tr >>> 8) & 255) * wtr +
      ((bl >>> 8) & 255) * wbl +
      ((br >>> 8) & 255) * wbr) >>>
    16;
  const r =
    (((tl >>> 16) & 255) * wtl +
      ((tr >>> 16) & 255) * wtr +
      ((bl >>> 16) & 255) * wbl +
      ((br >>> 16) & 255) * wbr) >>>
    16;
  const a = ((tl >>> 24) * wtl + (tr >>> 24) * wtr + (bl >>> 24) * wbl + (br >>> 24) * wbr) >>> 16;
  return (a << 24) | (r << 16) | (g << 8) | b;
}
