import { describe, expect, it } from 'vitest';
import { Disposables } from './disposables.ts';

function setUp(): { log: string[]; held: Disposables; lets: (name: string) => () => void } {
  const log: string[] = [];
  return { log, held: new Disposables(), lets: (name) => () => void log.push(name) };
}

describe('Disposables', () => {
  it('lets go of everything once, the newest first', () => {
    const { log, held, lets } = setUp();
    held.defer(lets('first'));
    held.use({ dispose: lets('second') });
    held.dispose();
    held.dispose();
    expect(log).toEqual(['second', 'first']);
    expect(held.isDisposed).toBe(true);
  });

  it('lets go at once of what comes too late', () => {
    const { log, held, lets } = setUp();
    held.dispose();
    held.defer(lets('late'));
    held.part().defer(lets('late part'));
    expect(log).toEqual(['late', 'late part']);
  });

  it('ends listeners', () => {
    const { held } = setUp();
    const target = new EventTarget();
    let heard = 0;
    held.listen(target, 'event', () => heard++);
    target.dispatchEvent(new Event('event'));
    held.dispose();
    target.dispatchEvent(new Event('event'));
    expect(heard).toBe(1);
  });

  it('has parts that end before it, or with it', () => {
    const { log, held, lets } = setUp();
    const early = held.part();
    early.defer(lets('early'));
    held.part().defer(lets('with the rest'));
    early.dispose();
    expect(log).toEqual(['early']);
    held.dispose();
    expect(log).toEqual(['early', 'with the rest']);
  });
});
