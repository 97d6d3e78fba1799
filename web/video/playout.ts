/** The most that a frame waits to even out the network, milliseconds. */
const MAX_DELAY = 120;
/** How fast the memory of a slow frame fades, milliseconds for each frame. */
const FADING = 0.25;

/**
 * When to show frames that arrive unevenly. Without sound nothing asks for the server's 400 ms of latency, so frames
 * are shown as far apart as they were made, and no later than the slowest of the recent ones had to be.
 */
export class Playout {
  /** the slowest recent frame's margin */
  #slowest = Infinity;

  /** @param margin milliseconds from now to the frame's multimedia time @returns milliseconds to wait, 0 or more */
  delay(margin: number): number {
    this.#slowest = Math.max(margin - MAX_DELAY, Math.min(margin, this.#slowest + FADING));
    return margin - this.#slowest;
  }

  /** The sender restarted. */
  reset(): void {
    this.#slowest = Infinity;
  }
}
