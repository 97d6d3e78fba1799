/**
 * The receiver's side of flow control (docs/protocol/link.md#acknowledgements): count every wire message (a LIST and a
 * carrier of sub-messages count once) before it is handled; SET_ACK starts a new window.
 */
export class AckWindow {
  #window = 0;
  #left = 0;

  /** SET_ACK came: the caller answers ACK_SYNC. A window of 0 wants no ACKs. */
  reset(window: number): void {
    this.#window = window;
    this.#left = window;
  }

  /** Counts one wire message; true when an ACK is due now. */
  count(): boolean {
    if (this.#window === 0) return false;
    this.#left--;
    if (this.#left > 0) return false;
    this.#left = this.#window;
    return true;
  }
}
