/**
 * Multimedia time: a u32 of milliseconds that wraps, kept by the server. This is the one place that knows it; the main
 * channel sets it, and so will sound while it plays. Threads agree on moments by the time since the epoch.
 */
export class MediaClock {
  readonly #epochNow: () => number;
  #time = 0;
  #at = 0;
  #known = false;
  #delay: number | undefined;

  constructor(epochNow: () => number = threadEpochNow) {
    this.#epochNow = epochNow;
  }

  /**
   * @param time multimedia time, u32 milliseconds
   * @param at when it was so: milliseconds since the epoch, as `epochNow` gives
   * @param soundDelay milliseconds from a sound's arrival to the ear; undefined while the guest makes no sound
   */
  set(time: number, at: number, soundDelay?: number): void {
    this.#time = time;
    this.#at = at;
    this.#known = true;
    this.#delay = soundDelay;
  }

  /** While sound plays, and this clock is slaved to it: milliseconds from a sound's arrival to the ear. */
  get soundDelay(): number | undefined {
    return this.#delay;
  }

  /** Whether the server said it. */
  get isKnown(): boolean {
    return this.#known;
  }

  /** Multimedia time now, u32. */
  now(): number {
    return (this.#time + Math.round(this.#epochNow() - this.#at)) >>> 0;
  }

  /** Milliseconds until that multimedia time; negative when it has passed. */
  until(time: number): number {
    return timeDifference(time, this.now());
  }
}

/** Milliseconds since the epoch on a clock that all threads of a page share, monotonic in each. */
export function threadEpochNow(): number {
  return performance.timeOrigin + performance.now();
}

/** a - b for wrapping u32 times. */
export function timeDifference(a: number, b: number): number {
  return (a - b) | 0;
}
