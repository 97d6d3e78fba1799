import type { Transform } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { floorMod } from './brush.ts';
import { convertArea } from './image-convert.ts';
import { widenRow } from './pixel-row.ts';
import { is16, type PixelArray, type Raster, type RasterFormat } from './raster.ts';
import { interpolate, weightOf } from './scale.ts';

export const compositeRepeat = { none: 0, normal: 1, pad: 2, reflect: 3 } as const;

const identity: Transform = { t00: 65536, t01: 0, t02: 0, t10: 0, t11: 65536, t12: 0 };

/** Filters that interpolate: good, best, bilinear. The others (fast, nearest) take the nearest pixel. */
const isBilinear = (filter: number): boolean => filter === 1 || filter === 2 || filter === 4;

/**
 * The source or mask of a DRAW_COMPOSITE: gives premultiplied 0xAARRGGBB words for pixels counted from the box's
 * corner, through origin, transform, repeat and filter (§4.6).
 */
export class CompositeSource {
  private readonly words: Uint32Array;
  /** added to every pixel inside of the image: the alpha of formats without */
  private readonly opaque: number;
  private readonly formatOpaque: boolean;
  private readonly width: number;
  private readonly height: number;
  private readonly origin: { readonly x: number; readonly y: number };
  private readonly transform: Transform | undefined;
  private readonly repeat: number;
  private readonly bilinear: boolean;

  /**
   * @param kept what the image is converted to first
   * @param target pixels that must not be read while drawing
   */
  constructor(
    image: Raster,
    kept: RasterFormat,
    target: PixelArray,
    origin: { readonly x: number; readonly y: number },
    transform: Transform | undefined,
    filter: number,
    repeat: number,
  ) {
    this.width = image.width;
    this.height = image.height;
    this.origin = origin;
    this.transform = transform;
    this.repeat = repeat;
    this.bilinear = transform !== undefined && isBilinear(filter);
    this.formatOpaque = kept === 'xrgb32' || is16(kept);
    this.opaque = kept === 'xrgb32' ? 0xff000000 | 0 : 0;
    this.words = wordsOf(image, kept, target);
  }

  /** Reads `count` pixels from (x, y) on. */
  row(x: number, y: number, count: number, out: Uint32Array): void {
    if (this.width === 0 || this.height === 0) out.fill(0, 0, count);
    else if (this.transform === undefined) this.plainRow(x, y, count, out);
    else this.transformedRow(this.transform, x, y, count, out);
  }

  /** Whether every pixel of a box of that size is opaque because of the image's format. */
  isOpaque(boxWidth: number, boxHeight: number): boolean {
    if (!this.formatOpaque) return false;
    if (this.repeat !== compositeRepeat.none) return true;
    const right = boxWidth - 1;
    const bottom = boxHeight - 1;
    return (
      this.reaches(0, 0) && this.reaches(right, 0) && this.reaches(0, bottom) && this.reaches(right, bottom)
    );
  }

  /** Whether all that is read for a pixel of the box lies inside of the image. */
  private reaches(x: number, y: number): boolean {
    const { t00, t01, t02, t10, t11, t12 } = this.transform ?? identity;
    const px = x + this.origin.x;
    const py = y + this.origin.y;
    const u = t00 * px + t01 * py + t02 + Math.floor((t00 + t01 + 1) / 2);
    const v = t10 * px + t11 * py + t12 + Math.floor((t10 + t11 + 1) / 2);
    const before = this.bilinear ? 0x8000 : 1;
    const after = this.bilinear ? 0x8000 : -1;
    return u >= before && v >= before && u + after < this.width * 65536 && v + after < this.height * 65536;
  }

  private plainRow(x: number, y: number, count: number, out: Uint32Array): void {
    const { words, width, height, repeat, opaque } = this;
    const row = repeated(y + this.origin.y, height, repeat);
    if (row < 0) {
      out.fill(0, 0, count);
      return;
    }
    const from = row * width;
    const first = x + this.origin.x;
    for (let i = 0; i < count; i += 1) {
      const column = repeated(first + i, width, repeat);
      out[i] = column < 0 ? 0 : words[from + column] | opaque;
    }
  }

  private transformedRow(transform: Transform, x: number, y: number, count: number, out: Uint32Array): void {
    const { t00, t01, t02, t10, t11, t12 } = transform;
    // Pixel centres lie half a unit further, so (t * 0x8000 + ...) >> 16 is what whole numbers leave.
    const px = x + this.origin.x;
    const py = y + this.origin.y;
    let u = t00 * px + t01 * py + t02 + Math.floor((t00 + t01 + 1) / 2);
    let v = t10 * px + t11 * py + t12 + Math.floor((t10 + t11 + 1) / 2);
    for (let i = 0; i < count; i += 1, u += t00, v += t10) {
      out[i] = this.bilinear ? this.bilinearAt(u, v) : this.nearestAt(u, v);
    }
  }

  private nearestAt(u: number, v: number): number {
    return this.pixel(
      repeated(Math.floor((u - 1) / 65536), this.width, this.repeat),
      repeated(Math.floor((v - 1) / 65536), this.height, this.repeat),
    );
  }

  private bilinearAt(u: number, v: number): number {
    const { width, height, repeat } = this;
    const left = Math.floor((u - 0x8000) / 65536);
    const upper = Math.floor((v - 0x8000) / 65536);
    const x0 = repeated(left, width, repeat);
    const x1 = repeated(left + 1, width, repeat);
    const y0 = repeated(upper, height, repeat);
    const y1 = repeated(upper + 1, height, repeat);
    return interpolate(
      this.pixel(x0, y0),
      this.pixel(x1, y0),
      this.pixel(x0, y1),
      this.pixel(x1, y1),
      weightOf(u - 0x8000),
      weightOf(v - 0x8000),
    );
  }

  private pixel(x: number, y: number): number {
    return x < 0 || y < 0 ? 0 : this.words[y * this.width + x] | this.opaque;
  }
}

/** The index inside 0..size that a repeat mode reads for any index, or -1 for transparent. */
const repeated = (index: number, size: number, repeat: number): number => {
  if (index >= 0 && index < size) return index;
  switch (repeat) {
    case compositeRepeat.normal:
      return floorMod(index, size);
    case compositeRepeat.pad:
      return index < 0 ? 0 : size - 1;
    case compositeRepeat.reflect: {
      const place = floorMod(index, 2 * size);
      return place < size ? place : 2 * size - 1 - place;
    }
    default:
      return -1;
  }
};

const wordsOf = (image: Raster, kept: RasterFormat, target: PixelArray): Uint32Array => {
  const { pixels, width, height } = image;
  if (pixels instanceof Uint32Array && (kept === 'xrgb32' || kept === 'argb32')) {
    return pixels === target ? pixels.slice() : pixels;
  }
  const converted = kept === image.format ? image : convertArea(image, 0, 0, width, height, kept);
  const words = new Uint32Array(width * height);
  widenRow(kept, converted.pixels, 0, words.length, words, 0);
  return words;
};
