import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import type { displayClientTable } from '@spice-viewer/shared-protocol/channels/display-messages.ts';

export type StreamReport = MessageValue<typeof displayClientTable, 'streamReport'>;

/** Late frames in a row after which the server is told at once. */
const DROPS_TO_TELL = 3;
const NO_PLAYBACK = 0xffff_ffff;

/**
 * What the server asked to be told about a stream (STREAM_ACTIVATE_REPORT), counted (docs/protocol/streams.md#reports).
 */
export class StreamReporter {
  readonly #asked: { streamId: number; uniqueId: number; maxWindow: number; timeout: number };
  readonly #send: (report: StreamReport) => void;
  #frames = 0;
  #drops = 0;
  #dropsInARow = 0;
  #startTime = 0;
  #startedAt = 0;

  constructor(
    asked: { streamId: number; uniqueId: number; maxWindow: number; timeout: number },
    send: (report: StreamReport) => void,
  ) {
    this.#asked = asked;
    this.#send = send;
  }

  /**
   * Counts a received frame.
   * @param margin milliseconds until it is due; negative when it came too late
   * @param now milliseconds
   * @param soundDelay milliseconds that sound takes to the ear, while there is some
   */
  frame(multiMediaTime: number, margin: number, now: number, soundDelay?: number): void {
    if (this.#frames === 0) {
      this.#startTime = multiMediaTime;
      this.#startedAt = now;
    }
    this.#frames++;
    this.#dropsInARow = margin < 0 ? this.#dropsInARow + 1 : 0;
    if (margin < 0) this.#drops++;
    const { maxWindow, timeout, streamId, uniqueId } = this.#asked;
    const isDue =
      this.#frames >= maxWindow || now - this.#startedAt >= timeout || this.#dropsInARow >= DROPS_TO_TELL;
    if (!isDue) return;
    this.#send({
      streamId,
      uniqueId,
      startFrameMultiMediaTime: this.#startTime,
      endFrameMultiMediaTime: multiMediaTime,
      frames: this.#frames,
      drops: this.#drops,
      lastFrameDelay: margin,
      audioDelay: soundDelay ?? NO_PLAYBACK,
    });
    this.#frames = 0;
    this.#drops = 0;
    this.#dropsInARow = 0;
  }
}

/** Tells the server to send pictures in place of a stream that cannot be decoded. */
export function unsupportedReport(streamId: number): StreamReport {
  return {
    streamId,
    uniqueId: 0,
    startFrameMultiMediaTime: 0,
    endFrameMultiMediaTime: 0,
    frames: 0,
    drops: 0xffff_ffff,
    lastFrameDelay: 0,
    audioDelay: 0,
  };
}
