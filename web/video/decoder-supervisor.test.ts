import { describe, expect, it } from 'vitest';
import { delta, key, start } from './test-stream-world.ts';

describe('the decoder of a stream', () => {
  it('lets the channel wait while the decoder is full, and starts anew at a key frame', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    let taken = 1;
    while (stream.data(delta, 5000 + taken)) taken++;
    expect(taken).toBe(16);
    expect(stream.numbers.framesReceived).toBe(16);
    world.output(1, 1);
    expect(world.rooms).toBe(1);
    expect(stream.data(delta, 5100)).toBe(true);
    expect(stream.data(key, 5200)).toBe(true);
    expect(world.decoders.map(({ closed }) => closed)).toEqual([true, false]);
    expect(world.decoder.given.map(({ key: isKey }) => isKey)).toEqual([true]);
    expect(stream.numbers.framesDropped).toBe(16);
  });

  it('tries software with all frames so far when the first decoder never worked', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    stream.data(delta, 5040);
    const first = world.decoder;
    first.events.failed(new Error('NotSupportedError'));
    expect(first.closed).toBe(true);
    expect(world.decoder.software).toBe(true);
    expect(world.decoder.given).toEqual([
      { sequence: 1, key: true },
      { sequence: 2, key: false },
    ]);
    world.output(1, 1);
    expect(world.color).toBe(1);
    expect(world.undecodables).toEqual([]);
    expect(stream.numbers.framesDropped).toBe(0);
  });

  it('gives up when no decoder works, once, and takes further frames in silence', () => {
    const { world, stream } = start();
    world.mayTrySoftware = false;
    stream.data(key, 5000);
    world.decoder.events.failed(new Error('no'));
    expect(world.undecodables).toEqual(['no']);
    expect(stream.data(key, 5040)).toBe(true);
    expect(world.decoders).toHaveLength(1);
  });

  it('recovers at the next key frame from a decoder that fails in between', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    stream.data(delta, 5040);
    world.decoder.events.failed(new Error('damaged'));
    stream.data(delta, 5080);
    stream.data(key, 5120);
    world.advance(200);
    world.output(world.decoder.given[0]?.sequence ?? 0, 9);
    expect(world.color).toBe(9);
    expect(world.undecodables).toEqual([]);
  });

  it('goes on in software by itself after a failure in between, which may be the fault of the data', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    world.decoder.events.failed(new Error('damaged'));
    stream.data(key, 5040);
    world.output(2, 2);
    expect(world.decoders.map(({ software }) => software)).toEqual([false, true]);
    expect(world.softwareOnly).toBe(false);
  });

  it('does not wait for ever for a decoder that never calls back', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.advance(3000);
    expect(world.decoders).toHaveLength(2);
    world.advance(3000);
    expect(world.undecodables).toEqual(['the decoder gave no picture']);
    expect(world.timersLeft).toBe(0);
  });

  it('does not take a last frame that the decoder holds back for a stall', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    stream.data(delta, 5040);
    world.advance(60_000);
    expect(world.undecodables).toEqual([]);
    expect(world.decoders).toHaveLength(1);
  });
});
