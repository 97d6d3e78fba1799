import {
  maskFlag,
  type Base,
  type Mask,
  type Rect,
} from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { clippingMask, drawCommand, imageReferences, type DrawMessage } from './draw-commands.ts';
import type { ImageReference, ResolvedImages } from './image-roles.ts';
import { intersectMask } from './mask.ts';
import { Region } from './region.ts';
import type { ResolvedImage } from './resolved-image.ts';
import { SurfaceStore } from './surface-store.ts';
import type { Surface } from './surface.ts';

/**
 * Draws the display channel's messages on its surfaces. Images are resolved by the caller before, in the order of
 * `imagesOf`; drawing itself is synchronous and keeps nothing of a message or an image. A message for an unknown
 * surface does nothing. What was painted on a primary is in its `dirty` region.
 */
export class DisplayRenderer {
  readonly surfaces: SurfaceStore;
  readonly #region = new Region();
  readonly #masked = new Region();

  constructor(surfaces = new SurfaceStore()) {
    this.surfaces = surfaces;
  }

  /** The images to resolve before `draw`; none if the surface is unknown, for then the message means nothing. */
  imagesOf(draw: DrawMessage): ImageReference[] {
    const surface = this.surfaces.get(draw.value.base.surfaceId);
    return surface === undefined ? [] : imageReferences(draw, surface.format, this.#isPainted);
  }

  draw(draw: DrawMessage, images: ResolvedImages): void {
    const { base } = draw.value;
    const surface = this.surfaces.get(base.surfaceId);
    if (surface === undefined) return;
    const mask = clippingMask(draw);
    const isMasked = mask !== undefined && mask.image !== null;
    if (isMasked && images.mask === undefined) return;
    this.#region.setPainted(base.box, surface.width, surface.height, base.clip);
    if (isMasked) this.#narrow(base, mask, images.mask as ResolvedImage);
    const region = isMasked ? this.#masked : this.#region;
    if (region.empty) return;
    drawCommand(draw.name).draw(surface, region, draw.value, images, isMasked ? this.#region : this.#masked);
    markDirty(surface, region);
  }

  #narrow({ box: { left, top } }: Base, { flags, position }: Mask, image: ResolvedImage): void {
    const isInverse = (flags & maskFlag.inverse) !== 0;
    intersectMask(this.#region, this.#masked, image, left, top, position, isInverse);
  }

  /** Whether a message paints that area, or nothing at all: then its images are loaded for the caches' sake. */
  readonly #isPainted = (base: Base, area: Rect): boolean => {
    const surface = this.surfaces.get(base.surfaceId);
    if (surface === undefined) return false;
    this.#region.setPainted(base.box, surface.width, surface.height, base.clip);
    if (this.#region.empty) return true;
    this.#masked.setIntersection(this.#region, area);
    return !this.#masked.empty;
  };
}

/** Rectangles are added one by one as long as they are few. */
const FEW_RECTS = 16;

function markDirty(surface: Surface, region: Region): void {
  if (!surface.primary) return;
  const { rects, count } = region;
  if (count <= FEW_RECTS) {
    for (let at = 0; at < count * 4; at += 4) {
      surface.dirty.add(rects[at], rects[at + 1], rects[at + 2], rects[at + 3]);
    }
    return;
  }
  const { left, top, right, bottom } = region.extents();
  surface.dirty.add(left, top, right, bottom);
}
