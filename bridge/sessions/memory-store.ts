import type { FirstUse, OpenResult, OverState, RunningSession, SessionStore } from './session-store.ts';

interface Entry<T> {
  readonly value: T;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** How often what is over is thrown away, in milliseconds. */
const SWEEP_INTERVAL = 10_000;

/** Sessions of this process, for a bridge without Redis. A restart forgets them. */
export class MemoryStore implements SessionStore {
  readonly #sessions = new Entries<string>();
  readonly #began = new Entries<number>();
  readonly #used = new Entries<true>();
  readonly #over = new Entries<OverState>();
  readonly #announced = new Entries<string>();
  readonly #listeners: ((key: string, why: OverState) => void)[] = [];
  readonly #sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL).unref();

  put(key: string, value: string, ttl: number): Promise<void> {
    this.#sessions.set(key, value, ttl);
    return Promise.resolve();
  }

  open(key: string, window: number, first?: FirstUse): Promise<OpenResult> {
    return Promise.resolve(this.#open(key, window, first));
  }

  #open(key: string, window: number, first?: FirstUse): OpenResult {
    const over = this.#over.get(key);
    if (over !== undefined) return { state: over };
    const value = this.#sessions.get(key) ?? first?.value;
    if (value === undefined) return { state: 'unknown' };
    if (first !== undefined && first.usedFor > 0 && this.#sessions.get(key) === undefined) {
      if (this.#used.get(key) !== undefined) return { state: 'used' };
      this.#used.set(key, true, first.usedFor);
    }
    const session = { value, began: this.#began.get(key) ?? Date.now() };
    this.#set(key, session, window);
    return { state: 'open', session };
  }

  keep(
    key: string,
    session: RunningSession,
    window: number,
    usedFor: number,
  ): Promise<OverState | undefined> {
    const over = this.#over.get(key);
    if (over !== undefined) return Promise.resolve(over);
    this.#set(key, session, window);
    if (usedFor > 0) this.#used.set(key, true, usedFor);
    return Promise.resolve(undefined);
  }

  #set(key: string, { value, began }: RunningSession, window: number): void {
    this.#sessions.set(key, value, window);
    this.#began.set(key, began, window);
  }

  finish(key: string, why: OverState, ttl: number): Promise<void> {
    this.#sessions.delete(key);
    this.#began.delete(key);
    this.#over.set(key, why, ttl);
    for (const listener of this.#listeners) listener(key, why);
    return Promise.resolve();
  }

  announce(id: string, value: string, ttl: number): Promise<void> {
    this.#announced.set(id, value, ttl);
    return Promise.resolve();
  }

  announced(): Promise<string[]> {
    return Promise.resolve(this.#announced.values());
  }

  onFinished(listener: (key: string, why: OverState) => void): void {
    this.#listeners.push(listener);
  }

  /** Never: it is never away. */
  onBack(_listener: () => void): void {}

  close(): Promise<void> {
    clearInterval(this.#sweeper);
    return Promise.resolve();
  }

  #sweep(): void {
    for (const entries of [this.#sessions, this.#began, this.#used, this.#over, this.#announced])
      entries.sweep();
  }
}

/** A map whose entries expire. */
class Entries<T> {
  readonly #map = new Map<string, Entry<T>>();

  get(key: string): T | undefined {
    const entry = this.#map.get(key);
    return entry !== undefined && entry.until > performance.now() ? entry.value : undefined;
  }

  set(key: string, value: T, ttl: number): void {
    this.#map.set(key, { value, until: performance.now() + ttl });
  }

  delete(key: string): void {
    this.#map.delete(key);
  }

  values(): T[] {
    this.sweep();
    return [...this.#map.values()].map(({ value }) => value);
  }

  sweep(): void {
    const now = performance.now();
    for (const [key, { until }] of this.#map) if (until <= now) this.#map.delete(key);
  }
}
