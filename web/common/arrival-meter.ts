import { timeDifference } from './media-clock.ts';

/** Servers' times of neighbouring packets are this uneven, milliseconds; more is a pause. */
export const SHORTEST_PAUSE = 60;

/** How unevenly the packets of a stream come: what the network and the machine do, before anything is done about it. */
export class ArrivalMeter {
  #first: { time: number; at: number } | undefined;
  /** when the next packet's first frame is due if the server goes on, u32 milliseconds */
  #next: number | undefined;
  #pauseCount = 0;
  #promptest = 0;
  #tardiest = 0;

  /** Milliseconds by which the tardiest packet came later than the promptest. */
  get latest(): number {
    return this.#tardiest - this.#promptest;
  }

  /** How often the server itself made no sound for a moment, without saying that it stops. */
  get pauses(): number {
    return this.#pauseCount;
  }

  /**
   * @param time multimedia time of its first frame, u32 milliseconds
   * @param duration milliseconds
   * @param at when it came, milliseconds
   */
  packet(time: number, duration: number, at: number): void {
    if (this.#next !== undefined && timeDifference(time, this.#next) > SHORTEST_PAUSE) this.#pauseCount++;
    this.#next = (time + Math.round(duration)) >>> 0;
    this.#first ??= { time, at };
    const late = at - this.#first.at - timeDifference(time, this.#first.time);
    this.#promptest = Math.min(this.#promptest, late);
    this.#tardiest = Math.max(this.#tardiest, late);
  }

  /** Another stream begins. */
  reset(): void {
    this.#first = undefined;
    this.#next = undefined;
    this.#promptest = 0;
    this.#tardiest = 0;
  }
}
