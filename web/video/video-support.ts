import { videoCodec } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';

const capability: Readonly<Record<VideoCodecName, number>> = {
  mjpeg: displayCapability.codecMjpeg,
  vp8: displayCapability.codecVp8,
  h264: displayCapability.codecH264,
  vp9: displayCapability.codecVp9,
  h265: displayCapability.codecH265,
};

/** What to ask for when the server's own choice cannot be shown: what is small and surely decoded, then what always is. */
export const fallbackOrder: readonly VideoCodecName[] = ['vp8', 'mjpeg', 'h264', 'vp9', 'h265'];

/** What a display channel announces for these codecs. Without any, servers send pictures in place of video. */
export function videoCapabilities(codecs: readonly VideoCodecName[]): number[] {
  const bits: number[] = [displayCapability.multiCodec];
  if (codecs.length > 0) bits.push(displayCapability.sizedStream, displayCapability.streamReport);
  return [...bits, ...codecs.map((name) => capability[name])];
}

/** The name of a codec number on the wire. */
export function videoCodecName(code: number): VideoCodecName | undefined {
  return (Object.keys(videoCodec) as VideoCodecName[]).find((name) => videoCodec[name] === code);
}
