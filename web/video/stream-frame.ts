import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

/** A frame's own size and place (STREAM_DATA_SIZED), else the stream's. */
export interface FramePlace {
  readonly width: number;
  readonly height: number;
  readonly dest: Rect;
}

/** A frame on its way through the decoder to the screen. */
export interface StreamFrame {
  readonly sequence: number;
  readonly place: FramePlace;
  /** when it is to be shown and when it went into the decoder, milliseconds */
  readonly due: number;
  readonly given: number;
  /** not to be painted: something newer is on the surface */
  obsolete: boolean;
}
