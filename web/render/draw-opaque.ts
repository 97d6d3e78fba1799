import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { rop } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { blitRaster } from './blit.ts';
import { paintBrush } from './brush.ts';
import type { ResolvedImages } from './image-roles.ts';
import type { Region } from './region.ts';
import { rop2, rop2Of } from './rop.ts';
import { placeSource } from './scale.ts';
import type { Surface } from './surface.ts';

/**
 * DRAW_OPAQUE: first the image is copied, then the brush combined with that. INVERS_SRC inverts the image,
 * INVERS_DEST means nothing here.
 */
export const drawOpaque = (
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawOpaque'>,
  images: ResolvedImages,
): void => {
  const { srcArea, base, scaleMode, ropDescriptor, brush } = message;
  const inverted = (ropDescriptor & rop.inversSrc) !== 0;
  const op = rop2Of(ropDescriptor & ~rop.inversDest, rop.inversBrush);
  if (images.src !== undefined) {
    const source = placeSource(target, region, images.src, srcArea, base.box, scaleMode);
    if (source !== undefined) blitRaster(target, region, inverted ? rop2.copy ^ 15 : rop2.copy, source);
  }
  paintBrush(target, region, op, brush, images.brush);
};
