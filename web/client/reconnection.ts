/** Milliseconds before each attempt; the last one is repeated. Short at first: a bridge that restarts is back soon. */
const delays = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];
const MAX_ATTEMPTS = 12;
/** Part of a delay that is left to chance, so that a bridge's sessions do not all come back at once. */
const SPREAD = 0.3;

export interface ReconnectionHost {
  /** An attempt will follow. @param delay milliseconds until then */
  announce(attempt: number, delay: number): void;
  attempt(): void;
}

/** When to try again after a session has broken. */
export class Reconnection {
  readonly #host: ReconnectionHost;
  readonly #network: EventTarget;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #online = (): void => {
    if (this.#timer === undefined) return;
    this.#stopWaiting();
    this.#host.attempt();
  };

  /** @param network tells `online` */
  constructor(host: ReconnectionHost, network: EventTarget) {
    this.#host = host;
    this.#network = network;
  }

  /** Attempts have been made since the last session that stood. */
  get isUnderWay(): boolean {
    return this.#attempts > 0;
  }

  /** Plans the next attempt. @returns false when there were enough */
  next(): boolean {
    if (this.#attempts >= MAX_ATTEMPTS) return false;
    const base = delays[Math.min(this.#attempts, delays.length - 1)] ?? 0;
    const delay = Math.round(base * (1 + SPREAD * (Math.random() - 0.5)));
    this.#attempts++;
    this.#timer = setTimeout(() => {
      this.#stopWaiting();
      this.#host.attempt();
    }, delay);
    // A laptop that wakes up need not wait any longer.
    this.#network.addEventListener('online', this.#online);
    this.#host.announce(this.#attempts, delay);
    return true;
  }

  /** A session stands, or nobody wants one any more. */
  reset(): void {
    this.#stopWaiting();
    this.#attempts = 0;
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#network.removeEventListener('online', this.#online);
  }
}
