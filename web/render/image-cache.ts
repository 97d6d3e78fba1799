import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import { U64Map, type U64 } from '@spice-viewer/shared-protocol/wire/u64.ts';

interface Entry {
  image: DecodedImage;
  /** how often the server told to cache it, less how often to drop it */
  uses: number;
  lossy: boolean;
}

/**
 * The image cache of a session (docs/protocol/images.md#image-cache), shared by all its display channels. It never
 * evicts by itself: the server keeps to the size that INIT announced. Images are kept in the format in which they were
 * decoded.
 */
export class ImageCache {
  readonly #entries = new U64Map<Entry>();
  #pixelCount = 0;

  /** Of all cached images together. */
  get pixels(): number {
    return this.#pixelCount;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** FROM_CACHE, or with `lossless` FROM_CACHE_LOSSLESS, which a lossy entry does not satisfy. */
  get(id: U64, lossless = false): DecodedImage | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || (lossless && entry.lossy) ? undefined : entry.image;
  }

  /** CACHE_ME: one use more; an image already there is replaced. */
  put(id: U64, image: DecodedImage, lossy: boolean): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.#entries.set(id, { image, uses: 1, lossy });
      this.#pixelCount += pixelsOf(image);
      return;
    }
    // Without a use it is a replacement that came before what it replaces.
    if (entry.uses > 0) this.#change(entry, image, lossy);
    entry.uses++;
  }

  /**
   * CACHE_REPLACE_ME: other, lossless pixels for the same uses. An entry that is not there yet is under way on
   * another display channel; its use is counted when it comes.
   */
  replace(id: U64, image: DecodedImage): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      this.#change(entry, image, false);
      return;
    }
    this.#entries.set(id, { image, uses: 0, lossy: false });
    this.#pixelCount += pixelsOf(image);
  }

  /** INVAL_LIST: one use less; without any the image goes. */
  release(id: U64): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.uses--;
    if (entry.uses > 0) return;
    this.#entries.delete(id);
    this.#pixelCount -= pixelsOf(entry.image);
  }

  /** INVAL_ALL_PIXMAPS */
  clear(): void {
    this.#entries.clear();
    this.#pixelCount = 0;
  }

  #change(entry: Entry, image: DecodedImage, lossy: boolean): void {
    this.#pixelCount += pixelsOf(image) - pixelsOf(entry.image);
    entry.image = image;
    entry.lossy = lossy;
  }
}

function pixelsOf(image: DecodedImage): number {
  return image.width * image.height;
}
