import { threadEpochNow } from '../common/media-clock.ts';
import type { FromWorker } from '../threads/worker-messages.ts';

/** Which multimedia time counts: that of the sound that is heard, else the main channel's. */
export class MediaTimes {
  readonly #post: (message: FromWorker) => void;
  #main: { time: number; at: number } | undefined;
  #isHeard = false;

  constructor(post: (message: FromWorker) => void) {
    this.#post = post;
  }

  /** The server says it. @param at milliseconds since the epoch */
  said(time: number, at: number): void {
    this.#main = { time, at };
    if (!this.#isHeard) this.#post({ kind: 'mediaTime', time, at });
  }

  /** Sound of that time leaves for the loudspeaker. @param delay milliseconds of sound that wait behind it */
  heard(time: number, at: number, delay: number): void {
    this.#isHeard = true;
    this.#post({ kind: 'soundTime', time, at, delay });
  }

  /** The server's multimedia time now, u32 milliseconds. */
  now(): number {
    const main = this.#main;
    return main === undefined ? 0 : (main.time + Math.round(threadEpochNow() - main.at)) >>> 0;
  }

  silent(): void {
    if (this.#isHeard && this.#main !== undefined) this.#post({ kind: 'mediaTime', ...this.#main });
    this.#isHeard = false;
  }
}
