import {
  audioMode,
  playbackClientMessages,
  playbackServerMessages,
} from '@spice-viewer/shared-protocol/channels/playback-messages.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { EventLog, TestServer } from '../channels/test-server.ts';
import type { FromWorker } from '../threads/worker-messages.ts';
import { MediaTimes } from './media-times.ts';
import { PlaybackChannel } from './playback-channel.ts';
import { stereoOfS16 } from './pcm.ts';
import type { SpeakerReport, ToSpeaker } from '../threads/sound-messages.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** Goes to the speaker behind all that the channel said. */
const FENCE = 'fence';
const stereo = { channels: 2, format: 1, frequency: 48_000, time: 1000 };

function start() {
  const server = new TestServer({ server: playbackServerMessages, client: playbackClientMessages });
  const events = new EventLog();
  const posted: FromWorker[] = [];
  const spoken: ToSpeaker[] = [];
  const { port1, port2 } = new MessageChannel();
  const fences: (() => void)[] = [];
  port2.onmessage = (event: MessageEvent<ToSpeaker | typeof FENCE>) => {
    if (event.data === FENCE) fences.shift()?.();
    else spoken.push(event.data);
  };
  const post = (message: FromWorker): void => void posted.push(message);
  const times = new MediaTimes(post);
  const request = {
    kind: 'openChannel',
    channel: { type: 5, id: 0 },
    connectionId: 7,
    password: '',
    address: server.address,
  } as const;
  const channel = new PlaybackChannel(request, events, { post, times, port: port1, opus: false });
  cleanups.push(() => {
    channel.close();
    server.dispose();
    port2.close();
  });
  /** What was sent came through to the speaker. */
  const settled = async (): Promise<void> => {
    await server.settled();
    const passed = new Promise<void>((resolve) => fences.push(resolve));
    port1.postMessage(FENCE);
    await passed;
  };
  /** The channel has taken it. */
  const report = (answer: SpeakerReport): Promise<void> =>
    new Promise((resolve) => {
      // After the channel's own, which is older.
      port1.addEventListener('message', () => resolve(), { once: true });
      port2.postMessage(answer);
    });
  return { server, events, posted, spoken, times, channel, settled, report };
}

function packet(frames: number): Uint8Array {
  return new Uint8Array(frames * 4);
}

describe('PlaybackChannel', () => {
  it('gives raw samples with their time to the speaker, between start and stop', async () => {
    const { server, posted, spoken, channel, settled } = start();
    await server.linked;
    server.send('mode', { time: 0, mode: audioMode.raw, data: new Uint8Array() });
    server.send('data', { time: 1, data: packet(480) });
    server.send('start', stereo);
    server.send('data', { time: 1000, data: Uint8Array.from([0, 0x40, 0, 0xc0]) });
    server.send('stop', {});
    await settled();
    expect(posted).toEqual([{ kind: 'soundStart', rate: 48_000 }]);
    expect(spoken).toEqual([
      { kind: 'start', rate: 48_000 },
      {
        kind: 'samples',
        left: Float32Array.of(0.5),
        right: Float32Array.of(-0.5),
        time: 1000,
        afterGap: false,
      },
      { kind: 'stop' },
    ]);
    expect(channel.audio).toMatchObject({ codec: 'none', packets: 1 });
  });

  it('passes the guest’s mixer and the wanted latency on', async () => {
    const { server, spoken, settled } = start();
    await server.linked;
    server.send('volume', { volume: [0xffff, 0] });
    server.send('mute', { mute: 1 });
    server.send('mute', { mute: 0 });
    server.send('latency', { milliseconds: 250 });
    await settled();
    expect(spoken).toEqual([
      { kind: 'gain', left: 1, right: 0 },
      { kind: 'gain', left: 0, right: 0 },
      { kind: 'gain', left: 1, right: 0 },
      { kind: 'latency', seconds: 0.25 },
    ]);
  });

  it('makes sound wait for video that comes late, for as long as the sound lasts', async () => {
    const { server, channel, spoken, settled, report } = start();
    await server.linked;
    channel.waitForVideo(50);
    server.send('start', stereo);
    server.send('latency', { milliseconds: 100 });
    await report({ received: 0, level: 0.1, target: 0.15, underruns: 0, heard: undefined });
    await settled();
    channel.waitForVideo(50);
    channel.waitForVideo(5000);
    server.send('stop', {});
    await settled();
    expect(spoken.filter(({ kind }) => kind === 'latency')).toEqual([
      { kind: 'latency', seconds: 0.1 },
      { kind: 'latency', seconds: 0.2 },
      { kind: 'latency', seconds: 0.6 },
      { kind: 'latency', seconds: 0.1 },
    ]);
  });

  it('lets nothing pile up before a speaker that does not run, and says where the gap is', async () => {
    const { server, spoken, settled, report } = start();
    await server.linked;
    server.send('start', stereo);
    for (let n = 0; n < 400; n++) server.send('data', { time: n * 10, data: packet(480) });
    await settled();
    const pieces = () => spoken.filter((message) => message.kind === 'samples');
    expect(pieces().length).toBe(201);
    await report({ received: 201 * 480, level: 0.1, target: 0.1, underruns: 0, heard: undefined });
    await settled();
    server.send('data', { time: 5000, data: packet(480) });
    await settled();
    expect(
      pieces()
        .map(({ afterGap }) => afterGap)
        .lastIndexOf(true),
    ).toBe(201);
    expect(pieces().at(-1)).toMatchObject({ time: 5000 });
  });

  it('keeps media time on what is heard, and gives it back to the main channel', async () => {
    const { server, posted, times, settled, report } = start();
    await server.linked;
    times.said(900, 1);
    server.send('start', stereo);
    await settled();
    await report({ received: 480, level: 0.1, target: 0.1, underruns: 3, heard: 1234 });
    await settled();
    times.said(950, 2);
    server.send('stop', {});
    await settled();
    const clocks = posted.filter(({ kind }) => kind === 'mediaTime' || kind === 'soundTime');
    expect(clocks).toMatchObject([
      { kind: 'mediaTime', time: 900 },
      { kind: 'soundTime', time: 1234, delay: 100 },
      { kind: 'mediaTime', time: 950, at: 2 },
    ]);
  });

  it('refuses CELT once, in words, and goes on', async () => {
    const { server, events, spoken, settled } = start();
    await server.linked;
    server.send('mode', { time: 0, mode: audioMode.celt, data: new Uint8Array() });
    server.send('start', stereo);
    server.send('data', { time: 0, data: packet(10) });
    server.send('data', { time: 0, data: packet(10) });
    await settled();
    expect(events.troubles.map(({ detail }) => detail)).toEqual([expect.stringContaining('CELT')]);
    expect(spoken.map(({ kind }) => kind)).toEqual(['start']);
    expect(events.failure).toBeUndefined();
  });

  it.each([
    { ...stereo, channels: 0 },
    { ...stereo, channels: 4_000_000_000 },
    { ...stereo, frequency: 1 },
    { ...stereo, format: 2 },
  ])('ends on a stream that cannot be: %o', async (hostile) => {
    const { server, events } = start();
    await server.linked;
    server.send('start', hostile);
    expect(await events.whenClosed).toMatchObject({ kind: 'protocol' });
  });
});

describe('stereoOfS16', () => {
  it('puts one channel on both sides and leaves out what is no whole frame', () => {
    const { left, right } = stereoOfS16(Uint8Array.from([0, 0x80, 0, 0, 1]), 1);
    expect([...left]).toEqual([-1, 0]);
    expect(right).toEqual(left);
    expect(stereoOfS16(new Uint8Array(11), 2).left.length).toBe(2);
  });
});
