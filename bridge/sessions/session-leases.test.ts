import { expect, it, onTestFinished, vi } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { SessionLeases } from './session-leases.ts';
import type { OverState } from './session-store.ts';

const WINDOW = 86_400_000;
const first = { value: '{}', usedFor: 0 };

/** A store as Redis is: it can be away, and then what others end is not told. */
class DistantStore extends MemoryStore {
  away = false;
  #back: () => void = () => {};

  override onFinished(): void {}
  override onBack(listener: () => void): void {
    this.#back = listener;
  }
  comeBack(): void {
    this.away = false;
    this.#back();
  }
  override keep(...args: Parameters<MemoryStore['keep']>): ReturnType<MemoryStore['keep']> {
    return this.away ? Promise.reject(new Error('away')) : super.keep(...args);
  }
  override finish(...args: Parameters<MemoryStore['finish']>): Promise<void> {
    return this.away ? Promise.reject(new Error('away')) : super.finish(...args);
  }
}

function setUp() {
  vi.useFakeTimers();
  const store = new DistantStore();
  const over: [string, OverState][] = [];
  const leases = new SessionLeases(store, WINDOW, (...ended) => over.push(ended));
  onTestFinished(async () => {
    leases.close();
    await store.close();
    vi.useRealTimers();
  });
  return { store, leases, over };
}

it('notices within 5 seconds what was ended without a word, however long the window is', async () => {
  const { store, leases, over } = setUp();
  await leases.acquire('a', first);
  await store.finish('a', 'revoked', WINDOW);
  expect(over).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(over).toEqual([['a', 'revoked']]);
});

it('looks at once when the store is back', async () => {
  const { store, leases, over } = setUp();
  await leases.acquire('a', first);
  await store.finish('a', 'revoked', WINDOW);
  store.away = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(over).toEqual([]);
  store.comeBack();
  await vi.advanceTimersByTimeAsync(0);
  expect(over).toEqual([['a', 'revoked']]);
});

it.each(['expired', 'idle'] as const)(
  '%s: refuses the session from now on, and any other of its tokens',
  async (why) => {
    const { store, leases } = setUp();
    const code = `session-${why}`;
    const lease = await leases.acquire('a', first, Date.now() + 2 * WINDOW);
    leases.finish('a', why);
    lease.release();
    await expect(leases.acquire('a', first)).rejects.toMatchObject({ code });
    const elsewhere = new SessionLeases(store, WINDOW, () => {});
    await vi.advanceTimersByTimeAsync(2 * WINDOW - 1000);
    await expect(elsewhere.acquire('a', first)).rejects.toMatchObject({ code });
    elsewhere.close();
  },
);

it('remembers what was over while the store was away, and tells it then', async () => {
  const { store, leases } = setUp();
  await leases.acquire('a', first);
  store.away = true;
  leases.finish('a', 'expired');
  await vi.advanceTimersByTimeAsync(5000);
  await expect(leases.acquire('a', first)).rejects.toMatchObject({ code: 'session-expired' });
  expect(await store.open('a', WINDOW)).toMatchObject({ state: 'open' });
  store.comeBack();
  await vi.advanceTimersByTimeAsync(0);
  expect(await store.open('a', WINDOW)).toEqual({ state: 'expired' });
});
