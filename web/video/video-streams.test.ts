import {
  displayClientMessages,
  displayServerMessages,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { displayCapability, hasCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DecodePool } from '../display/decode-pool.ts';
import { DisplayChannel } from '../display/display-channel.ts';
import { DisplaySession } from '../display/display-session.ts';
import { EventLog, TestServer } from '../channels/test-server.ts';
import type { DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { VideoContext } from './video-context.ts';
import { videoCapabilities } from './video-support.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** Its decoders answer when a test says so; a frame's fifth byte is not looked at. */
class FakeVideo extends VideoContext {
  override supported = ['mjpeg', 'vp8', 'h264'] as const;
  readonly decoders: FrameDecoderEvents[] = [];
  readonly given: number[] = [];
  /** for each decoder whether it was to be a software decoder */
  readonly inSoftware: boolean[] = [];

  override createDecoder(
    _name: string,
    _format: DecoderFormat,
    software: boolean,
    events: FrameDecoderEvents,
  ): FrameDecoder {
    this.decoders.push(events);
    this.inSoftware.push(software);
    return { decode: (_data, sequence) => void this.given.push(sequence), close: () => undefined };
  }

  override usesHardware = (): Promise<boolean> => Promise.resolve(false);

  output(sequence: number, color: number): void {
    const events = this.decoders.at(-1);
    if (events?.wants(sequence) === false) return events.skipped(sequence);
    const pixels = new Uint32Array(16).fill(color);
    events?.picture(sequence, { width: 4, height: 4, pixels, release: () => undefined });
  }
}

const caps = [displayCapability.streamReport, displayCapability.preferredVideoCodecType];

async function open(video: VideoContext, channelCaps: readonly number[] = caps) {
  const messages = { server: displayServerMessages, client: displayClientMessages };
  const server = new TestServer(messages, { channelCaps });
  const log = new EventLog();
  const request = {
    kind: 'openChannel',
    channel: { type: 2, id: 0 },
    connectionId: 7,
    password: '',
    address: server.address,
  } as const;
  const events = {
    opened: log.opened,
    closed: log.closed,
    trouble: log.trouble,
    notified: log.notified,
    painted: () => void log.painted++,
    layoutChanged: () => void log.layouts++,
  };
  const pool = { wants: () => false, dispose: () => undefined } as unknown as DecodePool;
  const channel = new DisplayChannel(request, events, new DisplaySession(pool), 'auto', video);
  cleanups.push(() => {
    channel.close();
    server.dispose();
  });
  await server.linked;
  server.send('surfaceCreate', { surfaceId: 0, width: 4, height: 4, format: 32, flags: 1 });
  server.send('mark', {});
  await server.settled();
  const pixel = (at = 0): number => channel.renderer.surfaces.get(0)?.pixels[at] ?? -1;
  const asked = (name: string): unknown[] =>
    server.received.filter((message) => message.name === name).map(({ value }) => value);
  return { server, channel, log, pixel, asked };
}

const whole = { left: 0, top: 0, right: 4, bottom: 4 };
function create(id = 1, codec = 2) {
  return {
    surfaceId: 0,
    id,
    flags: 1,
    codec,
    stamp: u64Of(0),
    streamWidth: 4,
    streamHeight: 4,
    srcWidth: 4,
    srcHeight: 4,
    dest: whole,
    clip: { kind: 'none' as const },
  };
}
const key = Uint8Array.from([0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 4, 0, 4, 0]);
function frame(id = 1, data = key) {
  return { id, multiMediaTime: 1, data };
}
function fill(color: number, right = 1) {
  return {
    base: { surfaceId: 0, box: { top: 0, left: 0, bottom: 1, right }, clip: { kind: 'none' as const } },
    brush: { kind: 'solid' as const, color },
    ropDescriptor: 8,
    mask: { flags: 0, position: { x: 0, y: 0 }, image: null },
  };
}

describe('videoCapabilities', () => {
  it('announces MULTI_CODEC alone when nothing can be decoded, so that pictures come', () => {
    expect(videoCapabilities([])).toEqual([displayCapability.multiCodec]);
    expect(videoCapabilities(['mjpeg', 'vp9']).sort((a, b) => a - b)).toEqual([0, 4, 8, 9, 13]);
    expect(hasCapability([1 << 13], displayCapability.codecVp9)).toBe(true);
  });
});

describe('the streams of a display channel', () => {
  it('keep the order of frames and drawing', async () => {
    const video = new FakeVideo();
    const { server, pixel, channel } = await open(video);
    server.send('streamCreate', create());
    server.send('streamData', frame());
    server.send('streamData', frame());
    await server.settled();
    video.output(1, 0xff000011);
    expect(pixel()).toBe(0xff000011);
    server.send('drawFill', fill(0x777777));
    await server.settled();
    // It was decoded after what was drawn over it came.
    video.output(2, 0xff000022);
    expect(pixel() & 0xffffff).toBe(0x777777);
    expect(pixel(1)).toBe(0xff000011);
    server.send('streamDestroy', { id: 1 });
    await server.settled();
    expect(channel.videoStreams).toEqual([]);
  });

  it('let the server wait when the decoder is full', async () => {
    const video = new FakeVideo();
    const { server, pixel } = await open(video);
    const delta = key.slice(0, 6).fill(0x11, 0, 1);
    server.send('streamCreate', create());
    server.send('streamData', frame());
    for (let i = 0; i < 20; i++) server.send('streamData', frame(1, delta));
    server.send('drawFill', fill(0x123456));
    await server.settled();
    expect(video.given).toHaveLength(16);
    expect(pixel() & 0xffffff).toBe(0);
    for (let i = 1; i <= 8; i++) video.output(i, i);
    expect(video.given).toHaveLength(21);
    expect(pixel() & 0xffffff).toBe(0x123456);
  });

  it('catch up at a key frame that waits further back, without decoding what comes before it', async () => {
    const video = new FakeVideo();
    const { server, pixel, channel } = await open(video);
    const delta = key.slice(0, 6).fill(0x11, 0, 1);
    server.send('streamCreate', create());
    server.send('streamData', frame());
    for (let i = 0; i < 18; i++) server.send('streamData', frame(1, delta));
    server.send('drawFill', fill(0x123456));
    for (let i = 0; i < 4; i++) server.send('streamData', frame(1, delta));
    await server.settled();
    expect(video.given).toHaveLength(16);
    server.send('streamData', frame());
    server.send('streamData', frame(1, delta));
    await server.settled();
    expect(video.given, 'nothing was decoded meanwhile').toHaveLength(16);
    // The decoder gives one picture: from here on all goes to a new one.
    video.output(1, 0xff000011);
    expect(video.decoders).toHaveLength(2);
    expect(video.given).toEqual([...Array.from({ length: 17 }, (_, i) => i + 1), 18, 19]);
    expect(pixel() & 0xffffff).toBe(0x123456);
    video.output(18, 0xff000022);
    await vi.waitFor(() => expect(pixel()).toBe(0xff000022));
    const [numbers] = channel.videoStreams;
    expect(numbers).toMatchObject({ framesReceived: 25, framesPresented: 2 });
    expect(numbers?.framesDropped).toBe(16 + 6);
  });

  it('that cannot be shown are reported, once, and another codec is asked for', async () => {
    const video = new FakeVideo();
    const { server, log, asked } = await open(video);
    for (const id of [1, 2]) {
      server.send('streamCreate', create(id));
      server.send('streamData', frame(id));
      await server.settled();
      const before = video.decoders.length;
      video.decoders.at(-1)?.failed(new Error('no such profile'));
      // In software it does not work either.
      if (video.decoders.length > before) video.decoders.at(-1)?.failed(new Error('no such profile'));
    }
    server.send('drawFill', fill(0x123456));
    await server.settled();
    expect(asked('streamReport')).toHaveLength(2);
    expect(asked('streamReport')[0]).toMatchObject({ streamId: 1, frames: 0, drops: 0xffffffff });
    const wishes = asked('preferredVideoCodecType') as { codecs: Uint8Array }[];
    expect(wishes.map(({ codecs }) => [...codecs])).toEqual([[1, 3, 2]]);
    expect(log.troubles).toHaveLength(1);
    expect(log.failure).toBeUndefined();
  });

  it('leave the other codecs their hardware when MJPEG is broken', async () => {
    const video = new FakeVideo();
    const { server } = await open(video);
    server.send('streamCreate', create(1, 1));
    server.send('streamData', frame(1));
    await server.settled();
    video.decoders[0]?.failed(new Error('damaged'));
    server.send('streamCreate', create(2));
    server.send('streamData', frame(2));
    await server.settled();
    expect(video.inSoftware).toEqual([false, false]);
  });

  it('leave the later ones their hardware when no decoder shows them', async () => {
    const video = new FakeVideo();
    const { server } = await open(video);
    for (const id of [1, 2]) {
      server.send('streamCreate', create(id));
      server.send('streamData', frame(id));
      await server.settled();
      video.decoders.at(-1)?.failed(new Error('damaged'));
      video.decoders.at(-1)?.failed(new Error('damaged'));
    }
    expect(video.inSoftware, 'each tries hardware, then software').toEqual([false, true, false, true]);
  });

  it('that only software shows let the later ones begin with it', async () => {
    const video = new FakeVideo();
    const { server, pixel } = await open(video);
    server.send('streamCreate', create(1));
    server.send('streamData', frame(1));
    await server.settled();
    video.decoders[0]?.failed(new Error('no such profile in hardware'));
    video.output(1, 0xff000011);
    expect(pixel()).toBe(0xff000011);
    server.send('streamCreate', create(2));
    server.send('streamData', frame(2));
    await server.settled();
    expect(video.inSoftware).toEqual([false, true, true]);
  });

  it('say nothing that the server did not announce to know', async () => {
    const video = new FakeVideo();
    video.preferred = ['vp8'];
    const { server, asked } = await open(video, []);
    server.send('streamCreate', create(1, 77));
    await server.settled();
    expect(asked('streamReport')).toEqual([]);
    expect(asked('preferredVideoCodecType')).toEqual([]);
  });

  it('are asked for in the order of the setting', async () => {
    const video = new FakeVideo();
    video.preferred = ['h264', 'vp9'];
    const { channel, server, asked } = await open(video);
    video.preferred = ['vp8'];
    channel.preferVideoCodecs();
    await server.settled();
    const wishes = asked('preferredVideoCodecType') as { codecs: Uint8Array }[];
    expect(wishes.map(({ codecs }) => [...codecs])).toEqual([
      [3, 2, 1],
      [2, 1, 3],
    ]);
  });

  it('that do not exist are said once, and harm nothing', async () => {
    const { server, log } = await open(new FakeVideo());
    for (let i = 0; i < 5; i++) server.send('streamData', frame(9));
    server.send('streamClip', { id: 9, clip: { kind: 'none' } });
    server.send('streamDestroy', { id: 9 });
    server.send('streamActivateReport', { streamId: 9, uniqueId: 1, maxWindow: 5, timeout: 1000 });
    server.send('streamDestroyAll', {});
    await server.settled();
    expect(log.troubles).toHaveLength(1);
    expect(log.failure).toBeUndefined();
  });

  it('of impossible id or size end the channel with a typed error', async () => {
    const first = await open(new FakeVideo());
    first.server.send('streamCreate', create(64));
    expect((await first.log.whenClosed).kind).toBe('protocol');
    const second = await open(new FakeVideo());
    second.server.send('streamCreate', { ...create(), streamWidth: 100_000, streamHeight: 100_000 });
    expect((await second.log.whenClosed).detail).toMatch(/100000x100000/);
  });
});
