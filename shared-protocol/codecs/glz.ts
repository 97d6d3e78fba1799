import { u64ToString, type U64 } from '../wire/u64.ts';
import { CodecError } from './codec-error.ts';
import { checkImageSize, type Image32, type ImageSize, flipRows } from './decoded-image.ts';
import { glzAlpha, glzRgb, glzRgb16, MISSING } from './glz-passes.ts';
import { IdIntervals } from './id-intervals.ts';
import { checkLzStart, checkPlausible, LZ_TYPE, u32be } from './lz-header.ts';

const HEADER_BYTES = 33;
const TOP_DOWN = 0x10;
const TWO_32 = 2 ** 32;

/** Pixels that a window holds at most by default: 256 MiB. Servers stay below the glz_window_size of INIT. */
export const MAX_GLZ_WINDOW_PIXELS = 64 * 1024 * 1024;
/** What an image counts at least, so that a crowd of tiny images is bounded too. */
const MIN_IMAGE_CHARGE = 256;

interface GlzHeader {
  readonly type: number;
  readonly topDown: boolean;
  readonly width: number;
  readonly height: number;
  readonly id: U64;
  readonly headDistance: number;
}

interface StoredImage {
  readonly pixels: Uint32Array;
  readonly headDistance: number;
}

/** Why a waiter was called: the image is there, or it will never be. */
export type GlzWaitResult = 'stored' | 'released';
export type GlzWaiter = (result: GlzWaitResult) => void;

/** An image that the one being decoded copies from has not been decoded yet. */
export interface GlzMissing {
  readonly missing: U64;
}

/** Big endian: u32 magic, version; u8 type | top_down << 4; u32 width, height, stride; u64 id; u32 win_head_dist. */
function readHeader(data: Uint8Array, expected: ImageSize | undefined): GlzHeader {
  checkLzStart('GLZ', data, HEADER_BYTES);
  const width = u32be(data, 9);
  const height = u32be(data, 13);
  checkImageSize('GLZ', 9, width, height, expected);
  return {
    type: data[8] & 15,
    topDown: (data[8] & TOP_DOWN) !== 0,
    width,
    height,
    id: { hi: u32be(data, 21), lo: u32be(data, 25) },
    headDistance: u32be(data, 29),
  };
}

/**
 * The dictionary of GLZ images, one for all display channels of a session. Images of all channels go through
 * `tryDecode`; one that copies from an image still on its way on another channel comes back as `missing` and is tried
 * again, from its start, after `onImage` called. Every image must be decoded, whether or not it will be drawn.
 *
 * Images leave when an image says that all below `id - win_head_dist` are dead, judged only from an image below which
 * none is missing (docs/protocol/images.md#glz-window).
 */
export class GlzWindow {
  readonly #maxPixels: number;
  /** Ids inside are numbers relative to the first id seen; a jump that a double cannot hold is refused. */
  #origin: U64 | undefined;
  readonly #images = new Map<number, StoredImage>();
  readonly #received = new IdIntervals();
  readonly #waiters = new Map<number, Set<GlzWaiter>>();
  /** Lowest id that any image's window reached to. */
  #lowestHead = Infinity;
  /** Ids from `lowestHead` up to this one (exclusive) have all been decoded. */
  #closedTo = -Infinity;
  /** Ids below are dead. */
  #deadBelow = -Infinity;
  /** No stored id is below. */
  #oldest = Infinity;
  #charged = 0;
  #closed = false;

  constructor(options: { readonly maxPixels?: number } = {}) {
    this.#maxPixels = options.maxPixels ?? MAX_GLZ_WINDOW_PIXELS;
  }

  get imageCount(): number {
    return this.#images.size;
  }

  /** Pixels held, tiny images rounded up. */
  get pixelCount(): number {
    return this.#charged;
  }

  /**
   * Decodes one image and stores it under its id. RGBA gives argb32, all others xrgb32 (RGB16 widened, top byte
   * arbitrary). The result is borrowed from the window and read-only: later images copy from the same pixels.
   * `data` is borrowed. Throws CodecError; nothing is stored then, nor when an image is missing.
   */
  tryDecode(data: Uint8Array, expected?: ImageSize): Image32 | GlzMissing {
    if (this.#closed) throw new CodecError('GLZ', 'closed', 0, 'an open window', 'a closed one');
    const header = readHeader(data, expected);
    const { type, width, height, id, topDown } = header;
    const count = width * height;
    checkPlausible('GLZ', data, HEADER_BYTES, count);
    if (this.#charged + count > this.#maxPixels) {
      throw new CodecError('GLZ', 'too-large', 9, `a window of at most ${this.#maxPixels} pixels`, 'more');
    }
    const key = this.#keyOf(id);
    let missing = 0;
    const find = (distance: number): Uint32Array | undefined => {
      missing = key - distance;
      const found = this.#images.get(missing);
      if (found === undefined) this.#checkMayCome(missing, key, id);
      return found?.pixels;
    };

    const pixels = new Uint32Array(count);
    let end: number;
    switch (type) {
      case LZ_TYPE.rgb24:
      case LZ_TYPE.rgb32:
        end = glzRgb(data, HEADER_BYTES, pixels, find);
        break;
      case LZ_TYPE.rgb16:
        end = glzRgb16(data, HEADER_BYTES, pixels, find);
        break;
      case LZ_TYPE.rgba:
        end = glzRgb(data, HEADER_BYTES, pixels, find);
        if (end !== MISSING) end = glzAlpha(data, end, pixels, find);
        break;
      default:
        throw new CodecError('GLZ', 'bad-header', 8, 'an LZ type from 6 to 9', type);
    }
    if (end === MISSING) return { missing: this.#idOf(missing) };

    this.#store(key, { pixels, headDistance: clampedHead(header) });
    const format = type === LZ_TYPE.rgba ? 'argb32' : 'xrgb32';
    if (topDown) return { format, width, height, pixels };
    const flipped = pixels.slice();
    flipRows(flipped, width, height);
    return { format, width, height, pixels: flipped };
  }

  /** As `tryDecode`, for callers that know that everything is there; a missing image is an error. */
  decode(data: Uint8Array, expected?: ImageSize): Image32 {
    const result = this.tryDecode(data, expected);
    if ('missing' in result) {
      throw new CodecError('GLZ', 'bad-reference', 0, 'an image in the window', u64ToString(result.missing));
    }
    return result;
  }

  has(id: U64): boolean {
    return this.#origin !== undefined && this.#images.has(this.#keyOf(id));
  }

  /**
   * Calls back once: when the image is stored (at once if it is), or when the window is cleared or closed. The call
   * comes from inside another channel's `tryDecode`, so do little in it. Returns a function that withdraws the waiter,
   * for a channel that goes away.
   */
  onImage(id: U64, waiter: GlzWaiter): () => void {
    if (this.#closed) {
      waiter('released');
      return () => {};
    }
    const key = this.#keyOf(id);
    if (this.#images.has(key)) {
      waiter('stored');
      return () => {};
    }
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters);
    waiters.add(waiter);
    return () => {
      if (waiters.delete(waiter) && waiters.size === 0) this.#waiters.delete(key);
    };
  }

  /** Empties the dictionary, as on a switch of hosts; ids may go on or start anew. Waiters are released. */
  clear(): void {
    this.#origin = undefined;
    this.#images.clear();
    this.#received.clear();
    this.#lowestHead = Infinity;
    this.#closedTo = -Infinity;
    this.#deadBelow = -Infinity;
    this.#oldest = Infinity;
    this.#charged = 0;
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const set of waiters) for (const waiter of set) waiter('released');
  }

  /** Empties the dictionary for good. */
  close(): void {
    this.#closed = true;
    this.clear();
  }

  #keyOf(id: U64): number {
    this.#origin ??= id;
    const key = (id.hi - this.#origin.hi) * TWO_32 + (id.lo - this.#origin.lo);
    if (!Number.isSafeInteger(key)) {
      throw new CodecError('GLZ', 'bad-reference', 21, 'an id near the others', u64ToString(id));
    }
    return key;
  }

  #idOf(key: number): U64 {
    const origin = this.#origin!;
    const lo = origin.lo + key;
    const carry = Math.floor(lo / TWO_32);
    return { hi: origin.hi + carry, lo: lo - carry * TWO_32 };
  }

  /** A reference to an image that can never come any more is an error instead of an endless wait. */
  #checkMayCome(wanted: number, key: number, id: U64): void {
    const distance = key - wanted;
    const beforeFirst = id.hi === 0 && distance > id.lo;
    // Only images that are not late are bound by what was declared dead.
    if (beforeFirst || (wanted < this.#deadBelow && key >= this.#closedTo)) {
      throw new CodecError('GLZ', 'bad-reference', 0, 'an image of the window', `${distance} images before`);
    }
  }

  #store(key: number, image: StoredImage): void {
    const replaced = this.#images.get(key);
    if (replaced !== undefined) this.#charged -= chargeOf(replaced);
    this.#images.set(key, image);
    this.#charged += chargeOf(image);
    if (key < this.#oldest) this.#oldest = key;
    this.#received.add(key);
    this.#lowestHead = Math.min(this.#lowestHead, key - image.headDistance);
    this.#evict();

    const waiters = this.#waiters.get(key);
    if (waiters === undefined) return;
    this.#waiters.delete(key);
    for (const waiter of waiters) waiter('stored');
  }

  #evict(): void {
    this.#closedTo = this.#received.endOfRunFrom(this.#lowestHead);
    const last = this.#images.get(this.#closedTo - 1);
    if (last === undefined) return;
    const limit = this.#closedTo - 1 - last.headDistance;
    if (limit > this.#deadBelow) this.#deadBelow = limit;
    for (; this.#oldest < limit; this.#oldest++) {
      const image = this.#images.get(this.#oldest);
      if (image === undefined) continue;
      this.#charged -= chargeOf(image);
      this.#images.delete(this.#oldest);
    }
  }
}

/** Windows do not reach below id 0. */
function clampedHead({ id, headDistance }: GlzHeader): number {
  return id.hi === 0 && id.lo < headDistance ? id.lo : headDistance;
}

function chargeOf(image: StoredImage): number {
  return Math.max(image.pixels.length, MIN_IMAGE_CHARGE);
}
