import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reconnection } from './reconnection.ts';

describe('Reconnection', () => {
  const online = new EventTarget();
  const announced: number[] = [];
  let attempts = 0;
  let reconnection: Reconnection;
  beforeEach(() => {
    vi.useFakeTimers();
    announced.length = 0;
    attempts = 0;
    reconnection = new Reconnection(
      {
        announce: (_, delay) => announced.push(delay),
        attempt: () => {
          attempts++;
        },
      },
      online,
    );
  });
  afterEach(() => {
    reconnection.reset();
    vi.useRealTimers();
  });

  it('waits longer each time and gives up in the end', () => {
    let planned = 0;
    while (reconnection.next()) {
      planned++;
      vi.runAllTimers();
    }
    expect([planned, attempts]).toEqual([12, 12]);
    expect(announced[0]).toBeLessThan(600);
    expect(announced[5]).toBeGreaterThan(announced[3]);
    expect(Math.max(...announced)).toBeLessThan(35_000);
  });

  it('begins anew after a session that stood', () => {
    reconnection.next();
    expect(reconnection.isUnderWay).toBe(true);
    reconnection.reset();
    vi.runAllTimers();
    expect([attempts, reconnection.isUnderWay]).toEqual([0, false]);
  });

  it('tries at once when the network comes back, and only once', () => {
    reconnection.next();
    online.dispatchEvent(new Event('online'));
    expect(attempts).toBe(1);
    online.dispatchEvent(new Event('online'));
    vi.runAllTimers();
    expect(attempts).toBe(1);
  });
});
