import type { VideoFrameInfo } from './video-frame-info.ts';

/** Reads the frame tag of a VP8 frame (RFC 6386 section 9.1). */
export function readVp8(data: Uint8Array): VideoFrameInfo {
  const key =
    data.length >= 10 &&
    ((data[0] as number) & 1) === 0 &&
    data[3] === 0x9d &&
    data[4] === 0x01 &&
    data[5] === 0x2a;
  if (!key) return { key };
  const word = (at: number): number => ((data[at] as number) | ((data[at + 1] as number) << 8)) & 0x3fff;
  return { key, codec: 'vp8', width: word(6), height: word(8) };
}
