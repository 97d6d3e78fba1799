import { BridgeError, type BridgeErrorCode } from '../errors/bridge-error.ts';

/** How many WebSockets there may be; 0 is no limit. */
export interface ConnectionLimitSettings {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  readonly maxConnectionsPerToken: number;
  /** New connections a minute from one address, all of them at once if need be. */
  readonly connectionRate: number;
}

/** Gives back what an `enter` counted; further calls do nothing. */
export type Release = () => void;

interface Bucket {
  left: number;
  /** Milliseconds of the monotonic clock. */
  at: number;
}

const MINUTE = 60_000;
/** Addresses whose rate is remembered; beyond, those that are full again are forgotten, then the oldest. */
const BUCKET_LIMIT = 50_000;

/** Counts connections: all of them, by client address (see `addressKey`) and by token. */
export class ConnectionLimits {
  #settings: ConnectionLimitSettings;
  #total = 0;
  readonly #byAddress = new Counts();
  readonly #byToken = new Counts();
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(settings: ConnectionLimitSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  /** New limits hold for new connections; those that are over them stay. */
  configure(settings: ConnectionLimitSettings): void {
    this.#settings = settings;
  }

  /** Connections that are in. */
  get total(): number {
    return this.#total;
  }

  /** Addresses and tokens that are remembered: the size of what is kept. */
  get remembered(): number {
    return this.#byAddress.size + this.#byToken.size + this.#buckets.size;
  }

  /**
   * Lets a connection in, before anything is known but its address.
   * @throws {BridgeError} `limit-rate`, `limit-address`, `limit-connections`
   */
  enter(addressKey: string): Release {
    const { maxConnections, maxConnectionsPerIp } = this.#settings;
    this.#takeFromBucket(addressKey);
    this.#byAddress.check(addressKey, maxConnectionsPerIp, 'limit-address');
    if (maxConnections > 0 && this.#total >= maxConnections) throw new BridgeError('limit-connections');
    this.#total++;
    const release = this.#byAddress.add(addressKey);
    return once(() => {
      this.#total--;
      release();
    });
  }

  /**
   * Counts a connection for its token or session, once that is verified. Not a secret: an id or a digest.
   * @param limit the token's own limit, where it is lower
   * @throws {BridgeError} `limit-token`
   */
  enterToken(token: string, limit?: number): Release {
    const { maxConnectionsPerToken } = this.#settings;
    const limits = [maxConnectionsPerToken, limit ?? 0].filter((one) => one > 0);
    this.#byToken.check(token, limits.length === 0 ? 0 : Math.min(...limits), 'limit-token');
    return once(this.#byToken.add(token));
  }

  #takeFromBucket(key: string): void {
    const { connectionRate } = this.#settings;
    if (connectionRate === 0) return;
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { left: connectionRate, at: now };
    bucket.left = Math.min(connectionRate, bucket.left + ((now - bucket.at) * connectionRate) / MINUTE);
    bucket.at = now;
    // Again at the end, so that the map's order is that of use.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > BUCKET_LIMIT) this.#forget(now);
    if (bucket.left < 1) throw new BridgeError('limit-rate');
    bucket.left--;
  }

  /** A bucket that nothing was taken from for a minute is full again, so forgetting it changes nothing. */
  #forget(now: number): void {
    const enough = BUCKET_LIMIT * 0.9;
    for (const [key, { at }] of this.#buckets) {
      if (now - at < MINUTE && this.#buckets.size <= enough) break;
      this.#buckets.delete(key);
    }
  }
}

class Counts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  /** @throws {BridgeError} `code`, where one more would be over the limit; 0 is none */
  check(key: string, limit: number, code: BridgeErrorCode): void {
    if (limit > 0 && (this.#counts.get(key) ?? 0) >= limit) throw new BridgeError(code);
  }

  add(key: string): Release {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#counts.get(key) ?? 0) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}

function once(release: Release): Release {
  let released = false;
  return () => {
    if (released) return;
    released = true;
    release();
  };
}
