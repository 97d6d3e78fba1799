import type { Transform } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { floorMod } from './brush.ts';
import { floatsOf, type WordsToFloats } from './composite-pixel-floats.ts';
import { convertArea } from './image-convert.ts';
import { widenRow } from './pixel-row.ts';
import { is16, type PixelArray, type Raster, type RasterFormat } from './raster.ts';
import { interpolate, weightOf } from './scale.ts';

export const compositeRepeat = { none: 0, normal: 1, pad: 2, reflect: 3 } as const;

const identity: Transform = { t00: 65536, t01: 0, t02: 0, t10: 0, t11: 65536, t12: 0 };

function isIdentity({ t00, t01, t02, t10, t11, t12 }: Transform): boolean {
  return t00 === 65536 && t01 === 0 && t02 === 0 && t10 === 0 && t11 === 65536 && t12 === 0;
}

/** What the reference takes for a transform after which interpolation reads single pixels. */
function movesWholePixels({ t00, t01, t02, t10, t11, t12 }: Transform): boolean {
  return (
    ((t00 | t01 | t02 | t10 | t11 | t12) & 0xffff) === 0 &&
    (((t00 + t01) & (t10 + t11)) >> 16) % 2 === 1 &&
    Math.max(Math.abs(t02), Math.abs(t12)) <= 30_000 * 65536
  );
}

/** Every single step is rounded to single precision. */
const f = Math.fround;

/** The fraction of a 16.16 position, exact. */
function fractionOf(position: number): number {
  return position / 65536 - Math.floor(position / 65536);
}

/** Filters that interpolate: good, best, bilinear. The others (fast, nearest) take the nearest pixel. */
function isBilinear(filter: number): boolean {
  return filter === 1 || filter === 2 || filter === 4;
}

/**
 * The source or mask of a DRAW_COMPOSITE: gives premultiplied 0xAARRGGBB words for pixels counted from the box's
 * corner, through origin, transform, repeat and filter (docs/protocol/drawing.md#composite).
 */
export class CompositeSource {
  readonly #words: Uint32Array;
  /** added to every pixel inside of the image: the alpha of formats without */
  readonly #opaque: number;
  readonly #formatOpaque: boolean;
  readonly #width: number;
  readonly #height: number;
  readonly #origin: { readonly x: number; readonly y: number };
  readonly #transform: Transform | undefined;
  readonly #repeat: number;
  readonly #bilinear: boolean;
  readonly #toFloats: WordsToFloats;
  readonly #taps = new Uint32Array(4);
  readonly #tapFloats = new Float32Array(16);
  #rowWords = new Uint32Array(0);

  /**
   * Whether the reference reads this as a source pixel by pixel, and then skips those under an empty mask. What was
   * read for the row above stays there, which only the HSL modes show.
   */
  readonly skipsMasked: boolean;

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
    this.#width = image.width;
    this.#height = image.height;
    this.#origin = origin;
    this.#transform = transform !== undefined && isIdentity(transform) ? undefined : transform;
    this.#repeat = repeat;
    const single = image.width === 1 && image.height === 1 && repeat !== compositeRepeat.none;
    this.#bilinear = this.#transform !== undefined && isBilinear(filter) && !single;
    this.#toFloats = floatsOf(kept);
    this.skipsMasked =
      !single &&
      (this.#transform !== undefined || repeat === compositeRepeat.pad || repeat === compositeRepeat.reflect);
    this.#formatOpaque = kept === 'xrgb32' || is16(kept);
    this.#opaque = kept === 'xrgb32' ? 0xff000000 | 0 : 0;
    this.#words = wordsOf(image, kept, target);
  }

  /** Reads `count` pixels from (x, y) on. */
  row(x: number, y: number, count: number, out: Uint32Array): void {
    if (this.#width === 0 || this.#height === 0) out.fill(0, 0, count);
    else if (this.#transform === undefined) this.#plainRow(x, y, count, out);
    else this.#transformedRow(this.#transform, x, y, count, out);
  }

  /**
   * Reads `count` pixels from (x, y) on as four floats each: alpha, red, green, blue from 0 to 1.
   * @param at index in `out` where the first one goes
   */
  floatRow(x: number, y: number, count: number, out: Float32Array, at: number): void {
    if (this.#bilinear && this.#width > 0 && this.#height > 0) {
      this.#bilinearFloatRow(x, y, count, out, at);
      return;
    }
    if (this.#rowWords.length < count) this.#rowWords = new Uint32Array(count);
    this.row(x, y, count, this.#rowWords);
    this.#toFloats(this.#rowWords, count, out, at);
  }

  /** Whether every pixel of a box of that size is opaque because of the image's format. */
  isOpaque(boxWidth: number, boxHeight: number): boolean {
    if (!this.#formatOpaque) return false;
    if (this.#repeat !== compositeRepeat.none) return true;
    const right = boxWidth - 1;
    const bottom = boxHeight - 1;
    return (
      this.#reaches(0, 0) &&
      this.#reaches(right, 0) &&
      this.#reaches(0, bottom) &&
      this.#reaches(right, bottom)
    );
  }

  /** Whether all that is read for a pixel of the box lies inside of the image. */
  #reaches(x: number, y: number): boolean {
    const { u, v } = this.#position(x, y);
    const interpolates =
      this.#bilinear && !(this.#transform !== undefined && movesWholePixels(this.#transform));
    const before = interpolates ? 0x8000 : 1;
    const after = interpolates ? 0x8000 : -1;
    return u >= before && v >= before && u + after < this.#width * 65536 && v + after < this.#height * 65536;
  }

  #plainRow(x: number, y: number, count: number, out: Uint32Array): void {
    const words = this.#words;
    const opaque = this.#opaque;
    const width = this.#width;
    const height = this.#height;
    const repeat = this.#repeat;
    const row = repeated(y + this.#origin.y, height, repeat);
    if (row < 0) {
      out.fill(0, 0, count);
      return;
    }
    const from = row * width;
    const first = x + this.#origin.x;
    for (let i = 0; i < count; i++) {
      const column = repeated(first + i, width, repeat);
      out[i] = column < 0 ? 0 : words[from + column] | opaque;
    }
  }

  #transformedRow(transform: Transform, x: number, y: number, count: number, out: Uint32Array): void {
    const { t00, t10 } = transform;
    let { u, v } = this.#position(x, y);
    for (let i = 0; i < count; i++, u += t00, v += t10) {
      out[i] = this.#bilinear ? this.#bilinearAt(u, v) : this.#nearestAt(u, v);
    }
  }

  /** The 16.16 position in the image of a pixel of the box. */
  #position(x: number, y: number): { u: number; v: number } {
    const { t00, t01, t02, t10, t11, t12 } = this.#transform ?? identity;
    const px = x + this.#origin.x;
    const py = y + this.#origin.y;
    // Pixel centres lie half a unit further, so (t * 0x8000 + ...) >> 16 is what whole numbers leave.
    return {
      u: t00 * px + t01 * py + t02 + Math.floor((t00 + t01 + 1) / 2),
      v: t10 * px + t11 * py + t12 + Math.floor((t10 + t11 + 1) / 2),
    };
  }

  #nearestAt(u: number, v: number): number {
    return this.#pixel(
      repeated(Math.floor((u - 1) / 65536), this.#width, this.#repeat),
      repeated(Math.floor((v - 1) / 65536), this.#height, this.#repeat),
    );
  }

  #bilinearAt(u: number, v: number): number {
    this.#readTaps(u, v);
    const taps = this.#taps;
    return interpolate(taps[0], taps[1], taps[2], taps[3], weightOf(u - 0x8000), weightOf(v - 0x8000));
  }

  #bilinearFloatRow(x: number, y: number, count: number, out: Float32Array, at: number): void {
    const toFloats = this.#toFloats;
    const taps = this.#taps;
    const tapFloats = this.#tapFloats;
    const { t00, t10 } = this.#transform ?? identity;
    let { u, v } = this.#position(x, y);
    const end = at + 4 * count;
    for (let to = at; to < end; to += 4, u += t00, v += t10) {
      this.#readTaps(u, v);
      toFloats(taps, 4, tapFloats, 0);
      const right = fractionOf(u - 0x8000);
      const lower = fractionOf(v - 0x8000);
      const upperLeft = f((1 - right) * (1 - lower));
      const upperRight = f(right * (1 - lower));
      const lowerLeft = f((1 - right) * lower);
      const lowerRight = f(right * lower);
      for (let c = 0; c < 4; c++) {
        const upperSum = f(f(tapFloats[c] * upperLeft) + f(tapFloats[c + 4] * upperRight));
        out[to + c] = f(upperSum + f(tapFloats[c + 8] * lowerLeft)) + f(tapFloats[c + 12] * lowerRight);
      }
    }
  }

  /** Reads the four pixels around a position: upper left and right, lower left and right. */
  #readTaps(u: number, v: number): void {
    const width = this.#width;
    const height = this.#height;
    const repeat = this.#repeat;
    const taps = this.#taps;
    const left = Math.floor((u - 0x8000) / 65536);
    const upper = Math.floor((v - 0x8000) / 65536);
    const x0 = repeated(left, width, repeat);
    const x1 = repeated(left + 1, width, repeat);
    const y0 = repeated(upper, height, repeat);
    const y1 = repeated(upper + 1, height, repeat);
    taps[0] = this.#pixel(x0, y0);
    taps[1] = this.#pixel(x1, y0);
    taps[2] = this.#pixel(x0, y1);
    taps[3] = this.#pixel(x1, y1);
  }

  #pixel(x: number, y: number): number {
    return x < 0 || y < 0 ? 0 : this.#words[y * this.#width + x] | this.#opaque;
  }
}

/** The index inside 0..size that a repeat mode reads for any index, or -1 for transparent. */
function repeated(index: number, size: number, repeat: number): number {
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
}

function wordsOf(image: Raster, kept: RasterFormat, target: PixelArray): Uint32Array {
  const { pixels, width, height } = image;
  if (pixels instanceof Uint32Array && (kept === 'xrgb32' || kept === 'argb32')) {
    return pixels === target ? pixels.slice() : pixels;
  }
  const converted = kept === image.format ? image : convertArea(image, 0, 0, width, height, kept);
  const words = new Uint32Array(width * height);
  widenRow(kept, converted.pixels, 0, words.length, words, 0);
  return words;
}
