/** What must be let go: listeners, timers, ports, views. */
export interface Disposable {
  dispose(): void;
}

/** Everything that one owner has to let go of, let go together, the newest first. */
export class Disposables implements Disposable {
  readonly #held = new Set<() => void>();
  #isDisposed = false;

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Takes it over; it is let go at once when the owner is gone already. */
  use<Held extends Disposable>(held: Held): Held {
    this.defer(() => held.dispose());
    return held;
  }

  /** The same for what a function lets go. */
  defer(letGo: () => void): void {
    if (this.#isDisposed) letGo();
    else this.#held.add(letGo);
  }

  /** Things that are let go together, with the rest at the latest. */
  part(): Disposables {
    const part = new Disposables();
    const letGo = (): void => part.dispose();
    part.defer(() => this.#held.delete(letGo));
    this.defer(letGo);
    return part;
  }

  listen(
    target: EventTarget,
    type: string,
    listener: (event: any) => void,
    options?: AddEventListenerOptions,
  ): void {
    target.addEventListener(type, listener, options);
    this.defer(() => target.removeEventListener(type, listener, options));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const held = [...this.#held].toReversed();
    this.#held.clear();
    for (const letGo of held) letGo();
  }
}
