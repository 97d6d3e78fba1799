/** A key that goes down or up, as `KeyboardEvent.code`. */
export interface TimedKey {
  readonly code: string;
  readonly down: boolean;
}

export interface KeyTimingOptions {
  /** what is to travel together */
  send(keys: readonly TimedKey[]): void;
  /** milliseconds */
  now(): number;
  /** @returns what cancels it */
  after(milliseconds: number, act: () => void): () => void;
}

/** The longest that a press waits for its release; most strokes are shorter. Milliseconds. */
export const HOLD_TIME = 100;
/** Guests repeat after 250 ms or more: with a stroke of HOLD_TIME that leaves this much for the link. */
const UNEASY_SPREAD = 150;
/** How long a bad round trip counts; milliseconds. One alone may be the server's. */
const MEMORY = 60_000;
const BAD_ENOUGH = 2;
/** So many round trips show what the link is like. Until then a slow one is taken for an uneven one. */
const ENOUGH_SAMPLES = 8;
const MAX_SAMPLES = 64;

const modifiers = /^(Shift|Control|Alt|Meta)(Left|Right)$/;

/**
 * When keys go out. A guest repeats a key by its own clock until the release comes: where the link holds a
 * release up, one stroke becomes many. On a link whose round trips differ that much a press waits a
 * moment for its release, so that both travel in one message; on any other it goes at once, since
 * what is typed has to show without delay. The order of keys stays.
 */
export class KeyTiming {
  readonly #options: KeyTimingOptions;
  #samples: { readonly at: number; readonly time: number }[] = [];
  #sampleCount = 0;
  #slowest = 0;
  #queue: (TimedKey & { readonly at: number })[] = [];
  /** what went out and is down */
  readonly #down = new Set<string>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: KeyTimingOptions) {
    this.#options = options;
  }

  /** A round trip was measured; milliseconds. */
  roundTrip(time: number): void {
    this.#samples.push({ at: this.#options.now(), time });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    this.#sampleCount++;
    this.#slowest = Math.max(this.#slowest, time);
  }

  key(code: string, down: boolean): void {
    const entry = { code, down, at: this.#options.now() };
    if (this.#queue.length === 0 && !(this.#mayWait(entry) && this.#isUneasy())) return this.#send([entry]);
    this.#queue.push(entry);
    this.#settle();
  }

  /** Something else goes out that keys must not come after. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const keys = this.#queue;
    this.#queue = [];
    if (keys.length > 0) this.#send(keys);
  }

  /** The channel is gone: nothing is sent any more. */
  dispose(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#queue = [];
  }

  #isUneasy(): boolean {
    if (this.#sampleCount < ENOUGH_SAMPLES) return this.#slowest > UNEASY_SPREAD;
    const from = this.#options.now() - MEMORY;
    this.#samples = this.#samples.filter(({ at }) => at >= from);
    const times = this.#samples.map(({ time }) => time);
    const bad = Math.min(...times) + UNEASY_SPREAD;
    return times.filter((time) => time > bad).length >= BAD_ENOUGH;
  }

  /** Modifiers do not repeat, and what is down already is a repeat itself. */
  #mayWait({ code, down }: TimedKey): boolean {
    return down && !modifiers.test(code) && !this.#down.has(code);
  }

  /** Sends what need not wait any more. */
  #settle(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#options.now();
    const open = new Map<string, number>();
    let ready = 0;
    for (const [at, entry] of this.#queue.entries()) {
      if (!entry.down) open.delete(entry.code);
      else if (this.#mayWait(entry) && now - entry.at < HOLD_TIME) open.set(entry.code, entry.at);
      if (open.size === 0) ready = at + 1;
    }
    const keys = this.#queue.splice(0, ready);
    if (keys.length > 0) this.#send(keys);
    const oldest = this.#queue.find((entry) => open.get(entry.code) === entry.at)?.at;
    if (oldest === undefined) return;
    this.#cancelTimer = this.#options.after(oldest + HOLD_TIME - now, () => this.#settle());
  }

  #send(keys: readonly TimedKey[]): void {
    for (const { code, down } of keys) {
      if (down) this.#down.add(code);
      else this.#down.delete(code);
    }
    this.#options.send(keys.map(({ code, down }) => ({ code, down })));
  }
}
