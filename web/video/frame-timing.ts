import { timeDifference, type MediaClock } from '../common/media-clock.ts';
import { Playout } from './playout.ts';
import type { StreamReporter } from './stream-reporter.ts';

/** mm_time 0 means nothing; shown after this, milliseconds. */
const BOGUS_TIME_DELAY = 100;
/** The longest that a frame waits for its sound, milliseconds. */
const MAX_SOUND_WAIT = 1500;
/** So many frames in a row later than their sound, and the sound is to wait for them. */
const LATE_IN_A_ROW = 5;

export interface FrameTimingEvents {
  /** The sender started anew: what waits belongs to a time that will not come. */
  wentBack(): void;
  /** Frames come later than their sound, again and again. @param milliseconds by how much */
  lateForSound(milliseconds: number): void;
}

/** When the frames of one stream are to be shown. */
export class FrameTiming {
  /** what the server asked to be told */
  reporter: StreamReporter | undefined;
  readonly #clock: MediaClock;
  readonly #events: FrameTimingEvents;
  readonly #playout = new Playout();
  #lastTime: number | undefined;
  #late = 0;

  constructor(clock: MediaClock, events: FrameTimingEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /**
   * A frame has come.
   * @param multiMediaTime the server's, milliseconds (u32)
   * @param now milliseconds
   * @returns when to show it, milliseconds on the clock of `now`
   */
  dueTime(multiMediaTime: number, now: number): number {
    if (!this.#clock.isKnown || multiMediaTime === 0) {
      return now + (multiMediaTime === 0 ? BOGUS_TIME_DELAY : 0);
    }
    const margin = this.#clock.until(multiMediaTime);
    const { soundDelay } = this.#clock;
    this.reporter?.frame(multiMediaTime, margin, now, soundDelay);
    this.#countLate(soundDelay === undefined ? 0 : -margin);
    if (this.#lastTime !== undefined && timeDifference(multiMediaTime, this.#lastTime) < 0) {
      this.#events.wentBack();
      this.#playout.reset();
    }
    this.#lastTime = multiMediaTime;
    // What is heard decides; in silence nothing is won by waiting for the server's latency.
    if (soundDelay === undefined) return now + this.#playout.delay(margin);
    return now + Math.max(0, Math.min(margin, MAX_SOUND_WAIT));
  }

  /** @param late milliseconds after its sound */
  #countLate(late: number): void {
    this.#late = late > 0 ? this.#late + 1 : 0;
    if (this.#late < LATE_IN_A_ROW) return;
    this.#late = 0;
    this.#events.lateForSound(late);
  }
}
