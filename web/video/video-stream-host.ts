import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import type { Surface } from '../render/surface.ts';
import type { DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import type { MediaClock } from '../common/media-clock.ts';
import type { StreamReport } from './stream-reporter.ts';

/** What a stream needs of the world around it. */
export interface VideoStreamHost {
  readonly clock: MediaClock;
  /** milliseconds */
  now(): number;
  /** Calls back once after so many milliseconds. @returns what cancels it */
  later(milliseconds: number, act: () => void): () => void;
  surface(id: number): Surface | undefined;
  painted(): void;
  /** The decoder has room again for the message that waits. */
  roomMade(): void;
  report(report: StreamReport): void;
  /** Frames come later than their sound, again and again. @param milliseconds by how much */
  lateForSound(milliseconds: number): void;
  /** The stream is given up. */
  undecodable(id: number, codec: VideoCodecName, reason: string): void;
  /** May throw. */
  createDecoder(
    name: VideoCodecName,
    format: DecoderFormat,
    software: boolean,
    events: FrameDecoderEvents,
  ): FrameDecoder;
  /** Software showed what another decoder could not: later streams begin with it. */
  hardwareFailed(): void;
  readonly softwareOnly: boolean;
  /** Whether the user leaves it to us to try software where another decoder failed. */
  readonly mayTrySoftware: boolean;
  usesHardware(codec: string): Promise<boolean>;
}
