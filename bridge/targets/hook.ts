import { createHash } from 'node:crypto';
import { BridgeError } from '../errors/bridge-error.ts';
import { fetchJson, FetchFailure } from './fetch-json.ts';

/** What the bridge knows of a request that wants a target. */
export interface HookQuestion {
  readonly token?: string | undefined;
  /** The name in the path. */
  readonly target?: string | undefined;
  /** The client's address. */
  readonly address?: string | undefined;
}

/** An answer that is kept while somebody has it. */
export interface HookLease {
  /** JSON as it came: to be checked as SessionClaims. */
  readonly claims: unknown;
  /** The channel is over. */
  release(): void;
}

export interface HookOptions {
  readonly url: string;
  /** Milliseconds for an answer. */
  readonly timeout: number;
  /** Milliseconds for which an answer is kept after the last channel that had it. */
  readonly window: number;
}

interface Entry {
  readonly answer: Promise<unknown>;
  leases: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Asks the portal where a request may go: a GET of the hook's URL, the token as `Authorization: Bearer`, so that it is
 * in no log of URLs, and `target` and `address` in the query. The portal answers 200 and the claims as JSON, or 401, 403
 * or 404. One question a session: its channels share the answer, until a while after the last has gone.
 */
export class Hook {
  readonly #options: HookOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: HookOptions) {
    this.#options = options;
  }

  /** Sessions that are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** @throws {BridgeError} `hook-denied`, `hook-failed` */
  async open(question: HookQuestion, signal: AbortSignal): Promise<HookLease> {
    const key = keyOf(question);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      // Not the channel's signal: others may wait for the same answer.
      entry = { answer: this.#ask(question), leases: 0, timer: undefined };
      this.#entries.set(key, entry);
    }
    const held = entry;
    held.leases++;
    clearTimeout(held.timer);
    let released = false;
    const release = (keep = true): void => {
      if (released) return;
      released = true;
      held.leases--;
      if (held.leases > 0) return;
      const forget = (): void => {
        if (this.#entries.get(key) === held) this.#entries.delete(key);
      };
      if (keep) held.timer = setTimeout(forget, this.#options.window).unref();
      else forget();
    };
    try {
      const claims = await held.answer;
      signal.throwIfAborted();
      return { claims, release: () => release() };
    } catch (error) {
      // A refusal is not remembered: the portal may think otherwise a moment later.
      release(signal.aborted);
      throw error;
    }
  }

  async #ask({ token, target, address }: HookQuestion): Promise<unknown> {
    const url = new URL(this.#options.url);
    if (target !== undefined) url.searchParams.set('target', target);
    if (address !== undefined) url.searchParams.set('address', address);
    try {
      return await fetchJson(url, {
        method: 'GET',
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        timeout: this.#options.timeout,
      });
    } catch (error) {
      const status = error instanceof FetchFailure ? error.status : undefined;
      const denied = status === 401 || status === 403 || status === 404;
      throw new BridgeError(denied ? 'hook-denied' : 'hook-failed', undefined, { cause: error });
    }
  }
}

/** A digest, so that tokens do not lie about in memory. */
function keyOf({ token, target, address }: HookQuestion): string {
  return createHash('sha256')
    .update(JSON.stringify([token, target, address]))
    .digest('base64url');
}
