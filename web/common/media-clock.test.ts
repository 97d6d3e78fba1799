import { describe, expect, it } from 'vitest';
import { MediaClock, timeDifference } from './media-clock.ts';

describe('MediaClock', () => {
  it('wraps', () => {
    let now = 0;
    const clock = new MediaClock(() => now);
    expect(clock.isKnown).toBe(false);
    clock.set(0xffff_fff0, 0);
    now = 0x20;
    expect(clock.now()).toBe(0x10);
    expect(clock.until(0x30)).toBe(0x20);
    expect(clock.until(0xffff_fff0)).toBe(-0x20);
    expect(timeDifference(5, 0xffff_ffff)).toBe(6);
  });
});
