import { threadEpochNow } from '../common/media-clock.ts';
import type { SpeakerReport, ToSpeaker } from '../threads/sound-messages.ts';

/** Seconds of sound that may be on the way to a worklet that does not run (yet): a page without a gesture. */
const MOST_UNDER_WAY = 2;
/** Milliseconds between two notes of what is heard. */
const NOTE_INTERVAL = 1000;

export interface SoundListener {
  /**
   * Sound of that multimedia time is played now.
   * @param at milliseconds since the epoch
   * @param delay milliseconds of sound that wait behind it
   */
  heard(time: number, at: number, delay: number): void;
}

/** The worker's end of the way to the worklet: leaves sound out rather than letting it pile up. */
export class SoundLink {
  report: SpeakerReport = { received: 0, level: 0, target: 0, underruns: 0, heard: undefined };
  readonly #port: MessagePort;
  #sent = 0;
  #rate = 48_000;
  #isGap = false;
  #isRunning = false;
  #noted = 0;

  constructor(port: MessagePort, listener: SoundListener) {
    this.#port = port;
    port.onmessage = (event: MessageEvent<SpeakerReport>) => {
      this.report = event.data;
      const { heard } = event.data;
      const now = threadEpochNow();
      if (heard === undefined || !this.#isRunning || now - this.#noted < NOTE_INTERVAL) return;
      this.#noted = now;
      listener.heard(heard, now, event.data.level * 1000);
    };
  }

  start(rate: number): void {
    this.#rate = rate;
    this.#isRunning = true;
    this.#noted = 0;
    this.#post({ kind: 'start', rate });
  }

  stop(): void {
    this.#isRunning = false;
    this.#post({ kind: 'stop' });
  }

  /** Takes both arrays. @param time multimedia time of the first frame */
  samples(left: Float32Array<ArrayBuffer>, right: Float32Array<ArrayBuffer>, time: number): void {
    if (this.#sent - this.report.received > MOST_UNDER_WAY * this.#rate) {
      this.#isGap = true;
      return;
    }
    this.#sent += left.length;
    this.#post({ kind: 'samples', left, right, time, afterGap: this.#isGap }, [left.buffer, right.buffer]);
    this.#isGap = false;
  }

  latency(seconds: number): void {
    this.#post({ kind: 'latency', seconds });
  }

  gain(left: number, right: number): void {
    this.#post({ kind: 'gain', left, right });
  }

  dispose(): void {
    this.#port.close();
  }

  #post(message: ToSpeaker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
