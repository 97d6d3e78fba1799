/** A TCP proxy before a SPICE server that counts what its display channels send, so that a test can say what it saw. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { displayServerMessages } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';

export interface Tap {
  readonly port: number;
  /** Messages of all display channels by name; images as `image:quic`, off-screen surfaces as `surface:FORMAT`. */
  readonly seen: ReadonlyMap<string, number>;
  /** Pixels of all images that were not just named (from a cache, or a surface). */
  imagePixels(): number;
  /** The names seen so far, sorted, with their counts. */
  summary(): string;
  stop(): Promise<void>;
}

const displayChannel = 2;
const linkHeaderBytes = 16;
const linkResultBytes = 4;
const miniHeaderBytes = 6;

/** The server's bytes of one channel, cut into messages. */
class Counter {
  private readonly count: (name: string, pixels?: number) => void;
  private pending: Buffer = Buffer.alloc(0);
  private linked = false;

  constructor(count: (name: string, pixels?: number) => void) {
    this.count = count;
  }

  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    if (!this.linked) {
      if (this.pending.length < linkHeaderBytes) return;
      const end = linkHeaderBytes + this.pending.readUInt32LE(12) + linkResultBytes;
      if (this.pending.length < end) return;
      this.pending = this.pending.subarray(end);
      this.linked = true;
    }
    while (this.pending.length >= miniHeaderBytes) {
      const end = miniHeaderBytes + this.pending.readUInt32LE(2);
      if (this.pending.length < end) return;
      this.message(this.pending.readUInt16LE(0), this.pending.subarray(miniHeaderBytes, end));
      this.pending = this.pending.subarray(end);
    }
  }

  private message(type: number, body: Buffer): void {
    const message = displayServerMessages.read(type, body);
    if (message === undefined) return this.count(`unknown:${type}`);
    this.count(message.name);
    const value = message.value as Record<string, unknown>;
    if (message.name === 'surfaceCreate' && value['surfaceId'] !== 0)
      this.count(`surface:${String(value['format'])}`);
    for (const { payload, width, height } of imagesIn(value)) {
      const isNamed = ['fromCache', 'fromCacheLossless', 'surface'].includes(payload.kind);
      this.count(`image:${payload.kind}`, isNamed ? 0 : width * height);
    }
  }
}

function imagesIn(value: Record<string, unknown>): Image[] {
  const brush = value['brush'] as { image?: unknown } | undefined;
  const mask = value['mask'] as { image?: unknown } | null | undefined;
  const candidates = [value['src'], brush?.image, mask?.image ?? mask];
  return candidates.filter(
    (one): one is Image => typeof one === 'object' && one !== null && 'payload' in one,
  );
}

/** Forwards a port of its own to `target`. */
export async function startTap(target: number): Promise<Tap> {
  const seen = new Map<string, number>();
  let imagePixels = 0;
  const count = (name: string, pixels = 0) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    imagePixels += pixels;
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const counter = new Counter(count);
    let channel: number | undefined;
    client.once('data', (first: Buffer) => {
      // The link message comes in one piece: the viewer writes it so.
      channel = first[20];
    });
    upstream.on('data', (chunk: Buffer) => {
      if (channel === displayChannel) counter.push(chunk);
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    imagePixels: () => imagePixels,
    summary: () =>
      [...seen]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, times]) => `${name} ${times}`)
        .join(', '),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
