import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import type { VideoDecoderChoice } from '../api/public-types.ts';
import type { DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { MediaClock } from '../common/media-clock.ts';
import { MjpegDecoder } from './mjpeg-decoder.ts';
import { isInHardware, supportedVideoCodecs } from '../common/browser-codecs.ts';
import { WebCodecsDecoder } from './webcodecs-decoder.ts';

const accelerations = {
  auto: 'no-preference',
  hardware: 'prefer-hardware',
  software: 'prefer-software',
} as const;

/** What all video streams of a session share: the clock, the user's choices, what the browser can do. */
export class VideoContext {
  readonly clock = new MediaClock();
  /** what is announced; empty: no video at all */
  supported: readonly VideoCodecName[] = [];
  /** best first; what is not named comes last; empty leaves it to the server */
  preferred: readonly VideoCodecName[] = [];
  choice: VideoDecoderChoice = 'auto';
  /** Frames come that many milliseconds later than their sound: it is to wait for them. */
  lateForSound: (milliseconds: number) => void = () => {};
  #hardwareFailed = false;

  async askBrowser(): Promise<void> {
    this.supported = await supportedVideoCodecs();
  }

  get softwareOnly(): boolean {
    return this.choice === 'software' || (this.choice === 'auto' && this.#hardwareFailed);
  }

  get mayTrySoftware(): boolean {
    return this.choice === 'auto';
  }

  /** Software showed what hardware could not. */
  hardwareFailed(): void {
    this.#hardwareFailed = true;
  }

  /** @throws TypeError, ReferenceError where WebCodecs is missing */
  createDecoder(
    name: VideoCodecName,
    format: DecoderFormat,
    software: boolean,
    events: FrameDecoderEvents,
  ): FrameDecoder {
    if (name === 'mjpeg') return new MjpegDecoder(events);
    return new WebCodecsDecoder(format, software ? 'prefer-software' : accelerations[this.choice], events);
  }

  /** Browsers do not say which decoder they took; they take a hardware decoder where they have one. */
  async usesHardware(codec: string): Promise<boolean> {
    return !this.softwareOnly && (await isInHardware(codec));
  }
}
