import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { describe, expect, it } from 'vitest';
import { Surface } from '../render/surface.ts';
import type { FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { MediaClock, timeDifference } from '../common/media-clock.ts';
import { Playout } from './playout.ts';
import type { StreamReport } from './stream-reporter.ts';
import { VideoStream } from './video-stream.ts';
import type { VideoStreamHost } from './video-stream-host.ts';

const key = Uint8Array.from([0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 4, 0, 2, 0]);
const delta = Uint8Array.from([0x11, 0x02, 0, 1, 2, 3]);
function pixelsOf(color: number, count = 8): Uint32Array {
  return new Uint32Array(count).fill(color);
}

/** A decoder that answers when a test says so. */
class FakeDecoder implements FrameDecoder {
  readonly given: { sequence: number; key: boolean }[] = [];
  readonly events: FrameDecoderEvents;
  readonly software: boolean;
  closed = false;
  constructor(events: FrameDecoderEvents, software: boolean) {
    this.events = events;
    this.software = software;
  }
  decode(_data: Uint8Array, sequence: number, isKey: boolean): void {
    this.given.push({ sequence, key: isKey });
  }
  close(): void {
    this.closed = true;
  }
}

/** A world whose time a test moves: a surface of 4 x 2 and a stream that covers it. */
class World implements VideoStreamHost {
  time = 1000;
  readonly clock = new MediaClock(() => this.time);
  readonly target = new Surface(0, 'xrgb32', 4, 2, true);
  readonly decoders: FakeDecoder[] = [];
  readonly reports: StreamReport[] = [];
  readonly undecodables: string[] = [];
  held = 0;
  paints = 0;
  rooms = 0;
  readonly late: number[] = [];
  softwareOnly = false;
  canFallBack = true;
  #timers: { at: number; act(): void }[] = [];

  constructor() {
    this.clock.set(5000, this.time);
  }

  now = (): number => this.time;
  later = (milliseconds: number, act: () => void): (() => void) => {
    const timer = { at: this.time + milliseconds, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };
  surface = (id: number): Surface | undefined => (id === 0 ? this.target : undefined);
  painted = (): void => void this.paints++;
  roomMade = (): void => void this.rooms++;
  report = (report: StreamReport): void => void this.reports.push(report);
  undecodable = (_id: number, _codec: VideoCodecName, reason: string): void =>
    void this.undecodables.push(reason);
  createDecoder = (
    _name: VideoCodecName,
    _format: unknown,
    software: boolean,
    events: FrameDecoderEvents,
  ) => {
    const decoder = new FakeDecoder(events, software);
    this.decoders.push(decoder);
    return decoder;
  };
  fallBackToSoftware = (): boolean => {
    const may = this.canFallBack && !this.softwareOnly;
    if (may) this.softwareOnly = true;
    return may;
  };
  lateForSound = (milliseconds: number): void => void this.late.push(milliseconds);
  usesHardware = (): Promise<boolean> => Promise.resolve(false);

  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = end;
  }

  get timersLeft(): number {
    return this.#timers.length;
  }

  get decoder(): FakeDecoder {
    return this.decoders.at(-1) as FakeDecoder;
  }

  /** The decoder gives a picture of one colour for the n-th frame. */
  output(sequence: number, color: number, decoder = this.decoder): void {
    if (!decoder.events.wants(sequence)) return decoder.events.skipped(sequence);
    this.held++;
    const release = (): void => void this.held--;
    decoder.events.picture(sequence, { width: 4, height: 2, pixels: pixelsOf(color), release });
  }

  get color(): number {
    return this.target.pixels[0] as number;
  }
}

function create(changes: Partial<DisplayMessage<'streamCreate'>> = {}): DisplayMessage<'streamCreate'> {
  return {
    surfaceId: 0,
    id: 3,
    flags: 1,
    codec: 2,
    stamp: u64Of(0),
    streamWidth: 4,
    streamHeight: 2,
    srcWidth: 4,
    srcHeight: 2,
    dest: { left: 0, top: 0, right: 4, bottom: 2 },
    clip: { kind: 'none' },
    ...changes,
  };
}

function start(changes: Partial<DisplayMessage<'streamCreate'>> = {}, codec: VideoCodecName = 'vp8') {
  const world = new World();
  const stream = new VideoStream(create(changes), codec, world);
  return { world, stream };
}

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
    world.canFallBack = false;
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

describe('Playout', () => {
  it('never delays by more than its limit, and not at all when frames come evenly', () => {
    const playout = new Playout();
    expect([400, 400, 400].map((margin) => Math.floor(playout.delay(margin)))).toEqual([0, 0, 0]);
    expect(playout.delay(350)).toBe(0);
    expect(playout.delay(400)).toBeCloseTo(49.75);
    expect(playout.delay(5000)).toBe(120);
  });
});
