import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { maskFlag, type Base, type Mask } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { copyBits } from './copy-bits.ts';
import { drawAlphaBlend } from './draw-alpha-blend.ts';
import { drawBlackness, drawInvers, drawWhiteness } from './draw-blackness-whiteness-invers.ts';
import { drawComposite } from './draw-composite.ts';
import { drawCopy } from './draw-copy.ts';
import { drawFill } from './draw-fill.ts';
import { drawOpaque } from './draw-opaque.ts';
import { drawRop3 } from './draw-rop3.ts';
import { drawStroke } from './draw-stroke.ts';
import { drawText } from './draw-text.ts';
import { drawTransparent } from './draw-transparent.ts';
import {
  imageReferences,
  type DrawMessage,
  type ImageReference,
  type ResolvedImages,
} from './image-roles.ts';
import { intersectMask } from './mask.ts';
import { Region } from './region.ts';
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
    if (surface === undefined) return [];
    return imageReferences(
      draw,
      surface.format,
      draw.name !== 'drawText' || this.#wantsBackBrush(surface, draw.value),
    );
  }

  /** Any drawing message, by name. */
  draw({ name, value }: DrawMessage, images: ResolvedImages): void {
    switch (name) {
      case 'copyBits':
        return this.copyBits(value);
      case 'drawFill':
        return this.drawFill(value, images);
      case 'drawOpaque':
        return this.drawOpaque(value, images);
      case 'drawCopy':
        return this.drawCopy(value, images);
      case 'drawBlend':
        return this.drawBlend(value, images);
      case 'drawBlackness':
        return this.drawBlackness(value, images);
      case 'drawWhiteness':
        return this.drawWhiteness(value, images);
      case 'drawInvers':
        return this.drawInvers(value, images);
      case 'drawRop3':
        return this.drawRop3(value, images);
      case 'drawStroke':
        return this.drawStroke(value, images);
      case 'drawText':
        return this.drawText(value, images);
      case 'drawTransparent':
        return this.drawTransparent(value, images);
      case 'drawAlphaBlend':
        return this.drawAlphaBlend(value, images);
      case 'drawComposite':
        return this.drawComposite(value, images);
    }
  }

  copyBits(message: DisplayMessage<'copyBits'>): void {
    this.#paint(message.base, (surface, region) => copyBits(surface, region, message));
  }

  drawFill(message: DisplayMessage<'drawFill'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, (surface, region) => drawFill(surface, region, message, images));
  }

  drawOpaque(message: DisplayMessage<'drawOpaque'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, (surface, region) => drawOpaque(surface, region, message, images));
  }

  drawCopy(message: DisplayMessage<'drawCopy'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, (surface, region) => drawCopy(surface, region, message, images));
  }

  drawBlend(message: DisplayMessage<'drawBlend'>, images: ResolvedImages): void {
    this.drawCopy(message, images);
  }

  drawBlackness(message: DisplayMessage<'drawBlackness'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, drawBlackness);
  }

  drawWhiteness(message: DisplayMessage<'drawWhiteness'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, drawWhiteness);
  }

  drawInvers(message: DisplayMessage<'drawInvers'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, drawInvers);
  }

  drawRop3(message: DisplayMessage<'drawRop3'>, images: ResolvedImages): void {
    this.#paintMasked(message, images, (surface, region) => drawRop3(surface, region, message, images));
  }

  drawStroke(message: DisplayMessage<'drawStroke'>, images: ResolvedImages): void {
    this.#paint(message.base, (surface, region) => drawStroke(surface, region, message, images));
  }

  drawText(message: DisplayMessage<'drawText'>, images: ResolvedImages): void {
    this.#paint(message.base, (surface, region) => {
      this.#masked.setIntersection(region, message.backArea);
      drawText(surface, region, this.#masked, message, images);
    });
  }

  drawTransparent(message: DisplayMessage<'drawTransparent'>, images: ResolvedImages): void {
    this.#paint(message.base, (surface, region) => drawTransparent(surface, region, message, images));
  }

  drawAlphaBlend(message: DisplayMessage<'drawAlphaBlend'>, images: ResolvedImages): void {
    this.#paint(message.base, (surface, region) => drawAlphaBlend(surface, region, message, images));
  }

  drawComposite(message: DisplayMessage<'drawComposite'>, images: ResolvedImages): void {
    this.#paint(message.base, (surface, region) => drawComposite(surface, region, message, images));
  }

  /** Calls `draw` with the surface and the painted region, unless one of them is missing or empty. */
  #paint(base: Base, draw: (surface: Surface, region: Region) => void): void {
    const surface = this.surfaces.get(base.surfaceId);
    if (surface === undefined) return;
    this.#region.setPainted(base.box, surface.width, surface.height, base.clip);
    this.#paintRegion(surface, this.#region, draw);
  }

  #paintMasked(
    message: { readonly base: Base; readonly mask: Mask },
    images: ResolvedImages,
    draw: (surface: Surface, region: Region) => void,
  ): void {
    const { base, mask } = message;
    if (mask.image === null) {
      this.#paint(base, draw);
      return;
    }
    const surface = this.surfaces.get(base.surfaceId);
    if (surface === undefined || images.mask === undefined) return;
    this.#region.setPainted(base.box, surface.width, surface.height, base.clip);
    const inverse = (mask.flags & maskFlag.inverse) !== 0;
    const { left, top } = base.box;
    intersectMask(this.#region, this.#masked, images.mask, left, top, mask.position, inverse);
    this.#paintRegion(surface, this.#masked, draw);
  }

  #paintRegion(surface: Surface, region: Region, draw: (surface: Surface, region: Region) => void): void {
    if (region.empty) return;
    draw(surface, region);
    markDirty(surface, region);
  }

  /** DRAW_TEXT loads its back brush if back_area is painted, or for the caches' sake if nothing is painted. */
  #wantsBackBrush(surface: Surface, message: DisplayMessage<'drawText'>): boolean {
    this.#region.setPainted(message.base.box, surface.width, surface.height, message.base.clip);
    if (this.#region.empty) return true;
    this.#masked.setIntersection(this.#region, message.backArea);
    return !this.#masked.empty;
  }
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
