import { describe, expect, it } from 'vitest';
import { delta, key, start } from './test-stream-world.ts';

describe('VideoStream', () => {
  it('paints a frame through the clip once it is decoded', () => {
    const clip = { kind: 'rects', rects: [{ left: 1, top: 0, right: 2, bottom: 1 }] } as const;
    const { world, stream } = start({ clip });
    stream.data(key, 5000);
    world.output(1, 0xff00aa00);
    expect([...world.target.pixels]).toEqual([0, 0xff00aa00, 0, 0, 0, 0, 0, 0]);
    expect(world.paints).toBe(1);
    expect(stream.numbers).toMatchObject({ framesReceived: 1, framesDecoded: 1, framesPresented: 1 });
    stream.setClip({ kind: 'rects', rects: [] });
    stream.data(delta, 5040);
    world.advance(40);
    world.output(2, 0xff0000bb);
    expect(world.target.pixels[1]).toBe(0xff00aa00);
    expect(world.held).toBe(0);
  });

  it('turns bottom-up frames and stretches to the nearest pixels', () => {
    const { world, stream } = start({ flags: 0, streamWidth: 2, streamHeight: 2 });
    stream.data(key, 5000);
    const pixels = Uint32Array.from([1, 2, 3, 4]);
    world.decoder.events.picture(1, { width: 2, height: 2, pixels, release: () => undefined });
    expect([...world.target.pixels]).toEqual([3, 3, 4, 4, 1, 1, 2, 2]);
  });

  it('drops what is late when something newer is due, and counts it', () => {
    const { world, stream } = start();
    for (let i = 0; i < 4; i++) {
      stream.data(i === 0 ? key : delta, 5000 + i * 40);
      world.advance(40);
    }
    world.advance(100);
    for (let i = 1; i <= 4; i++) world.output(i, i);
    world.advance(100);
    expect(world.color).toBe(4);
    expect(stream.numbers).toMatchObject({ framesDecoded: 4, framesPresented: 2, framesDropped: 2 });
    expect(world.held).toBe(0);
  });

  it('paints the newest frame before something draws there, and nothing older after it', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    world.advance(100);
    stream.data(delta, 5040);
    stream.data(delta, 5130);
    stream.data(delta, 5160);
    world.output(2, 2);
    world.output(3, 3);
    stream.flush(true);
    expect(world.color).toBe(3);
    world.target.pixels.fill(77);
    world.output(4, 4);
    world.advance(1000);
    expect(world.color).toBe(77);
    stream.data(delta, 6200);
    world.output(5, 5);
    world.advance(200);
    expect(world.color).toBe(5);
  });

  it('knows where it paints', () => {
    const rects = [{ left: 0, top: 0, right: 2, bottom: 1 }];
    const { stream } = start({ clip: { kind: 'rects', rects } });
    expect(stream.touches({ left: 1, top: 0, right: 9, bottom: 9 })).toBe(true);
    expect(stream.touches({ left: 2, top: 0, right: 9, bottom: 9 })).toBe(false);
    expect(stream.touches({ left: 0, top: 1, right: 9, bottom: 9 })).toBe(false);
  });

  it('keeps its last frame when it ends, and leaves nothing behind', () => {
    const { world, stream } = start();
    stream.data(key, 5000);
    world.output(1, 1);
    world.advance(100);
    stream.data(delta, 5040);
    stream.data(delta, 5130);
    stream.data(delta, 5160);
    world.output(2, 2);
    world.output(3, 3);
    stream.close();
    expect(world.color).toBe(3);
    expect([world.held, world.timersLeft, world.decoder.closed]).toEqual([0, 0, true]);
    expect(stream.data(key, 6000)).toBe(true);
    expect(world.decoders).toHaveLength(1);
  });

  it('waits for a key frame, and gives up when none comes', () => {
    const { world, stream } = start();
    for (let i = 0; i < 10; i++) stream.data(delta, 5000 + i);
    expect(world.decoders).toHaveLength(0);
    stream.data(key, 5010);
    expect(world.decoder.given).toEqual([{ sequence: 1, key: true }]);
    const other = start();
    for (let i = 0; i < 100; i++) other.stream.data(delta, 5000 + i);
    expect(other.world.undecodables).toEqual(['no key frame came']);
  });
});
