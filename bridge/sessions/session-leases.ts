import { BridgeError, type BridgeErrorCode } from '../errors/bridge-error.ts';
import type { FirstUse, OpenResult, OverState, RunningSession, SessionStore } from './session-store.ts';

/** A channel's hold on its session. */
export interface SessionLease extends RunningSession {
  /** The channel is over. */
  release(): void;
}

interface Held {
  readonly session: RunningSession;
  /** Milliseconds of the wall clock until which a token may not begin again; 0: it may. */
  readonly usedUntil: number;
  /** Until when a token of this session could begin another one, by the wall clock. */
  goodUntil: number;
  count: number;
}

interface Finished {
  readonly why: OverState;
  /** Milliseconds of the wall clock. */
  readonly until: number;
}

/** The longest time until an end that could not be told is noticed, in milliseconds. */
const LOOK_INTERVAL = 5000;

const refusals: Readonly<Record<Exclude<OpenResult['state'], 'open'>, BridgeErrorCode>> = {
  unknown: 'token-unknown',
  used: 'token-used',
  revoked: 'token-revoked',
  expired: 'session-expired',
  idle: 'session-idle',
};

/**
 * The sessions that this bridge has channels of. While it has one, the session stays in the store, is known here
 * without asking, and so outlives a restart of the store. It ends `window` milliseconds after the last channel on any
 * bridge, or after the last sign of life of a bridge that was killed. One that a limit ended is over for good.
 */
export class SessionLeases {
  readonly #store: SessionStore;
  readonly #window: number;
  readonly #held = new Map<string, Held>();
  /** What the store has still to be told. */
  readonly #finished = new Map<string, Finished>();
  readonly #timer: NodeJS.Timeout;
  readonly #onOver: (key: string, why: OverState) => void;

  /** @param onOver a session that has channels here must end */
  constructor(store: SessionStore, window: number, onOver: (key: string, why: OverState) => void) {
    this.#store = store;
    this.#window = window;
    this.#onOver = onOver;
    store.onFinished((key, why) => this.#over(key, why));
    store.onBack(() => this.#look());
    const interval = Math.min(Math.max(window / 4, 250), LOOK_INTERVAL);
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  /** Whether a channel of the session is open here. */
  has(key: string): boolean {
    return this.#held.has(key);
  }

  /**
   * @param first how the session begins where the store does not know it
   * @param goodUntil when the token expires, in milliseconds since 1970
   * @throws {BridgeError} `token-unknown`, `token-used`, `token-revoked`, `session-expired`, `session-idle`,
   *   `store-unavailable`
   */
  async acquire(key: string, first?: FirstUse, goodUntil = 0): Promise<SessionLease> {
    this.#checkFinished(key);
    let held = this.#held.get(key);
    if (held === undefined) {
      const result = await this.#store.open(key, this.#window, first);
      if (result.state !== 'open') throw new BridgeError(refusals[result.state]);
      this.#checkFinished(key);
      const usedFor = first?.usedFor ?? 0;
      held = this.#held.get(key) ?? {
        session: result.session,
        usedUntil: usedFor > 0 ? Date.now() + usedFor : 0,
        goodUntil: 0,
        count: 0,
      };
      this.#held.set(key, held);
    }
    held.goodUntil = Math.max(held.goodUntil, goodUntil);
    return this.#lease(key, held);
  }

  /** A limit of time ended it: none of its tokens begins or continues anything any more, on any bridge. */
  finish(key: string, why: Exclude<OverState, 'revoked'>): void {
    const until = Math.max(Date.now() + this.#window, this.#held.get(key)?.goodUntil ?? 0);
    this.#held.delete(key);
    this.#finished.set(key, { why, until });
    void this.#tell(key);
  }

  #checkFinished(key: string): void {
    const finished = this.#finished.get(key);
    if (finished !== undefined) throw new BridgeError(refusals[finished.why]);
  }

  #lease(key: string, held: Held): SessionLease {
    held.count++;
    let released = false;
    return {
      ...held.session,
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

  #over(key: string, why: OverState): void {
    this.#held.delete(key);
    this.#onOver(key, why);
  }

  #look(): void {
    for (const key of this.#finished.keys()) void this.#tell(key);
    for (const [key, held] of this.#held) void this.#keep(key, held);
  }

  async #tell(key: string): Promise<void> {
    const finished = this.#finished.get(key);
    if (finished === undefined) return;
    const left = finished.until - Date.now();
    try {
      if (left > 0) await this.#store.finish(key, finished.why, left);
      this.#finished.delete(key);
    } catch {
      // The store is away: it is refused here, and the next round tells it again.
    }
  }

  async #keep(key: string, { session, usedUntil }: Held): Promise<void> {
    const usedFor = usedUntil === 0 ? 0 : Math.max(0, usedUntil - Date.now());
    try {
      const over = await this.#store.keep(key, session, this.#window, usedFor);
      if (over !== undefined) this.#over(key, over);
    } catch {
      // The store is away: sessions that run live on, and the next round tells it again.
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
