const SPAN = 1000;
const MAX_ENTRIES = 1000;

/** Sums what happened in the last second. */
export class RateMeter {
  #entries: { time: number; amount: number }[] = [];

  /** @param time milliseconds */
  add(time: number, amount: number): void {
    this.#forget(time);
    this.#entries.push({ time, amount });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  perSecond(time: number): number {
    this.#forget(time);
    return this.#entries.reduce((sum, { amount }) => sum + amount, 0);
  }

  #forget(time: number): void {
    const first = this.#entries.findIndex((entry) => entry.time > time - SPAN);
    if (first !== 0) this.#entries = first < 0 ? [] : this.#entries.slice(first);
  }
}
