/** What a frame's own bytes say. */
export interface VideoFrameInfo {
  /** whether a decoder can start here */
  readonly key: boolean;
  /** as WebCodecs wants it, where the frame says enough */
  readonly codec?: string;
  /** of the coded picture, where the frame says it */
  readonly width?: number;
  readonly height?: number;
}
