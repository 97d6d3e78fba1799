import { describe, expect, it } from 'vitest';
import type { FromWorker, SessionFailure } from '../threads/worker-messages.ts';
import { channelEvents } from './channel-events.ts';

const display = { type: 2, id: 0 };
const cursor = { type: 4, id: 0 };

function bad(n: number): SessionFailure {
  return { kind: 'protocol', sentence: 'The picture is damaged.', detail: `image ${n}` };
}

/** What reaches the page, and a period that a test ends. */
function start() {
  const posted: FromWorker[] = [];
  const timers: { milliseconds: number; act(): void }[] = [];
  const events = channelEvents(
    (message) => posted.push(message),
    (milliseconds, act) => {
      const timer = { milliseconds, act };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  );
  const endPeriod = (): void => timers.splice(0).forEach(({ act }) => act());
  return { posted, timers, events, endPeriod };
}

describe('the troubles of a channel', () => {
  it('reach the page as a few and a number, however many there are', () => {
    const { posted, timers, events, endPeriod } = start();
    for (let n = 1; n <= 12_346; n++) events.trouble(display, bad(n));
    expect(posted).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({ kind: 'trouble', channel: display, failure: bad(n) })),
    );
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([10_000]);
    posted.length = 0;
    endPeriod();
    const sentence = 'The picture is damaged. …and 12,340 more like it.';
    expect(posted).toEqual([{ kind: 'trouble', channel: display, failure: { ...bad(12_346), sentence } }]);
    posted.length = 0;
    endPeriod();
    expect(posted).toEqual([]);
    events.trouble(display, bad(1));
    expect(posted).toHaveLength(1);
  });

  it('do not hide those of another channel, or of another kind', () => {
    const { posted, events } = start();
    for (let n = 0; n < 100; n++) events.trouble(display, bad(n));
    events.trouble(cursor, bad(0));
    events.trouble(display, { kind: 'video', sentence: 'No video.' });
    expect(posted).toHaveLength(7);
  });

  it('are told as they are when one alone was held back', () => {
    const { posted, events, endPeriod } = start();
    for (let n = 1; n <= 6; n++) events.trouble(display, bad(n));
    endPeriod();
    expect(posted.at(-1)).toEqual({ kind: 'trouble', channel: display, failure: bad(6) });
  });

  it('are told before its end, and leave no timer', () => {
    const { posted, timers, events } = start();
    for (let n = 1; n <= 7; n++) events.trouble(display, bad(n));
    events.closed(display, bad(0));
    expect(posted.slice(-2)).toMatchObject([
      { kind: 'trouble', failure: { sentence: 'The picture is damaged. …and 1 more like it.' } },
      { kind: 'channelClosed' },
    ]);
    expect(timers).toEqual([]);
  });

  it('include what the server says in words', () => {
    const { posted, events, endPeriod } = start();
    for (let n = 1; n <= 1000; n++) events.notified(n, 'Hello.');
    expect(posted).toHaveLength(5);
    endPeriod();
    expect(posted.at(-1)).toEqual({ kind: 'notify', severity: 1000, text: 'Hello. …and 994 more like it.' });
  });
});
