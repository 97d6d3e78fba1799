import { describe, expect, it } from 'vitest';
import { VolumeSync } from './volume-sync.ts';

function start() {
  const clock = { time: 0 };
  return { clock, sync: new VolumeSync(() => clock.time) };
}

describe('VolumeSync', () => {
  it('leaves the volume here until the guest shows that it follows', () => {
    const { clock, sync } = start();
    // The mixer's level at the start is no answer.
    expect(sync.said()).toBe(false);
    expect(sync.followed).toBe(false);
    clock.time = 10_000;
    sync.told();
    clock.time += 300;
    expect(sync.said()).toBe(false);
    expect(sync.followed).toBe(true);
  });

  it('follows the guest from then on, when it changes by itself', () => {
    const { clock, sync } = start();
    sync.told();
    sync.said();
    clock.time = 5000;
    expect(sync.said()).toBe(true);
    sync.reset();
    expect(sync.said()).toBe(false);
    expect(sync.followed).toBe(false);
  });

  it('takes nothing for an answer that comes much later', () => {
    const { clock, sync } = start();
    sync.told();
    clock.time = 5000;
    expect(sync.said()).toBe(false);
    expect(sync.followed).toBe(false);
  });
});
