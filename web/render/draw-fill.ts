import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { rop } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { paintBrush } from './brush.ts';
import type { ResolvedImages } from './image-roles.ts';
import type { Region } from './region.ts';
import { rop2Of } from './rop.ts';
import type { Surface } from './surface.ts';

/** DRAW_FILL: the brush through the rop. */
export function drawFill(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawFill'>,
  images: ResolvedImages,
): void {
  paintBrush(target, region, rop2Of(message.ropDescriptor, rop.inversBrush), message.brush, images.brush);
}
