import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { CLIP_HEIGHT, CLIP_WIDTH, paintClip } from './clip/paint-clip.ts';
import { offsetRect } from './region.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

/**
 * Where the clip is played: each display channel streams it there, in a codec that its client has. On the screen itself
 * is the clip's first picture, which clients without video see.
 */
export class VideoWindow extends DesktopWindow {
  constructor(x: number, y: number) {
    super({
      x,
      y,
      width: CLIP_WIDTH + 2,
      height: CLIP_HEIGHT + TITLE_HEIGHT + 2,
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
