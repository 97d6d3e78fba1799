import {
  bitmapFlag,
  imageFlag,
  type Image,
  type Palette,
} from '@spice-viewer/shared-protocol/channels/image.ts';
import {
  decodePure,
  decodeWithGlz,
  imageCodec,
  isPure,
  type PalettePayload,
} from '@spice-viewer/shared-protocol/codecs/decode-image.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import type { GlzWindow } from '@spice-viewer/shared-protocol/codecs/glz.ts';
import type { PixelPool } from '@spice-viewer/shared-protocol/codecs/pixel-pool.ts';
import type { PaletteTarget } from '@spice-viewer/shared-protocol/codecs/palette.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { u64ToString, type U64 } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type { ImageCache } from './image-cache.ts';
import type { ImageReference } from './image-roles.ts';
import type { PaletteCache } from './palette-cache.ts';
import { widenRow } from './pixel-row.ts';
import { is32, type RasterFormat } from './raster.ts';
import type { ResolvedImage } from './resolved-image.ts';
import { Surface } from './surface.ts';
import type { SurfaceStore } from './surface-store.ts';

/**
 * Why an image is not there yet.
 * - cache: the image cache lacks that id, or with `lossless` has it lossy only; try again when it changed
 * - window: the GLZ dictionary lacks that image; try again after `GlzWindow.onImage`
 * - browser: decode it with `decodeWithJpeg`, then hand the result to `accept`
 */
export type PendingImage =
  | { readonly pending: 'cache'; readonly id: U64; readonly lossless: boolean }
  | { readonly pending: 'window'; readonly missing: U64 }
  | { readonly pending: 'browser' };

export function isPending(resolution: ResolvedImage | PendingImage | null): resolution is PendingImage {
  return resolution !== null && 'pending' in resolution;
}

const browserPending: PendingImage = { pending: 'browser' };

/**
 * Turns the image references of one display channel into pixels, keeping the caches of
 * docs/protocol/images.md#image-cache and docs/protocol/images.md#palettes up to date.
 */
export class ImageResolver {
  readonly #surfaces: SurfaceStore;
  readonly #images: ImageCache;
  readonly #palettes: PaletteCache;
  readonly #glz: GlzWindow | undefined;
  readonly #pool: PixelPool | undefined;

  /** @param pool serves pictures that are not cached; hand them to `release` when they are drawn */
  constructor(
    surfaces: SurfaceStore,
    images: ImageCache,
    palettes: PaletteCache,
    glz?: GlzWindow,
    pool?: PixelPool,
  ) {
    this.#surfaces = surfaces;
    this.#images = images;
    this.#palettes = palettes;
    this.#glz = glz;
    this.#pool = pool;
  }

  /**
   * Decodes, looks up or fetches one image. To be called once for each reference of a message, in order; again only
   * if it was pending. The result is read-only. null stands for a surface that does not exist: nothing to draw.
   * @throws ProtocolError, CodecError
   */
  resolve(reference: ImageReference): ResolvedImage | PendingImage | null {
    const { image } = reference;
    const codec = imageCodec(image);
    switch (codec.needs) {
      case 'surface':
        return this.#surfaces.get(codec.surfaceId(image.payload)) ?? null;
      case 'cache': {
        const { lossless } = codec;
        return this.#images.get(image.id, lossless) ?? { pending: 'cache', id: image.id, lossless };
      }
      case 'browser':
        return browserPending;
      case 'window': {
        if (this.#glz === undefined) throw new ProtocolError('bad-value', 'no GLZ image', image.payload.kind);
        const decoded = decodeWithGlz(image, this.#glz);
        return 'missing' in decoded
          ? { pending: 'window', missing: decoded.missing }
          : this.accept(image, decoded);
      }
      case 'palette':
        return this.accept(image, this.#decodeWithPalette(reference));
      case 'nothing':
        return this.acceptFor(reference, decodePure(image, { target: '32', memory: this.#memoryFor(image) }));
    }
  }

  /** Nobody looks at this picture any more: its memory serves the next one, unless a cache or the window keeps it. */
  release({ image }: ImageReference, resolved: ResolvedImage): void {
    if (this.#memoryFor(image) === undefined || resolved instanceof Surface) return;
    this.#pool?.recycle(resolved);
  }

  #memoryFor(image: Image): PixelPool | undefined {
    const isKept = (image.flags & (imageFlag.cacheMe | imageFlag.cacheReplaceMe)) !== 0;
    return isKept || !isPure(image) ? undefined : this.#pool;
  }

  /** Caches what was decoded elsewhere (asynchronously, in a worker) as the descriptor asks. @returns the same pixels */
  accept(image: Image, decoded: DecodedImage): DecodedImage {
    if ((image.flags & imageFlag.cacheReplaceMe) !== 0) this.#images.replace(image.id, decoded);
    else if ((image.flags & imageFlag.cacheMe) !== 0) {
      this.#images.put(image.id, decoded, imageCodec(image).lossy === true);
    }
    return decoded;
  }

  /** As `accept`, for images that need nothing and were decoded in a worker, in the form that this reference wants. */
  acceptFor(reference: ImageReference, decoded: DecodedImage): DecodedImage {
    return this.accept(reference.image, asWanted(reference, decoded));
  }

  #decodeWithPalette(reference: ImageReference): DecodedImage {
    const { image, target } = reference;
    const palette = this.paletteOf(image);
    if (palette === undefined) {
      return decodePure(image, { target: paletteTargetOf(target), memory: this.#memoryFor(image) });
    }
    if (target === 'a1') return decodePure(asBits(image), { target: '32' });
    if (target === 'argb32' && hasArgbEntries(image) && keepsOriginal(reference)) {
      // Entries are whole ARGB words here, so HIGH_BITS_SET, for images without alpha, means nothing.
      const plain = { ...image, flags: image.flags & ~imageFlag.highBitsSet };
      const decoded = decodePure(plain, { target: '32', palette: palette.entries });
      return decoded.format === 'xrgb32' ? { ...decoded, format: 'argb32' } : decoded;
    }
    return decodePure(image, { target: paletteTargetOf(target), palette: palette.entries });
  }

  /**
   * The palette of an image that needs one, put into the cache or taken from there as its flags ask.
   * @throws ProtocolError for a cached palette that is not there
   */
  paletteOf(image: Image): Palette | undefined {
    const codec = imageCodec(image);
    if (codec.needs !== 'palette') return undefined;
    const payload = image.payload as PalettePayload;
    if (payload.paletteId !== undefined) {
      if (codec.usesPalette?.(payload) === false) return undefined;
      const cached = this.#palettes.get(payload.paletteId);
      if (cached !== undefined) return cached;
      throw new ProtocolError('bad-value', 'a palette that is cached', u64ToString(payload.paletteId));
    }
    const palette = payload.palette ?? undefined;
    if (palette !== undefined && (payload.flags & bitmapFlag.palCacheMe) !== 0) this.#palettes.put(palette);
    return palette;
  }
}

/** Whether the image is wanted as it was sent: to be cached, or for a draw that converts nothing. */
function keepsOriginal({ image, original }: ImageReference): boolean {
  return original === true || (image.flags & (imageFlag.cacheMe | imageFlag.cacheReplaceMe)) !== 0;
}

/**
 * Codecs with 16-bit colours expand them on the way to a 32-bit surface, leaving the top byte 0 that
 * conversions elsewhere set to 255.
 */
function asWanted(reference: ImageReference, decoded: DecodedImage): DecodedImage {
  const { image, target } = reference;
  if (decoded.format !== 'rgb555') return decoded;
  const codec = imageCodec(image);
  if (codec.needs === 'nothing' && codec.keeps16 === true) return decoded;
  if (!is32(target) || keepsOriginal(reference)) return decoded;
  const { width, height } = decoded;
  const pixels = new Uint32Array(width * height);
  widenRow('rgb555', decoded.pixels, 0, pixels.length, pixels, 0);
  if ((image.flags & imageFlag.highBitsSet) === 0) {
    for (let i = 0; i < pixels.length; i++) pixels[i] &= 0xffffff;
  }
  return { format: 'xrgb32', width, height, pixels };
}

/** How palettes are expanded for a surface (docs/protocol/images.md#palettes): x555 entries on 16-bit ones. */
export function paletteTargetOf(format: RasterFormat): PaletteTarget {
  return format === 'rgb555' || format === 'rgb565' ? '555' : '32';
}

/** As a mask only the bits count. */
function asBits(image: Image): Image {
  const codec = imageCodec(image);
  if (codec.needs !== 'palette' || codec.asBits === undefined) return image;
  return { ...image, payload: codec.asBits(image.payload) };
}

function hasArgbEntries(image: Image): boolean {
  const codec = imageCodec(image);
  return codec.needs === 'palette' && codec.argbEntries === true;
}
