import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { rop } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { blitRaster } from './blit.ts';
import type { ResolvedImages } from './image-roles.ts';
import type { Region } from './region.ts';
import { rop2Of } from './rop.ts';
import { placeSource } from './scale.ts';
import type { Surface } from './surface.ts';

/** DRAW_COPY, and DRAW_BLEND, which is the same: the source area, scaled to the box, through the rop. */
export function drawCopy(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawCopy'>,
  images: ResolvedImages,
): void {
  if (images.src === undefined) return;
  const { srcArea, base, scaleMode, ropDescriptor } = message;
  const source = placeSource(target, region, images.src, srcArea, base.box, scaleMode);
  if (source !== undefined) blitRaster(target, region, rop2Of(ropDescriptor, rop.inversSrc), source);
}
