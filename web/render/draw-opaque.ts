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
 * DRAW_OPAQUE: first the image is copied, then the brush combined with that, which INVERS_SRC inverts. INVERS_DEST
 * means nothing here. If the operation would leave the image as it is, nothing is drawn at all.
 */
export function drawOpaque(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawOpaque'>,
  images: ResolvedImages,
): void {
  const { srcArea, base, scaleMode, ropDescriptor, brush } = message;
  const op = rop2Of(ropDescriptor, rop.inversBrush, rop.inversSrc);
  if (op === rop2.noop) return;
  if (images.src !== undefined) {
    const source = placeSource(target, region, images.src, srcArea, base.box, scaleMode);
    if (source !== undefined) blitRaster(target, region, rop2.copy, source);
  }
  paintBrush(target, region, op, brush, images.brush);
}
