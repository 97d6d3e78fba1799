import type { VideoCodec } from '../api/settings.ts';

/** The profiles that servers make: all of a codec's must be decodable before it is announced. */
const profiles: Readonly<Record<Exclude<VideoCodec, 'mjpeg'>, readonly string[]>> = {
  vp8: ['vp8'],
  // spice-server's x264 takes what the screen gives: High 4:4:4 Predictive.
  h264: ['avc1.F40028'],
  vp9: ['vp09.00.40.08', 'vp09.01.40.08'],
  h265: ['hev1.1.6.L120.B0'],
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

/** The codecs that this browser decodes as servers make them. MJPEG always; the others need a secure page. */
export async function supportedVideoCodecs(): Promise<VideoCodec[]> {
  const asked = Object.entries(profiles).map(async ([name, codecs]) => {
    const answers = await Promise.all(codecs.map((codec) => isDecodable(codec)));
    return answers.every(Boolean) ? [name as VideoCodec] : [];
  });
  const answers = Promise.all(asked).then((found) => found.flat());
  const late = new Promise<VideoCodec[]>((resolve) => {
    setTimeout(() => resolve([]), ANSWER_LIMIT);
  });
  return ['mjpeg', ...(await Promise.race([answers, late]))];
}
