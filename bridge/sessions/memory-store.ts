import type { FirstUse, OpenResult, SessionStore } from './session-store.ts';

interface Entry {
  readonly value: string;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** How often what is over is thrown away, in milliseconds. */
const SWEEP_INTERVAL = 10_000;

/** Sessions of this process, for a bridge without Redis. A restart forgets them. */
export class MemoryStore implements SessionStore {
  readonly #sessions = new Entries();
  readonly #used = new Entries();
  readonly #revoked = new Entries();
  readonly #announced = new Entries();
  readonly #listeners: ((key: string) => void)[] = [];
  readonly #sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL).unref();

  put(key: string, value: string, ttl: number): Promise<void> {
    this.#sessions.set(key, value, ttl);
    return Promise.resolve();
  }

  open(key: string, window: number, first?: FirstUse): Promise<OpenResult> {
    return Promise.resolve(this.#open(key, window, first));
  }

  #open(key: string, window: number, first?: FirstUse): OpenResult {
    if (this.#revoked.get(key) !== undefined) return { state: 'revoked' };
    const value = this.#sessions.get(key) ?? first?.value;
    if (value === undefined) return { state: 'unknown' };
    if (first !== undefined && first.usedFor > 0 && this.#sessions.get(key) === undefined) {
      if (this.#used.get(key) !== undefined) return { state: 'used' };
      this.#used.set(key, '1', first.usedFor);
    }
    this.#sessions.set(key, value, window);
    return { state: 'open', value };
  }

  keep(key: string, value: string, window: number, usedFor: number): Promise<boolean> {
    if (this.#revoked.get(key) !== undefined) return Promise.resolve(false);
    this.#sessions.set(key, value, window);
    if (usedFor > 0) this.#used.set(key, '1', usedFor);
    return Promise.resolve(true);
  }

  revoke(key: string, ttl: number): Promise<void> {
    this.#sessions.delete(key);
    this.#revoked.set(key, '1', ttl);
    for (const listener of this.#listeners) listener(key);
    return Promise.resolve();
  }

  announce(id: string, value: string, ttl: number): Promise<void> {
    this.#announced.set(id, value, ttl);
    return Promise.resolve();
  }

  announced(): Promise<string[]> {
    return Promise.resolve(this.#announced.values());
  }

  onRevoked(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }

  close(): Promise<void> {
    clearInterval(this.#sweeper);
    return Promise.resolve();
  }

  #sweep(): void {
    for (const entries of [this.#sessions, this.#used, this.#revoked, this.#announced]) entries.sweep();
  }
}

/** A map whose entries expire. */
class Entries {
  readonly #map = new Map<string, Entry>();

  get(key: string): string | undefined {
    const entry = this.#map.get(key);
    return entry !== undefined && entry.until > performance.now() ? entry.value : undefined;
  }

  set(key: string, value: string, ttl: number): void {
    this.#map.set(key, { value, until: performance.now() + ttl });
  }

  delete(key: string): void {
    this.#map.delete(key);
  }

  values(): string[] {
    this.sweep();
    return [...this.#map.values()].map(({ value }) => value);
  }

  sweep(): void {
    const now = performance.now();
    for (const [key, { until }] of this.#map) if (until <= now) this.#map.delete(key);
  }
}
