import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Brush, Mask } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import type { RasterFormat } from './raster.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** What a message uses an image for. `mask` is the QMask, or the mask of DRAW_COMPOSITE. */
export type ImageRole = 'src' | 'mask' | 'brush' | 'foreBrush' | 'backBrush';

/** The images of one message, resolved; a missing one paints nothing. */
export type ResolvedImages = { readonly [R in ImageRole]?: ResolvedImage };

/** One image reference of a message. */
export interface ImageReference {
  readonly role: ImageRole;
  readonly image: Image;
  /** What palettes are to be expanded for: the surface's format, or a1 for a QMask. */
  readonly target: RasterFormat;
  /** Whether the image is blended as it is, without becoming the target's format first (DRAW_ALPHA_BLEND). */
  readonly original?: boolean;
}

/** The messages that draw with a Base, all but COPY_BITS with images. */
export const drawNames = [
  'copyBits',
  'drawFill',
  'drawOpaque',
  'drawCopy',
  'drawBlend',
  'drawBlackness',
  'drawWhiteness',
  'drawInvers',
  'drawRop3',
  'drawStroke',
  'drawText',
  'drawTransparent',
  'drawAlphaBlend',
  'drawComposite',
] as const;

export type DrawName = (typeof drawNames)[number];

const names: ReadonlySet<string> = new Set(drawNames);

export function isDrawName(name: string): name is DrawName {
  return names.has(name);
}

/** A drawing message with its name, for those who handle all of them alike. */
export type DrawMessage = {
  [K in DrawName]: { readonly name: K; readonly value: DisplayMessage<K> };
}[DrawName];

/**
 * The image references of a drawing message in the order in which they are loaded. All of them are to be resolved
 * even if nothing is painted in the end, for what they put in the caches.
 * @param format the target surface's
 * @param withBackBrush whether DRAW_TEXT's back brush is wanted (DisplayRenderer.imagesOf knows)
 */
export function imageReferences(
  { name, value }: DrawMessage,
  format: RasterFormat,
  withBackBrush = true,
): ImageReference[] {
  const found: ImageReference[] = [];
  const addBrush = (role: ImageRole, brush: Brush): void => {
    if (brush.kind === 'pattern') found.push({ role, image: brush.image, target: format });
  };
  const addMask = (mask: Mask): void => {
    if (mask.image !== null) found.push({ role: 'mask', image: mask.image, target: 'a1' });
  };
  switch (name) {
    case 'copyBits':
      break;
    case 'drawFill':
      addMask(value.mask);
      addBrush('brush', value.brush);
      break;
    case 'drawOpaque':
    case 'drawRop3':
      addMask(value.mask);
      found.push({ role: 'src', image: value.src, target: format });
      addBrush('brush', value.brush);
      break;
    case 'drawCopy':
    case 'drawBlend':
      addMask(value.mask);
      found.push({ role: 'src', image: value.src, target: format });
      break;
    case 'drawBlackness':
    case 'drawWhiteness':
    case 'drawInvers':
      addMask(value.mask);
      break;
    case 'drawStroke':
      addBrush('brush', value.brush);
      break;
    case 'drawText':
      if (withBackBrush) addBrush('backBrush', value.backBrush);
      addBrush('foreBrush', value.foreBrush);
      break;
    case 'drawTransparent':
      found.push({ role: 'src', image: value.src, target: format });
      break;
    case 'drawAlphaBlend':
      found.push({ role: 'src', image: value.src, target: format, original: true });
      break;
    case 'drawComposite':
      found.push({ role: 'src', image: value.src, target: format });
      if (value.mask !== undefined) found.push({ role: 'mask', image: value.mask, target: format });
      break;
  }
  return found;
}
