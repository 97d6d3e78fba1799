import type { RedisClientOptions } from '@redis/client';
import { BridgeError } from '../errors/bridge-error.ts';
import type { FirstUse, OpenResult, SessionStore } from './session-store.ts';

export interface RedisStoreOptions {
  /** `redis://HOST:PORT/DB`, `rediss://…`, or `redis+unix:///PATH` */
  readonly url: string;
  /** Beside the URL, so that it need not stand in it. */
  readonly password?: string | undefined;
  readonly prefix: string;
  /** Milliseconds that a question may wait for Redis to answer or to come back. */
  readonly timeout: number;
  /** The connection is there, or gone. */
  readonly onChange?: (connected: boolean) => void;
}

/** Questions that wait for Redis to come back; beyond, new sessions are told to try later at once. */
const QUEUE_LIMIT = 10_000;
const RECONNECT_LIMIT = 1000;

/**
 * KEYS: session, used, revoked. ARGV: window, value of a first use or '', milliseconds it stays used.
 * One script, so that of two channels that begin a session at once neither sees half of the other's work.
 */
const OPEN = `
if redis.call('EXISTS', KEYS[3]) == 1 then return {'revoked'} end
local value = redis.call('GET', KEYS[1])
if value then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  return {'open', value}
end
if ARGV[2] == '' then return {'unknown'} end
if ARGV[3] ~= '0' and not redis.call('SET', KEYS[2], '1', 'PX', ARGV[3], 'NX') then return {'used'} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
return {'open', ARGV[2]}`;

/** KEYS as above. ARGV: window, value, milliseconds it stays used. */
const KEEP = `
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
if ARGV[3] ~= '0' then redis.call('SET', KEYS[2], '1', 'PX', ARGV[3]) end
return 1`;

/** KEYS: session, revoked. ARGV: milliseconds, channel, session key. */
const REVOKE = `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1`;

/**
 * Sessions in Redis, for several bridges. Keys: `PREFIX` + session key (a string, the session's JSON), and under
 * `PREFIX` + `used:`, `revoked:` and `bridge:` what the bridges tell each other; all of them expire.
 * The library is loaded only here, so bridges without Redis do without it.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<SessionStore> {
  const { createClient } = await import('@redis/client');
  const { prefix, timeout } = options;
  const client = createClient({
    ...connectionOf(options.url),
    ...(options.password === undefined ? {} : { password: options.password }),
    commandsQueueMaxLength: QUEUE_LIMIT,
  });
  // Subscriptions have their own connection; the library subscribes again when Redis comes back.
  const subscriber = client.duplicate();
  const listeners: ((key: string) => void)[] = [];
  const endChannel = `${prefix}end`;
  client.on('ready', () => options.onChange?.(true));
  client.on('error', () => options.onChange?.(false));
  subscriber.on('error', () => {});
  // Not waited for: a bridge that starts before its Redis runs, and says so to who needs it.
  client.connect().catch(() => {});
  subscriber
    .connect()
    .then(() => subscriber.subscribe(endChannel, (key) => listeners.forEach((listener) => listener(key))))
    .catch(() => {});

  /** Runs a command within the time limit. @throws {BridgeError} `store-unavailable` */
  const ask = async <T>(command: (redis: typeof client) => Promise<T>): Promise<T> => {
    const signal = AbortSignal.timeout(timeout);
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    );
    try {
      // The signal takes back what was not sent yet, the race ends the waiting for an answer.
      return await Promise.race([command(client.withAbortSignal(signal) as typeof client), late]);
    } catch (error) {
      throw new BridgeError('store-unavailable', undefined, { cause: error });
    }
  };
  const keysOf = (key: string): string[] => [
    `${prefix}${key}`,
    `${prefix}used:${key}`,
    `${prefix}revoked:${key}`,
  ];
  const whole = (milliseconds: number): string => String(Math.max(1, Math.ceil(milliseconds)));

  return {
    async put(key, value, ttl) {
      await ask((redis) =>
        redis.set(`${prefix}${key}`, value, { expiration: { type: 'PX', value: Number(whole(ttl)) } }),
      );
    },
    async open(key, window, first?: FirstUse): Promise<OpenResult> {
      const usedFor = first === undefined || first.usedFor <= 0 ? '0' : whole(first.usedFor);
      const answer = await ask((redis) =>
        redis.eval(OPEN, { keys: keysOf(key), arguments: [whole(window), first?.value ?? '', usedFor] }),
      );
      const [state, value] = answer as [OpenResult['state'], string];
      return state === 'open' ? { state, value } : { state };
    },
    async keep(key, value, window, usedFor) {
      const answer = await ask((redis) =>
        redis.eval(KEEP, {
          keys: keysOf(key),
          arguments: [whole(window), value, usedFor <= 0 ? '0' : whole(usedFor)],
        }),
      );
      return answer === 1;
    },
    async revoke(key, ttl) {
      await ask((redis) =>
        redis.eval(REVOKE, {
          keys: [`${prefix}${key}`, `${prefix}revoked:${key}`],
          arguments: [whole(ttl), endChannel, key],
        }),
      );
    },
    async announce(id, value, ttl) {
      await ask((redis) =>
        redis.set(`${prefix}bridge:${id}`, value, { expiration: { type: 'PX', value: Number(whole(ttl)) } }),
      );
    },
    async announced() {
      const names = new Set<string>();
      let cursor = '0';
      do {
        const page = await ask((redis) =>
          redis.scan(cursor, { MATCH: `${literal(prefix)}bridge:*`, COUNT: 1000 }),
        );
        cursor = page.cursor;
        for (const name of page.keys) names.add(name);
      } while (cursor !== '0');
      if (names.size === 0) return [];
      const values = await ask((redis) => redis.mGet([...names]));
      return values.filter((value) => value !== null);
    },
    onRevoked(listener) {
      listeners.push(listener);
    },
    close() {
      client.destroy();
      subscriber.destroy();
      return Promise.resolve();
    },
  };
}

function connectionOf(url: string): Pick<RedisClientOptions, 'url' | 'socket'> {
  const reconnectStrategy = (retries: number): number => Math.min(50 * 2 ** retries, RECONNECT_LIMIT);
  if (url.startsWith('redis+unix://')) {
    const path = decodeURIComponent(new URL(url).pathname);
    return { socket: { path, tls: false, reconnectStrategy } };
  }
  return { url, socket: { reconnectStrategy } };
}

/** A prefix for SCAN's patterns. */
function literal(prefix: string): string {
  return prefix.replace(/[\\*?[\]]/g, String.raw`\$&`);
}
