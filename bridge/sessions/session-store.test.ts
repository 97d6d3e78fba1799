import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isCi, missingPrograms } from '../../tests/servers/programs.ts';
import { type Redis, startRedis } from '../../tests/servers/redis.ts';
import { MemoryStore } from './memory-store.ts';
import { openRedisStore } from './redis-store.ts';
import { type SessionStore, sessionKey } from './session-store.ts';

/** Longer than any test takes. */
const LONG = 600_000;
const hasRedis = missingPrograms('redis').length === 0;

let redis: Redis | undefined;
const opened: SessionStore[] = [];
let keys = 0;
function newKey(): string {
  return sessionKey(`test ${process.pid} ${keys++}`);
}

/** A second view on the same sessions, as another bridge has it. */
interface Stores {
  readonly one: SessionStore;
  readonly other: SessionStore;
}

const kinds: Record<string, () => Promise<Stores>> = {
  memory: () => {
    const one = new MemoryStore();
    return Promise.resolve({ one, other: one });
  },
};
if (hasRedis || isCi) {
  kinds['redis'] = async () => {
    const prefix = `test-${process.pid}-${keys++}:`;
    const url = redis?.url ?? '';
    const open = (): Promise<SessionStore> => openRedisStore({ url, prefix, timeout: 20_000 });
    return { one: await open(), other: await open() };
  };
}

beforeAll(async () => {
  if (hasRedis || isCi) redis = await startRedis();
});
afterAll(() => redis?.stop());
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

describe.each(Object.entries(kinds))('%s', (_, make) => {
  const start = async (): Promise<Stores> => {
    const stores = await make();
    opened.push(...new Set([stores.one, stores.other]));
    return stores;
  };

  it('a session that was put begins, on any bridge, again and again inside its window', async () => {
    const { one, other } = await start();
    const key = newKey();
    await one.put(key, 'claims', LONG);
    expect(await other.open(key, LONG)).toMatchObject({ state: 'open', session: { value: 'claims' } });
    expect(await one.open(key, LONG)).toMatchObject({ state: 'open', session: { value: 'claims' } });
  });

  it('an unknown one does not', async () => {
    const { one } = await start();
    expect(await one.open(newKey(), LONG)).toEqual({ state: 'unknown' });
  });

  it('one that was not begun in time is gone', async () => {
    const { one, other } = await start();
    const key = newKey();
    await one.put(key, 'claims', 1);
    await expect.poll(() => other.open(key, 1)).toEqual({ state: 'unknown' });
  });

  it('one is gone when its window is over', async () => {
    const { one, other } = await start();
    const key = newKey();
    await one.put(key, 'claims', LONG);
    expect(await one.open(key, 1)).toMatchObject({ state: 'open' });
    await expect.poll(() => other.open(key, 1)).toEqual({ state: 'unknown' });
  });

  it('keeping it prolongs the window, also when the store has lost it', async () => {
    const { one, other } = await start();
    const key = newKey();
    expect(await one.keep(key, { value: 'claims', began: 5 }, LONG, 0)).toBeUndefined();
    expect(await other.open(key, LONG)).toMatchObject({ state: 'open', session: { value: 'claims' } });
  });

  it('a token begins one session, which goes on inside its window, and no second one', async () => {
    const { one, other } = await start();
    const key = newKey();
    const first = { value: '{}', usedFor: LONG };
    expect(await one.open(key, LONG, first)).toMatchObject({ state: 'open' });
    expect(await other.open(key, 1, first)).toMatchObject({ state: 'open' });
    await expect.poll(() => other.open(key, 1)).toEqual({ state: 'unknown' });
    expect(await one.open(key, LONG, first)).toEqual({ state: 'used' });
    expect(await other.open(key, LONG, first)).toEqual({ state: 'used' });
  });

  it('of many that begin with one token at once all are one session', async () => {
    const { one, other } = await start();
    const key = newKey();
    const first = { value: '{}', usedFor: LONG };
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).open(key, LONG, first)),
    );
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['open']));
  });

  it('a token without jti begins as many as it likes', async () => {
    const { one } = await start();
    const key = newKey();
    const first = { value: '{}', usedFor: 0 };
    expect(await one.open(key, 1, first)).toMatchObject({ state: 'open' });
    await expect.poll(() => one.open(key, 1)).toEqual({ state: 'unknown' });
    expect(await one.open(key, 1, first)).toMatchObject({ state: 'open' });
  });

  it('a kept session whose store forgot everything stays used', async () => {
    const { one } = await start();
    const key = newKey();
    expect(await one.keep(key, { value: '{}', began: 5 }, 1, LONG)).toBeUndefined();
    await expect.poll(() => one.open(key, 1)).toEqual({ state: 'unknown' });
    expect(await one.open(key, LONG, { value: '{}', usedFor: LONG })).toEqual({ state: 'used' });
  });

  it('remembers when a session began, whoever opens or keeps it, until it is gone', async () => {
    const { one, other } = await start();
    const key = newKey();
    const first = { value: '{}', usedFor: 0 };
    const before = Date.now();
    const opened = await one.open(key, LONG, first);
    const { began } = (opened as { session: { began: number } }).session;
    expect(began).toBeGreaterThanOrEqual(before);
    expect(began).toBeLessThanOrEqual(Date.now());
    expect(await other.open(key, LONG, first)).toEqual(opened);
    await other.keep(key, { value: '{}', began: 5 }, LONG, 0);
    expect(await one.open(key, 1, first)).toMatchObject({ session: { began: 5 } });
    await expect.poll(() => one.open(key, 1)).toEqual({ state: 'unknown' });
    expect(await one.open(key, LONG, first)).not.toMatchObject({ session: { began: 5 } });
  });

  it.each(['revoked', 'expired', 'idle'] as const)('ending one, %s, is told to every bridge', async (why) => {
    const { one, other } = await start();
    const key = newKey();
    const told: unknown[] = [];
    other.onFinished((...finished) => told.push(finished));
    // The subscription is there once anything arrives.
    await expect
      .poll(async () => {
        await one.finish(newKey(), why, LONG);
        return told.length;
      })
      .toBeGreaterThan(0);
    await one.put(key, 'claims', LONG);
    await one.finish(key, why, LONG);
    await expect.poll(() => told).toContainEqual([key, why]);
    expect(await other.open(key, LONG, { value: '{}', usedFor: LONG })).toEqual({ state: why });
    expect(await other.keep(key, { value: 'claims', began: 5 }, LONG, 0)).toBe(why);
  });

  it('what bridges announce is there for all until it is old', async () => {
    const { one, other } = await start();
    await one.announce('a', '[1]', LONG);
    await other.announce('b', '[2]', LONG);
    expect((await other.announced()).toSorted()).toEqual(['[1]', '[2]']);
    await one.announce('a', '[1]', 1);
    await expect.poll(() => other.announced()).toEqual(['[2]']);
  });
});

describe.runIf(hasRedis || isCi)('redis that goes away', () => {
  it('fails in words after the time limit, and works again when it is back', async () => {
    const own = await startRedis();
    try {
      const changes: boolean[] = [];
      const store = await openRedisStore({
        url: own.url,
        prefix: 'x:',
        timeout: 300,
        onChange: (connected) => changes.push(connected),
      });
      opened.push(store);
      await expect.poll(() => changes.at(-1)).toBe(true);
      await own.kill();
      await expect.poll(() => changes.at(-1)).toBe(false);
      await expect(store.open(newKey(), LONG)).rejects.toMatchObject({
        code: 'store-unavailable',
        closeCode: 1013,
        message: 'The bridge cannot look up sessions now; try again in a moment.',
      });
      await own.startAgain();
      await expect.poll(() => changes.at(-1)).toBe(true);
      const key = newKey();
      await store.put(key, 'claims', LONG);
      expect(await store.open(key, LONG)).toMatchObject({ state: 'open' });
    } finally {
      await own.stop();
    }
  });

  it('that is silent does not hold anybody up for longer than the time limit', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer((socket) => socket.resume().on('error', () => {}));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const store = await openRedisStore({ url: `redis://127.0.0.1:${port}`, prefix: 'x:', timeout: 200 });
    await expect(store.open(newKey(), LONG)).rejects.toMatchObject({ code: 'store-unavailable' });
    await store.close();
    silent.close();
  });
});
