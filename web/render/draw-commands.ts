import type {
  DisplayMessage,
  displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Base, Mask, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { copiedRect, copyBits } from './copy-bits.ts';
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
  backBrush,
  brush,
  compositeMask,
  foreBrush,
  qMask,
  src,
  type ImageReference,
  type ImageUse,
  type ResolvedImages,
} from './image-roles.ts';
import type { RasterFormat } from './raster.ts';
import type { Region } from './region.ts';
import type { Surface } from './surface.ts';

/** A message that draws with a Base. */
interface DrawCommand<V> {
  /** In the order in which they are loaded. */
  readonly images: readonly ImageUse<V>[];
  /**
   * Paints the region of a surface, which is not empty.
   * @param scratch a region for the command's own use, empty or not
   */
  draw(surface: Surface, region: Region, value: V, images: ResolvedImages, scratch: Region): void;
  /** What it reads of the surface on which it paints. */
  reads?(value: V): Rect;
}

/** Every drawing message: a new one is a row here, and its file. */
export const drawCommands = {
  copyBits: { images: [], draw: copyBits, reads: copiedRect },
  drawFill: { images: [qMask, brush], draw: drawFill },
  drawOpaque: { images: [qMask, src, brush], draw: drawOpaque },
  drawCopy: { images: [qMask, src], draw: drawCopy },
  drawBlend: { images: [qMask, src], draw: drawCopy },
  drawBlackness: { images: [qMask], draw: drawBlackness },
  drawWhiteness: { images: [qMask], draw: drawWhiteness },
  drawInvers: { images: [qMask], draw: drawInvers },
  drawRop3: { images: [qMask, src, brush], draw: drawRop3 },
  drawStroke: { images: [brush], draw: drawStroke },
  drawText: { images: [backBrush, foreBrush], draw: drawText },
  drawTransparent: { images: [src], draw: drawTransparent },
  drawAlphaBlend: { images: [{ ...src, original: true }], draw: drawAlphaBlend },
  drawComposite: { images: [src, compositeMask], draw: drawComposite },
} satisfies { readonly [K in keyof typeof displayServerTable]?: DrawCommand<DisplayMessage<K>> };

export type DrawName = keyof typeof drawCommands;

export const drawNames = Object.keys(drawCommands) as readonly DrawName[];

const names: ReadonlySet<string> = new Set(drawNames);

export function isDrawName(name: string): name is DrawName {
  return names.has(name);
}

/** A drawing message with its name, for those who handle all of them alike. */
export type DrawMessage = {
  [K in DrawName]: { readonly name: K; readonly value: DisplayMessage<K> };
}[DrawName];

/** The row of a message, to be used with that message's value. */
export function drawCommand(name: DrawName): DrawCommand<DrawMessage['value']> {
  return drawCommands[name] as DrawCommand<DrawMessage['value']>;
}

function isUsed(): boolean {
  return true;
}

/**
 * The image references of a drawing message in the order in which they are loaded. All of them are to be resolved
 * even if nothing is painted in the end, for what they put in the caches.
 * @param format the target surface's
 * @param isPainted whether an image is wanted that is of use only there (DisplayRenderer.imagesOf knows)
 */
export function imageReferences(
  { name, value }: DrawMessage,
  format: RasterFormat,
  isPainted: (base: Base, area: Rect) => boolean = isUsed,
): ImageReference[] {
  const found: ImageReference[] = [];
  for (const use of drawCommand(name).images) {
    const image = use.of(value);
    if (image === null || image === undefined) continue;
    if (use.area !== undefined && !isPainted(value.base, use.area(value))) continue;
    found.push({ role: use.role, image, target: use.target ?? format, original: use.original === true });
  }
  return found;
}

/** The mask that narrows what a message paints, if messages of its kind have one. */
export function clippingMask({ name, value }: DrawMessage): Mask | undefined {
  for (const use of drawCommand(name).images) if (use.clips !== undefined) return use.clips(value);
  return undefined;
}
