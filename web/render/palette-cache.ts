import type { Palette } from '@spice-viewer/shared-protocol/channels/image.ts';
import { U64Map, type U64 } from '@spice-viewer/shared-protocol/wire/u64.ts';

/** Servers keep at most 128 palettes in a client's cache. */
export const MAX_CACHED_PALETTES = 4096;

/**
 * The palettes of one display channel, by their `unique` id (docs/protocol/images.md#palettes). They are not counted.
 */
export class PaletteCache {
  readonly #palettes = new U64Map<Palette>();

  get(id: U64): Palette | undefined {
    return this.#palettes.get(id);
  }

  /** PAL_CACHE_ME. Beyond the limit, which no server reaches, everything before is dropped. */
  put(palette: Palette): void {
    if (this.#palettes.size >= MAX_CACHED_PALETTES && !this.#palettes.has(palette.unique))
      this.#palettes.clear();
    this.#palettes.set(palette.unique, palette);
  }

  /** INVAL_PALETTE */
  remove(id: U64): void {
    this.#palettes.delete(id);
  }

  /** INVAL_ALL_PALETTES, RESET */
  clear(): void {
    this.#palettes.clear();
  }
}
