import type { DecodedImage } from './decoded-image.ts';

/** Where decoders take the memory of 32-bit pictures from. What it holds is undefined: decoders write every pixel. */
export interface PixelMemory {
  words(count: number): Uint32Array;
}

/** New memory each time. */
export const freshMemory: PixelMemory = { words: (count) => new Uint32Array(count) };

/** Smaller pictures are not worth keeping: new memory of this size costs little. */
const MIN_BYTES = 64 * 1024;
/** Free memory that a pool keeps by default. */
const MAX_FREE_BYTES = 48 * 1024 * 1024;

/**
 * Keeps the memory of pictures that were drawn for the next ones. First touching new pages costs more than decoding
 * screen contents does. One thread, one pool.
 */
export class PixelPool implements PixelMemory {
  readonly #maxFreeBytes: number;
  readonly #free: ArrayBufferLike[] = [];
  #freeSize = 0;

  constructor(options: { readonly maxFreeBytes?: number } = {}) {
    this.#maxFreeBytes = options.maxFreeBytes ?? MAX_FREE_BYTES;
  }

  get freeBytes(): number {
    return this.#freeSize;
  }

  /** The smallest free piece that is large enough and not more than twice as large, or new memory. */
  words(count: number): Uint32Array {
    const bytes = count * 4;
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const size = this.#free[i].byteLength;
      if (size >= bytes && size <= bytes * 2 && (best < 0 || size < this.#free[best].byteLength)) best = i;
    }
    if (best < 0) return new Uint32Array(count);
    const [buffer] = this.#free.splice(best, 1);
    this.#freeSize -= buffer!.byteLength;
    return new Uint32Array(buffer!, 0, count);
  }

  /**
   * Takes over the memory of a picture that nobody looks at any more. Only pictures that their holder owns: not those
   * of a GLZ window, not cached ones.
   */
  recycle(image: DecodedImage): void {
    const { buffer } = image.pixels;
    // A transferred buffer has no length left.
    if (buffer.byteLength < MIN_BYTES || this.#freeSize + buffer.byteLength > this.#maxFreeBytes) return;
    if (this.#free.includes(buffer)) return;
    this.#free.push(buffer);
    this.#freeSize += buffer.byteLength;
  }
}

const MAX_SCRATCH_BYTES = 16 * 1024 * 1024;
let scratch = new ArrayBuffer(0);

/**
 * Memory for the time of one decoder call: the same for each, with what the last one left in it. Decoders are
 * synchronous and do not call each other while they use it.
 */
export function scratchBuffer(bytes: number): ArrayBuffer {
  if (bytes > MAX_SCRATCH_BYTES) return new ArrayBuffer(bytes);
  if (bytes > scratch.byteLength) {
    scratch = new ArrayBuffer(Math.min(MAX_SCRATCH_BYTES, Math.ceil((bytes * 1.25) / 8) * 8));
  }
  return scratch;
}
