import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOLD_TIME, KeyTiming } from './key-timing.ts';

/** A clock that moves when it is told to, and what was sent, message by message. */
class Line {
  readonly sent: string[] = [];
  readonly timing: KeyTiming;
  now = 0;
  #timer: { readonly at: number; readonly act: () => void } | undefined;

  constructor(roundTrips: readonly number[] = []) {
    this.timing = new KeyTiming({
      send: (keys) => this.sent.push(keys.map(({ code, down }) => `${down ? '+' : '-'}${code}`).join(' ')),
      now: () => this.now,
      after: (milliseconds, act) => {
        const timer = { at: this.now + milliseconds, act };
        this.#timer = timer;
        return () => {
          if (this.#timer === timer) this.#timer = undefined;
        };
      },
    });
    for (const time of roundTrips) this.timing.roundTrip(time);
  }

  wait(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.#timer !== undefined && this.#timer.at <= end) {
      const { at, act } = this.#timer;
      this.#timer = undefined;
      this.now = at;
      act();
    }
    this.now = end;
  }

  stroke(code: string, held: number): void {
    this.timing.key(code, true);
    this.wait(held);
    this.timing.key(code, false);
  }
}

const UNEASY = [20, 550, 30, 400, 25, 600, 20, 90];
const EVEN = Array.from({ length: 8 }, (_, i) => 600 + i);

it('sends a press at once on a link that is even, however slow', () => {
  for (const roundTrips of [[], [20, 25, 60], EVEN, [...EVEN, 900]]) {
    const line = new Line(roundTrips);
    line.timing.key('KeyA', true);
    expect(line.sent).toEqual(['+KeyA']);
    line.timing.key('KeyA', false);
    expect(line.sent).toEqual(['+KeyA', '-KeyA']);
  }
});

it('sends a short stroke as one message where round trips differ', () => {
  const line = new Line(UNEASY);
  line.stroke('KeyA', 50);
  expect(line.sent).toEqual(['+KeyA -KeyA']);
});

it('takes a slow link for an uneven one until it shows what it is', () => {
  const line = new Line([600]);
  line.stroke('KeyA', 50);
  for (const time of EVEN) line.timing.roundTrip(time);
  line.stroke('KeyB', 50);
  expect(line.sent).toEqual(['+KeyA -KeyA', '+KeyB', '-KeyB']);
});

it('does not keep a held key back for longer, nor its repeats', () => {
  const line = new Line(UNEASY);
  line.timing.key('KeyA', true);
  line.wait(HOLD_TIME - 1);
  expect(line.sent).toEqual([]);
  line.wait(1);
  expect(line.sent).toEqual(['+KeyA']);
  line.timing.key('KeyA', true);
  line.timing.key('KeyA', false);
  expect(line.sent).toEqual(['+KeyA', '+KeyA', '-KeyA']);
});

it('keeps the order of rolled keys and of modifiers', () => {
  const line = new Line(UNEASY);
  line.timing.key('ShiftLeft', true);
  line.timing.key('KeyA', true);
  line.wait(30);
  line.timing.key('KeyB', true);
  line.wait(30);
  line.timing.key('KeyA', false);
  line.wait(5);
  line.timing.key('ShiftLeft', false);
  expect(line.sent).toEqual(['+ShiftLeft']);
  line.wait(20);
  line.timing.key('KeyB', false);
  expect(line.sent).toEqual(['+ShiftLeft', '+KeyA +KeyB -KeyA -ShiftLeft -KeyB']);
});

it('sends what waits before something else goes out', () => {
  const line = new Line(UNEASY);
  line.timing.key('KeyA', true);
  line.timing.flush();
  expect(line.sent).toEqual(['+KeyA']);
  line.wait(1000);
  line.timing.flush();
  expect(line.sent).toEqual(['+KeyA']);
});

it('forgets bad round trips after a minute, and what waits when the channel is gone', () => {
  const line = new Line(UNEASY);
  line.wait(60_001);
  line.timing.key('KeyA', true);
  expect(line.sent).toEqual(['+KeyA']);
  const gone = new Line(UNEASY);
  gone.timing.key('KeyA', true);
  gone.timing.dispose();
  gone.wait(1000);
  expect(gone.sent).toEqual([]);
});

it('changes neither what is sent nor its order, and no press waits for longer than it may', () => {
  const step = fc.record({
    code: fc.constantFrom('KeyA', 'KeyB', 'ShiftLeft', 'Enter'),
    down: fc.boolean(),
    wait: fc.nat(150),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const line = new Line(UNEASY);
      const given: string[] = [];
      for (const { code, down, wait } of steps) {
        line.timing.key(code, down);
        given.push(`${down ? '+' : '-'}${code}`);
        const before = given.length;
        line.wait(wait);
        if (wait >= HOLD_TIME) expect(line.sent.join(' ').split(' ')).toHaveLength(before);
      }
      line.wait(HOLD_TIME);
      expect(line.sent.join(' ')).toBe(given.join(' '));
    }),
  );
});
