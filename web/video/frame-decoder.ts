/** A decoded picture in memory of its own. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** 0xAARRGGBB words, rows from the top without padding, opaque; may be longer than needed */
  readonly pixels: Uint32Array;
  /** Gives the memory back for later pictures. */
  release(): void;
}

export interface FrameDecoderEvents {
  /** Whether the picture of that frame will be used: where not, it is not even copied. */
  wants(sequence: number): boolean;
  /** In the order of the frames; a frame may give no picture. */
  picture(sequence: number, picture: DecodedPicture): void;
  /** The frame was decoded or given up, and gives no picture. */
  skipped(sequence: number): void;
  /** The decoder is of no use any more; nothing else is called. */
  failed(error: Error): void;
}

/** What a decoder is made for. */
export interface DecoderFormat {
  /** as WebCodecs names it; '' for MJPEG */
  readonly codec: string;
  /** of the picture */
  readonly height: number;
}

/** What a stream decodes its frames with. */
export interface FrameDecoder {
  /** @param data borrowed during the call */
  decode(data: Uint8Array, sequence: number, key: boolean): void;
  /** Calls nothing any more, releases all. */
  close(): void;
}
