import { audioMode } from '@spice-viewer/shared-protocol/channels/playback-messages.ts';
import {
  recordClientMessages,
  recordServerMessages,
} from '@spice-viewer/shared-protocol/channels/record-messages.ts';
import { recordCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventLog, TestServer } from '../channels/test-server.ts';
import { threadEpochNow } from '../common/media-clock.ts';
import type { FromWorker } from '../threads/worker-messages.ts';
import { MediaTimes } from './media-times.ts';
import { RecordChannel } from './record-channel.ts';
import type { MicrophoneSamples } from '../threads/sound-messages.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

const stereo = { channels: 2, format: 1, frequency: 48_000 };

function start({ opus = false, serverCaps = [] as readonly number[] } = {}) {
  const server = new TestServer(
    { server: recordServerMessages, client: recordClientMessages },
    { channelCaps: serverCaps },
  );
  const events = new EventLog();
  const posted: FromWorker[] = [];
  const post = (message: FromWorker): void => void posted.push(message);
  const times = new MediaTimes(post);
  times.said(70_000, threadEpochNow());
  const request = {
    kind: 'openChannel',
    channel: { type: 6, id: 0 },
    connectionId: 7,
    password: '',
    address: server.address,
  } as const;
  const channel = new RecordChannel(request, events, { post, times, opus });
  const { port1, port2 } = new MessageChannel();
  cleanups.push(() => {
    channel.close();
    server.dispose();
    port2.close();
  });
  return { server, events, posted, channel, port: port1, microphone: port2 };
}

function piece(value: number, frames = 2): MicrophoneSamples {
  return {
    left: new Float32Array(frames).fill(value),
    right: new Float32Array(frames).fill(-value),
  };
}

interface Sent {
  time: number;
  data: Uint8Array;
}

function pcm({ data }: Sent): number[] {
  return [...new Int16Array(new Uint8Array(data).buffer)];
}

function datas(server: TestServer<any, any>): Sent[] {
  return server.received.filter(({ name }) => name === 'data').map(({ value }) => value as Sent);
}

/** The channel has let go of its end: what the microphone says goes nowhere. */
function closed(microphone: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    microphone.addEventListener('close', () => resolve());
  });
}

describe('RecordChannel', () => {
  it('sends MODE and START_MARK before the first samples, all in multimedia time, and stops with the server', async () => {
    const { server, posted, channel, port, microphone } = start();
    await server.linked;
    server.send('start', stereo);
    await server.settled();
    expect(posted).toContainEqual({ kind: 'recordStart', rate: 48_000, channels: 2 });
    channel.connect(port, 48_000);
    microphone.postMessage(piece(0.5));
    await server.until(({ name }) => name === 'data');
    const names = server.received.map(({ name }) => name).filter((name) => name !== 'pong');
    expect(names).toEqual(['mode', 'startMark', 'data']);
    expect(server.received.find(({ name }) => name === 'mode')?.value).toMatchObject({ mode: audioMode.raw });
    const [first] = datas(server) as [Sent];
    expect(pcm(first)).toEqual([16384, -16383, 16384, -16383]);
    expect(first.time - 70_000).toBeGreaterThanOrEqual(0);
    expect(first.time - 70_000).toBeLessThan(60_000);
    expect(channel.microphone).toEqual({ codec: 'raw', packets: 1 });

    server.send('stop', {});
    await server.settled();
    expect(posted.at(-1)).toEqual({ kind: 'recordStop' });
    await closed(microphone);
    await server.settled();
    expect(datas(server)).toHaveLength(1);
    expect(channel.microphone.codec).toBe('none');
  });

  it('sends nothing unless a microphone was connected after START', async () => {
    const { server, channel, port, microphone } = start();
    await server.linked;
    microphone.postMessage(piece(0.5));
    channel.connect(port, 48_000);
    server.send('start', stereo);
    await closed(microphone);
    await server.settled();
    expect(server.received.filter(({ name }) => name !== 'pong')).toEqual([]);
  });

  it('keeps to the guest’s capture level', async () => {
    const { server, channel, port, microphone } = start();
    await server.linked;
    server.send('start', { ...stereo, channels: 1 });
    server.send('volume', { volume: [0x8000, 0x8000] });
    await server.settled();
    channel.connect(port, 48_000);
    microphone.postMessage({ left: Float32Array.of(0.5), right: Float32Array.of(0.5) });
    await server.until(({ name }) => name === 'data');
    server.send('mute', { mute: 1 });
    await server.settled();
    microphone.postMessage({ left: Float32Array.of(0.5), right: Float32Array.of(0.5) });
    await vi.waitFor(() => expect(datas(server)).toHaveLength(2));
    expect(datas(server).map(pcm)).toEqual([[8192], [0]]);
  });

  it('brings a device’s own rate to what the server wants', async () => {
    const { server, channel, port, microphone } = start();
    await server.linked;
    server.send('start', { ...stereo, channels: 1 });
    await server.settled();
    channel.connect(port, 24_000);
    for (let n = 0; n < 10; n++) microphone.postMessage(piece(0, 240));
    await vi.waitFor(() => expect(datas(server)).toHaveLength(10));
    expect(datas(server).reduce((frames, { data }) => frames + data.length / 2, 0)).toBe(4800);
  });

  it('goes raw where the browser or the server has no Opus', async () => {
    const { server, channel } = start({ opus: true });
    await server.linked;
    server.send('start', stereo);
    await server.settled();
    expect(channel.microphone.codec).toBe('raw');
  });

  it('takes Opus where both have it, at 48 kHz only', async () => {
    const { server, channel } = start({ opus: true, serverCaps: [recordCapability.opus] });
    await server.linked;
    server.send('start', stereo);
    await server.settled();
    expect(channel.microphone.codec).toBe('opus');
    server.send('start', { ...stereo, frequency: 44_100 });
    await server.settled();
    expect(channel.microphone.codec).toBe('raw');
  });

  it('releases the microphone when the channel ends', async () => {
    const { server, posted, channel, port } = start();
    await server.linked;
    server.send('start', stereo);
    await server.settled();
    channel.connect(port, 48_000);
    server.close();
    await vi.waitFor(() => expect(posted.at(-1)).toEqual({ kind: 'recordStop' }));
  });

  it.each([
    { ...stereo, channels: 0 },
    { ...stereo, channels: 3 },
    { ...stereo, frequency: 4_000_000_000 },
    { ...stereo, format: 2 },
  ])('ends on a recording that cannot be: %o', async (hostile) => {
    const { server, events, posted } = start();
    await server.linked;
    server.send('start', hostile);
    expect(await events.whenClosed).toMatchObject({ kind: 'protocol' });
    expect(posted.filter(({ kind }) => kind === 'recordStart')).toEqual([]);
  });
});
