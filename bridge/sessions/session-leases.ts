import { BridgeError } from '../errors/bridge-error.ts';
import type { FirstUse, SessionStore } from './session-store.ts';

/** A channel's hold on its session. */
export interface SessionLease {
  readonly value: string;
  /** The channel is over. */
  release(): void;
}

interface Held {
  readonly value: string;
  /** Milliseconds of the wall clock until which a token may not begin again; 0: it may. */
  readonly usedUntil: number;
  count: number;
}

/**
 * The sessions that this bridge has channels of. While it has one, the session stays in the store, is known here
 * without asking, and so outlives a restart of the store. It ends `window` milliseconds after the last channel on any
 * bridge, or after the last sign of life of a bridge that was killed.
 */
export class SessionLeases {
  readonly #store: SessionStore;
  readonly #window: number;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;
  readonly #onRevoked: (key: string) => void;

  /** @param onRevoked a session that has channels here must end */
  constructor(store: SessionStore, window: number, onRevoked: (key: string) => void) {
    this.#store = store;
    this.#window = window;
    this.#onRevoked = onRevoked;
    store.onRevoked((key) => this.#revoked(key));
    this.#timer = setInterval(() => this.#keepAll(), Math.max(window / 4, 250)).unref();
  }

  /** Whether a channel of the session is open here. */
  has(key: string): boolean {
    return this.#held.has(key);
  }

  /**
   * @param first how the session begins where the store does not know it
   * @throws {BridgeError} `token-unknown`, `token-used`, `token-revoked`, `store-unavailable`
   */
  async acquire(key: string, first?: FirstUse): Promise<SessionLease> {
    const known = this.#held.get(key);
    if (known !== undefined) return this.#lease(key, known);
    const result = await this.#store.open(key, this.#window, first);
    if (result.state !== 'open') throw new BridgeError(`token-${result.state}`);
    let held = this.#held.get(key);
    if (held === undefined) {
      const usedFor = first?.usedFor ?? 0;
      held = { value: result.value, usedUntil: usedFor > 0 ? Date.now() + usedFor : 0, count: 0 };
      this.#held.set(key, held);
    }
    return this.#lease(key, held);
  }

  #lease(key: string, held: Held): SessionLease {
    held.count++;
    let released = false;
    return {
      value: held.value,
      release: () => {
        if (released) return;
        released = true;
        held.count--;
        if (held.count > 0 || this.#held.get(key) !== held) return;
        this.#held.delete(key);
        // Now, so that the window begins with the last channel's end.
        void this.#keep(key, held);
      },
    };
  }

  #revoked(key: string): void {
    this.#held.delete(key);
    this.#onRevoked(key);
  }

  #keepAll(): void {
    for (const [key, held] of this.#held) void this.#keep(key, held);
  }

  async #keep(key: string, held: Held): Promise<void> {
    const usedFor = held.usedUntil === 0 ? 0 : Math.max(0, held.usedUntil - Date.now());
    try {
      const kept = await this.#store.keep(key, held.value, this.#window, usedFor);
      if (!kept) this.#revoked(key);
    } catch {
      // The store is away: sessions that run live on, and the next round tells it again.
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
