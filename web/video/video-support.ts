import { videoCodec } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';

/** The profiles that servers make: all of a codec's must be decodable before it is announced. */
const profiles: Readonly<Record<Exclude<VideoCodecName, 'mjpeg'>, readonly string[]>> = {
  vp8: ['vp8'],
  // spice-server's x264 takes what the screen gives: High 4:4:4 Predictive.
  h264: ['avc1.F40028'],
  vp9: ['vp09.00.40.08', 'vp09.01.40.08'],
  h265: ['hev1.1.6.L120.B0'],
};

const capability: Readonly<Record<VideoCodecName, number>> = {
  mjpeg: displayCapability.codecMjpeg,
  vp8: displayCapability.codecVp8,
  h264: displayCapability.codecH264,
  vp9: displayCapability.codecVp9,
  h265: displayCapability.codecH265,
};

/** A browser that does not answer in this time has no codec but MJPEG, milliseconds. */
const ANSWER_LIMIT = 1500;

/** Whether the browser's decoder takes a codec, and one with that kind of decoder. */
export async function isDecodable(
  codec: string,
  hardwareAcceleration: HardwareAcceleration = 'no-preference',
): Promise<boolean> {
  if (typeof VideoDecoder === 'undefined') return false;
  try {
    const { supported } = await VideoDecoder.isConfigSupported({
      codec,
      hardwareAcceleration,
      codedWidth: 1280,
      codedHeight: 720,
      optimizeForLatency: true,
    });
    return supported === true;
  } catch {
    return false;
  }
}

/**
 * Whether the browser has a hardware decoder. Firefox and WebKit answer `prefer-hardware` with yes where there is none,
 * but know what saves power.
 */
export async function isInHardware(codec: string): Promise<boolean> {
  if (!(await isDecodable(codec, 'prefer-hardware'))) return false;
  const container = codec.startsWith('vp') ? 'webm' : 'mp4';
  try {
    const { powerEfficient } = await navigator.mediaCapabilities.decodingInfo({
      type: 'file',
      video: {
        contentType: `video/${container}; codecs="${codec}"`,
        width: 1280,
        height: 720,
        bitrate: 4_000_000,
        framerate: 30,
      },
    });
    return powerEfficient;
  } catch {
    return false;
  }
}

/** What to ask for when the server's own choice cannot be shown: what is small and surely decoded, then what always is. */
export const fallbackOrder: readonly VideoCodecName[] = ['vp8', 'mjpeg', 'h264', 'vp9', 'h265'];

/** The codecs that this browser decodes as servers make them. MJPEG always; the others need a secure page. */
export async function supportedVideoCodecs(): Promise<VideoCodecName[]> {
  const asked = Object.entries(profiles).map(async ([name, codecs]) => {
    const answers = await Promise.all(codecs.map((codec) => isDecodable(codec)));
    return answers.every(Boolean) ? [name as VideoCodecName] : [];
  });
  const answers = Promise.all(asked).then((found) => found.flat());
  const late = new Promise<VideoCodecName[]>((resolve) => {
    setTimeout(() => resolve([]), ANSWER_LIMIT);
  });
  return ['mjpeg', ...(await Promise.race([answers, late]))];
}

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
