import { readH264 } from './h264-bitstream.ts';
import { readH265 } from './h265-bitstream.ts';
import type { VideoFrameInfo } from './video-frame-info.ts';
import { readVp8 } from './vp8-header.ts';
import { readVp9 } from './vp9-header.ts';

export type VideoCodecName = 'mjpeg' | 'vp8' | 'h264' | 'vp9' | 'h265';

/**
 * What a frame of a SPICE stream says of itself: the protocol has no flag for key frames and no codec string.
 * Throws CodecError.
 */
export function readVideoFrame(codec: VideoCodecName, data: Uint8Array): VideoFrameInfo {
  switch (codec) {
    case 'mjpeg':
      return { key: true };
    case 'vp8':
      return readVp8(data);
    case 'vp9':
      return readVp9(data);
    case 'h264':
      return readH264(data);
    case 'h265':
      return readH265(data);
  }
}
