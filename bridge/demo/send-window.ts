/**
 * The sender's side of flow control (docs/protocol/link.md#acknowledgements): after SET_ACK, at most twice the window
 * may be on its way. ACKs count only after the ACK_SYNC of the current generation.
 */
export class SendWindow {
  readonly window: number;
  readonly generation: number;
  #synced = false;
  #unacknowledged = 0;

  constructor(window: number, generation: number) {
    this.window = window;
    this.generation = generation;
  }

  get isOpen(): boolean {
    return this.#unacknowledged <= 2 * this.window;
  }

  sent(): void {
    this.#unacknowledged++;
  }

  sync(generation: number): void {
    if (generation === this.generation) this.#synced = true;
  }

  acknowledged(): void {
    if (this.#synced) this.#unacknowledged = Math.max(0, this.#unacknowledged - this.window);
  }
}
