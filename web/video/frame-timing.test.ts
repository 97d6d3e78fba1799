import { describe, expect, it } from 'vitest';
import { Playout } from './playout.ts';
import { delta, key, start } from './test-stream-world.ts';

describe('the times of frames', () => {
  it('shows frames as far apart as they were made, not as they arrive', () => {
    const { world, stream } = start();
    stream.data(key, 5400);
    world.output(1, 1);
    world.advance(100);
    // Two in a burst: the first is late, the second comes early.
    stream.data(delta, 5440);
    stream.data(delta, 5480);
    world.output(2, 2);
    world.output(3, 3);
    expect(world.color).toBe(2);
    world.advance(39);
    expect(world.color).toBe(2);
    world.advance(1);
    expect(world.color).toBe(3);
    expect(stream.numbers.framesDropped).toBe(0);
  });

  it('shows a frame when its sound is heard, while there is sound', () => {
    const { world, stream } = start();
    world.clock.set(5000, world.time, 180);
    for (const [n, time] of [5180, 5220].entries()) {
      stream.data(n === 0 ? key : delta, time);
      world.output(n + 1, n + 1);
    }
    world.advance(179);
    expect(world.color).toBe(0);
    world.advance(1);
    expect(world.color).toBe(1);
    world.advance(40);
    expect(world.color).toBe(2);
  });

  it('asks sound to wait after five frames in a row that come later than theirs', () => {
    const { world, stream } = start();
    const give = (times: readonly number[]): void => times.forEach((time) => void stream.data(key, time));
    give([4970, 4970, 4970, 4970, 4970]);
    expect(world.late, 'without sound nobody waits').toEqual([]);
    world.clock.set(5000, world.time, 180);
    give([4970, 4970, 4970, 4970, 5001, 4970, 4970, 4970, 4970]);
    expect(world.late).toEqual([]);
    give([4975]);
    expect(world.late).toEqual([25]);
  });

  it('drops what waits when time goes backwards', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    world.advance(100);
    stream.data(delta, 5040);
    stream.data(delta, 5130);
    world.output(2, 2);
    world.output(3, 3);
    stream.data(delta, 100);
    world.output(4, 4);
    world.advance(500);
    expect(world.color).toBe(4);
    expect(stream.numbers.framesDropped).toBe(1);
  });

  it('reports as the server asked', () => {
    const { world, stream } = start();
    stream.activateReport({ streamId: 3, uniqueId: 42, maxWindow: 5, timeout: 1000 });
    for (let i = 0; i < 5; i++) stream.data(i === 0 ? key : delta, 5100 + i * 10);
    expect(world.reports).toEqual([
      {
        streamId: 3,
        uniqueId: 42,
        startFrameMultiMediaTime: 5100,
        endFrameMultiMediaTime: 5140,
        frames: 5,
        drops: 0,
        lastFrameDelay: 140,
        audioDelay: 0xffffffff,
      },
    ]);
    for (let i = 0; i < 3; i++) stream.data(delta, 5200 + i);
    expect(world.reports).toHaveLength(1);
    world.clock.set(5000, world.time, 180);
    world.time += 1000;
    for (let i = 0; i < 3; i++) stream.data(delta, 5300 + i);
    expect(world.reports[1]).toMatchObject({ frames: 4, drops: 1, lastFrameDelay: -700, audioDelay: 180 });
  });
});

describe('Playout', () => {
  it('never delays by more than its limit, and not at all when frames come evenly', () => {
    const playout = new Playout();
    expect([400, 400, 400].map((margin) => Math.floor(playout.delay(margin)))).toEqual([0, 0, 0]);
    expect(playout.delay(350)).toBe(0);
    expect(playout.delay(400)).toBeCloseTo(49.75);
    expect(playout.delay(5000)).toBe(120);
  });
});
