import {
  displayClientMessages,
  displayServerMessages,
  type displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Image, ImagePayload } from '@spice-viewer/shared-protocol/channels/image.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PoolDecoded } from './decode-pool.ts';
import { DisplayChannel } from './display-channel.ts';
import { DisplaySession } from './display-session.ts';
import { EventLog, TestServer } from '../channels/test-server.ts';

type DrawCopy = MessageValue<typeof displayServerTable, 'drawCopy'>;

const messages = { server: displayServerMessages, client: displayClientMessages };
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** A pool whose answers a test gives. */
class ManualPool {
  readonly jobs: { image: Image; resolve(value: PoolDecoded): void; reject(error: Error): void }[] = [];
  wants = (image: Image): boolean => image.payload.kind === 'quic';
  decode = (image: Image): Promise<PoolDecoded> =>
    new Promise((resolve, reject) => this.jobs.push({ image, resolve, reject }));
  dispose = (): void => undefined;
}

async function openChannel(session: DisplaySession, id = 0, channelCaps: readonly number[] = []) {
  const server = new TestServer(messages, { channelCaps });
  const events = new EventLog();
  const request = {
    kind: 'openChannel',
    channel: { type: 2, id },
    connectionId: 7,
    password: '',
    address: server.address,
  } as const;
  const displayEvents = {
    ...events,
    opened: events.opened,
    painted: () => void events.painted++,
    layoutChanged: () => void events.layouts++,
  };
  const channel = new DisplayChannel(request, displayEvents, session, 'auto');
  cleanups.push(() => {
    channel.close();
    server.dispose();
  });
  await server.linked;
  server.send('surfaceCreate', { surfaceId: 0, width: 4, height: 4, format: 32, flags: 1 });
  server.send('mark', {});
  await server.settled();
  return { server, events, channel };
}

function newSession(): { session: DisplaySession; pool: ManualPool } {
  const pool = new ManualPool();
  return {
    session: new DisplaySession(pool as unknown as ConstructorParameters<typeof DisplaySession>[0]),
    pool,
  };
}

const box = { top: 0, left: 0, bottom: 4, right: 4 };
const noMask = { flags: 0, position: { x: 0, y: 0 }, image: null };
const PUT = 8;

function drawCopy(payload: ImagePayload, id = 1, flags = 0, size = 4): DrawCopy {
  return {
    base: { surfaceId: 0, box, clip: { kind: 'none' } },
    src: { id: u64Of(id), flags, width: size, height: size, payload },
    srcArea: box,
    ropDescriptor: PUT,
    scaleMode: 0,
    mask: noMask,
  };
}

function solidBitmap(color: number): ImagePayload {
  return {
    kind: 'bitmap',
    format: 8,
    flags: 4,
    width: 4,
    height: 4,
    stride: 16,
    paletteId: undefined,
    palette: null,
    data: new Uint8Array(new Uint32Array(16).fill(color).buffer),
  };
}
const quic: ImagePayload = { kind: 'quic', data: new Uint8Array(8) };
function fill(color: number) {
  return {
    base: { surfaceId: 0, box: { top: 0, left: 0, bottom: 1, right: 1 }, clip: { kind: 'none' as const } },
    brush: { kind: 'solid' as const, color },
    ropDescriptor: PUT,
    mask: noMask,
  };
}
function decoded(color: number): PoolDecoded {
  return {
    decoded: { format: 'xrgb32', width: 4, height: 4, pixels: new Uint32Array(16).fill(color) },
    milliseconds: 1,
  };
}
function pixel(channel: DisplayChannel, at = 0): number {
  return ((channel.renderer.surfaces.get(0)?.pixels[at] ?? 0) & 0xffffff) >>> 0;
}

describe('DisplayChannel', () => {
  it('sends INIT first and announces what it can hold', async () => {
    const { server } = await openChannel(newSession().session);
    expect(server.received[0]).toEqual({
      name: 'init',
      value: {
        pixmapCacheId: 1,
        pixmapCacheSize: u64Of(20_971_520),
        glzDictionaryId: 1,
        glzWindowSize: 3_145_728,
      },
    });
  });

  it('draws, and shows the primary once it is marked', async () => {
    const { session } = newSession();
    const { server, channel } = await openChannel(session);
    server.send('drawCopy', drawCopy(solidBitmap(0x123456)));
    await server.settled();
    expect(pixel(channel, 15)).toBe(0x123456);
    expect(channel.shownSurface?.width).toBe(4);
    server.send('surfaceCreate', { surfaceId: 0, width: 8, height: 8, format: 32, flags: 1 });
    await server.settled();
    expect(channel.shownSurface).toBeUndefined();
    server.send('mark', {});
    await server.settled();
    expect(channel.shownSurface?.width).toBe(8);
  });

  it('never lets a later command overtake a decode elsewhere, and acknowledges what was drawn', async () => {
    const { session, pool } = newSession();
    const { server, channel } = await openChannel(session);
    server.send('setAck', { generation: 1, window: 1 });
    server.send('drawCopy', drawCopy(quic));
    server.send('drawFill', fill(0xff0000));
    await server.settled();
    const acks = (): number => server.received.filter(({ name }) => name === 'ack').length;
    expect(pool.jobs).toHaveLength(1);
    expect(pixel(channel)).toBe(0);
    // The ping was answered, but nothing after SET_ACK has had its turn.
    expect(acks()).toBe(0);
    pool.jobs[0]?.resolve(decoded(0x00ff00));
    await server.until(() => acks() === 3);
    expect(pixel(channel, 0)).toBe(0xff0000);
    expect(pixel(channel, 1)).toBe(0x00ff00);
  });

  it('decodes several images ahead at once', async () => {
    const { session, pool } = newSession();
    const { server, channel } = await openChannel(session);
    for (let i = 0; i < 3; i++) server.send('drawCopy', drawCopy(quic, i));
    await server.settled();
    expect(pool.jobs).toHaveLength(3);
    pool.jobs[2]?.resolve(decoded(3));
    pool.jobs[1]?.resolve(decoded(2));
    await server.settled();
    expect(pixel(channel)).toBe(0);
    pool.jobs[0]?.resolve(decoded(1));
    await server.settled();
    expect(pixel(channel)).toBe(3);
  });

  it('draws without an image that cannot be decoded, says so, and goes on', async () => {
    const { session } = newSession();
    const { server, channel, events } = await openChannel(session);
    server.send('drawCopy', drawCopy({ kind: 'lzRgb', data: new Uint8Array(40) }));
    server.send('drawFill', fill(0xabcdef));
    await server.settled();
    expect(pixel(channel)).toBe(0xabcdef);
    expect(events.troubles).toHaveLength(1);
    expect(events.failure).toBeUndefined();
  });

  it('waits for an image that another channel will cache', async () => {
    const { session } = newSession();
    const first = await openChannel(session, 0);
    const second = await openChannel(session, 1);
    first.server.send('drawCopy', drawCopy({ kind: 'fromCache' }, 42));
    first.server.send('drawFill', fill(0x777777));
    await first.server.settled();
    expect(pixel(first.channel)).toBe(0);
    second.server.send('drawCopy', drawCopy(solidBitmap(0x424242), 42, 1));
    await second.server.settled();
    expect(pixel(first.channel, 5)).toBe(0x424242);
    expect(pixel(first.channel, 0)).toBe(0x777777);
  });

  it('does not wait for what can never come', async () => {
    const { session } = newSession();
    const { server, channel, events } = await openChannel(session);
    server.send('drawCopy', drawCopy({ kind: 'fromCache' }, 42));
    server.send('drawFill', fill(0x777777));
    await server.settled();
    expect(pixel(channel)).toBe(0x777777);
    expect(events.troubles[0]?.detail).toMatch(/image 0x000000000000002a in the image cache/);
  });

  it('releases a waiter when the other channel goes away', async () => {
    const { session } = newSession();
    const first = await openChannel(session, 0);
    const second = await openChannel(session, 1);
    first.server.send('waitForChannels', {
      waitList: [{ channelType: 2, channelId: 1, serial: u64Of(1000) }],
    });
    first.server.send('drawFill', fill(0x111111));
    await first.server.settled();
    expect(pixel(first.channel)).toBe(0);
    second.server.close();
    await second.events.whenClosed;
    await first.server.settled();
    expect(pixel(first.channel)).toBe(0x111111);
  });

  it('goes on when the one that it waits for does, whatever the order of the channels', async () => {
    const { session } = newSession();
    const [a, b, c] = [
      await openChannel(session, 0),
      await openChannel(session, 1),
      await openChannel(session, 2),
    ];
    const waitFor = (channelId: number, serial: number) => ({
      waitList: [{ channelType: 2, channelId, serial: u64Of(serial) }],
    });
    // Each has had three messages so far: C's fifth comes after A's fourth, and B's after that.
    b.server.send('waitForChannels', waitFor(2, 5));
    b.server.send('drawFill', fill(0xbbbbbb));
    c.server.send('waitForChannels', waitFor(0, 4));
    c.server.send('drawFill', fill(0xcccccc));
    await Promise.all([b.server.settled(), c.server.settled()]);
    expect([a, b, c].map(({ channel }) => pixel(channel))).toEqual([0, 0, 0]);
    a.server.send('drawFill', fill(0xaaaaaa));
    await vi.waitFor(() => expect(pixel(a.channel)).toBe(0xaaaaaa));
    expect([a, b, c].map(({ channel }) => pixel(channel))).toEqual([0xaaaaaa, 0xbbbbbb, 0xcccccc]);
  });

  it('asks for a compression where the server knows such wishes, and only then', async () => {
    const { session } = newSession();
    const { server, channel } = await openChannel(session, 0, [displayCapability.preferredCompression]);
    channel.preferCompression('lz4');
    channel.preferCompression('auto');
    await server.settled();
    const asked = server.received.filter(({ name }) => name === 'preferredCompression');
    expect(asked.map(({ value }) => value)).toEqual([{ imageCompression: 7 }, { imageCompression: 2 }]);
    const old = await openChannel(session, 1);
    old.channel.preferCompression('quic');
    await old.server.settled();
    expect(old.server.received.map(({ name }) => name)).not.toContain('preferredCompression');
  });

  it('drops an image at INVAL_LIST', async () => {
    const { session } = newSession();
    const { server } = await openChannel(session);
    server.send('drawCopy', drawCopy(solidBitmap(1), 42, 1));
    await server.settled();
    expect(session.images.size).toBe(1);
    server.send('invalList', { resources: [{ kind: 1, id: u64Of(42) }] });
    await server.settled();
    expect(session.images.size).toBe(0);
  });

  it('ends with a typed error at a pointer out of the message', async () => {
    const { server, events } = await openChannel(newSession().session);
    const body = displayServerMessages.write('drawCopy', drawCopy(solidBitmap(1)));
    new DataView(body.buffer).setUint32(21, 0x7fffffff, true);
    server.sendRaw(304, body);
    const failure = await events.whenClosed;
    expect(failure.kind).toBe('protocol');
    expect(failure.detail).toMatch(/^display:0, drawCopy, byte 21: expected an offset below/);
  });
});
