import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { clipHeight, clipWidth, paintClip } from './clip/paint-clip.ts';
import { offsetRect } from './region.ts';
import { DesktopWindow, titleHeight } from './window.ts';

/**
 * Where the clip is played: each display channel streams it there, in a codec that its client has. On the screen itself
 * is the clip's first picture, which clients without video see.
 */
export class VideoWindow extends DesktopWindow {
  constructor(x: number, y: number) {
    super({
      x,
      y,
      width: clipWidth + 2,
      height: clipHeight + titleHeight + 2,
      title: 'Video',
      background: 0,
    });
    this.bitmap.blit(paintClip(0), this.content.left, this.content.top);
  }

  /** Where the clip is on the screen, covered or not. */
  get place(): Rect {
    return offsetRect(this.content, this.x, this.y);
  }
}
