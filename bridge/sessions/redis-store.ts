import type { RedisClientOptions } from '@redis/client';
import { BridgeError } from '../errors/bridge-error.ts';
import type { FirstUse, OpenResult, OverState, SessionStore } from './session-store.ts';

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
 * KEYS: session, used, over, began. ARGV: window, value of a first use or '', milliseconds it stays used, now.
 * One script, so that of two channels that begin a session at once neither sees half of the other's work.
 */
const OPEN = `
local over = redis.call('GET', KEYS[3])
if over then return {over} end
local value = redis.call('GET', KEYS[1])
if not value then
  if ARGV[2] == '' then return {'unknown'} end
  if ARGV[3] ~= '0' and not redis.call('SET', KEYS[2], '1', 'PX', ARGV[3], 'NX') then return {'used'} end
  value = ARGV[2]
end
local began = redis.call('GET', KEYS[4]) or ARGV[4]
redis.call('SET', KEYS[1], value, 'PX', ARGV[1])
redis.call('SET', KEYS[4], began, 'PX', ARGV[1])
return {'open', value, began}`;

/** KEYS as above. ARGV: window, value, milliseconds it stays used, when it began. */
const KEEP = `
local over = redis.call('GET', KEYS[3])
if over then return over end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[1])
if ARGV[3] ~= '0' then redis.call('SET', KEYS[2], '1', 'PX', ARGV[3]) end
return 'open'`;

/** KEYS as above. ARGV: milliseconds, why, channel, message. */
const FINISH = `
redis.call('DEL', KEYS[1], KEYS[4])
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1`;

/**
 * Sessions in Redis, for several bridges. Keys: `PREFIX` + session key (a string, the session's JSON), and under
 * `PREFIX` + `used:`, `revoked:`, `began:` and `bridge:` what the bridges tell each other; all of them expire.
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
  const listeners: ((key: string, why: OverState) => void)[] = [];
  const backListeners: (() => void)[] = [];
  const endChannel = `${prefix}end`;
  client.on('ready', () => options.onChange?.(true));
  client.on('error', () => options.onChange?.(false));
  subscriber.on('error', () => {});
  // Its subscriptions stand by then.
  subscriber.on('ready', () => backListeners.forEach((listener) => listener()));
  // Not waited for: a bridge that starts before its Redis runs, and says so to who needs it.
  client.connect().catch(() => {});
  subscriber
    .connect()
    .then(() =>
      subscriber.subscribe(endChannel, (message) => {
        const [key = '', why] = message.split(' ', 2);
        listeners.forEach((listener) => listener(key, overState(why)));
      }),
    )
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
    `${prefix}began:${key}`,
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
        redis.eval(OPEN, {
          keys: keysOf(key),
          arguments: [whole(window), first?.value ?? '', usedFor, String(Date.now())],
        }),
      );
      const [state, value, began] = answer as [string, string, string];
      if (state === 'open') return { state, session: { value, began: Number(began) } };
      return { state: state === 'unknown' || state === 'used' ? state : overState(state) };
    },
    async keep(key, { value, began }, window, usedFor) {
      const answer = await ask((redis) =>
        redis.eval(KEEP, {
          keys: keysOf(key),
          arguments: [whole(window), value, usedFor <= 0 ? '0' : whole(usedFor), String(began)],
        }),
      );
      return answer === 'open' ? undefined : overState(answer);
    },
    async finish(key, why, ttl) {
      await ask((redis) =>
        redis.eval(FINISH, {
          keys: keysOf(key),
          arguments: [whole(ttl), why, endChannel, `${key} ${why}`],
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
    onFinished(listener) {
      listeners.push(listener);
    },
    onBack(listener) {
      backListeners.push(listener);
    },
    close() {
      client.destroy();
      subscriber.destroy();
      return Promise.resolve();
    },
  };
}

/** What is unknown was written by somebody else to end a session: so it ends. */
function overState(text: unknown): OverState {
  return text === 'expired' || text === 'idle' ? text : 'revoked';
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
