import type { Brush, Mask, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
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

/** Where the messages of a kind carry an image, and what for. */
export interface ImageUse<V> {
  readonly role: ImageRole;
  /** The reference in one of these messages, if it has one. */
  of(value: V): Image | null | undefined;
  /** as in ImageReference; otherwise the surface's format */
  readonly target?: RasterFormat;
  readonly original?: boolean;
  /** The image is of use there alone. */
  area?(value: V): Rect;
  /** The image narrows what is painted. */
  clips?(value: V): Mask;
}

export const qMask: ImageUse<{ readonly mask: Mask }> = {
  role: 'mask',
  of: ({ mask }) => mask.image,
  target: 'a1',
  clips: ({ mask }) => mask,
};

/** DRAW_COMPOSITE's own: its alpha weighs what is drawn. */
export const compositeMask: ImageUse<{ readonly mask: Image | undefined }> = {
  role: 'mask',
  of: ({ mask }) => mask,
};

export const src: ImageUse<{ readonly src: Image }> = {
  role: 'src',
  of: (value) => value.src,
};

export const brush: ImageUse<{ readonly brush: Brush }> = {
  role: 'brush',
  of: (value) => patternOf(value.brush),
};

export const foreBrush: ImageUse<{ readonly foreBrush: Brush }> = {
  role: 'foreBrush',
  of: (value) => patternOf(value.foreBrush),
};

export const backBrush: ImageUse<{ readonly backBrush: Brush; readonly backArea: Rect }> = {
  role: 'backBrush',
  of: (value) => patternOf(value.backBrush),
  area: ({ backArea }) => backArea,
};

function patternOf(one: Brush): Image | undefined {
  return one.kind === 'pattern' ? one.image : undefined;
}
