/** What the bridge's tests share: servers, a WebSocket client that remembers, byte patterns. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { capabilityWords, commonCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { ClientHello } from '@spice-viewer/shared-protocol/link/client-hello.ts';
import { advanceLink, ClientLink, type LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { encryptTicket } from '@spice-viewer/shared-protocol/link/ticket.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import { WebSocket } from 'ws';
import type { BridgeConfig } from '../config/options.ts';
import { type Bridge, createBridge } from '../create-bridge.ts';

/** A TCP server on a free loopback port, or on a Unix socket. */
export async function listen(
  onSocket: (socket: Socket) => void,
  path?: string,
): Promise<Server & { port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  return Object.assign(server, { port: path === undefined ? (server.address() as AddressInfo).port : 0 });
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await listen(() => {});
  server.close();
  await once(server, 'close');
  return server.port;
}

/** A bridge on a free port with these targets, name to URI. */
export function bridgeTo(
  targets: Readonly<Record<string, string>>,
  config: Partial<BridgeConfig> = {},
): Promise<Bridge> {
  return createBridge({
    listen: { host: '127.0.0.1', port: 0 },
    drainTimeout: 1,
    targets: Object.entries(targets).map(([name, uri]) => ({ name, uri })),
    ...config,
  });
}

export interface TestClientOptions {
  readonly origin?: string;
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
}

/** A WebSocket client that keeps what it gets. */
export class TestClient {
  readonly websocket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #notify = (): void => {};

  constructor(url: string, options: TestClientOptions = {}) {
    const { origin, protocols = ['binary'], headers = {} } = options;
    this.websocket = new WebSocket(url.replace('http', 'ws'), protocols, {
      perMessageDeflate: false,
      headers,
      ...(origin === undefined ? {} : { origin }),
    });
    this.websocket.on('message', (data: Buffer) => {
      this.#chunks.push(data);
      this.#size += data.length;
      this.#notify();
    });
    this.websocket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.websocket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#notify();
      });
    });
  }

  get size(): number {
    return this.#size;
  }

  async opened(): Promise<this> {
    if (this.websocket.readyState === WebSocket.CONNECTING) await once(this.websocket, 'open');
    return this;
  }

  /** In messages, of which the first is short: longer ones are taken for an attack. */
  sendAll(bytes: Uint8Array): void {
    let at = 0;
    for (let size = 64; at < bytes.length; size = 64 * 1024) {
      this.websocket.send(bytes.subarray(at, (at += size)));
    }
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Everything received, once it is at least `size` bytes. */
  async until(size: number): Promise<Buffer> {
    while (this.#size < size) {
      if (this.websocket.readyState === WebSocket.CLOSED)
        throw new Error(`closed after ${this.#size} of ${size} bytes`);
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
    return this.received;
  }
}

/** Bytes whose value tells their place, so that loss, repetition and mixing show. */
export function pattern(size: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Everything a socket delivers until its end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits until `value` has stayed the same over many turns of the event loop. */
export async function settled(value: () => number): Promise<number> {
  let last = value();
  for (let same = 0; same < 25; same++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = value();
    if (now !== last) same = 0;
    last = now;
  }
  return last;
}

/** A client's link message for a channel type (docs/protocol/link.md#link-stage), without capabilities. */
export function linkMessage(channelType: number): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.write('REDQ', 0, 'latin1');
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(18, 12);
  bytes[20] = channelType;
  bytes.writeUInt32LE(18, 30);
  return bytes;
}

/** What a client's link message says that is like `linkMessage`. */
export function clientHello(channelType: number, connectionId = 0): ClientHello {
  return { connectionId, channelType, channelId: 0, commonCaps: [], channelCaps: [], size: 34 };
}

/** The beginning of a server's link reply with an error number. */
export function linkReply(error: number): Buffer {
  const bytes = Buffer.alloc(16 + 178);
  bytes.write('REDQ', 0, 'latin1');
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(178, 12);
  bytes.writeUInt32LE(error, 16);
  return bytes;
}

/** Goes through the link stage as a SPICE client does, with an empty password; what comes behind it is `rest`. */
export async function linkAsClient(
  client: TestClient,
  channelType: number,
): Promise<{ result: LinkResult; rest: Buffer }> {
  const link = new ClientLink({
    connectionId: 0,
    channelType,
    channelId: 0,
    commonCaps: capabilityWords([commonCapability.authSelection, commonCapability.miniHeader]),
    channelCaps: [],
  });
  const queue = new ByteQueue();
  let taken = 0;
  client.websocket.send(link.start());
  for (;;) {
    const received = await client.until(taken + 1);
    queue.push(received.subarray(taken));
    taken = received.length;
    const result = await advanceLink(
      link,
      queue,
      (key) => encryptTicket(key, ''),
      (bytes) => client.websocket.send(bytes),
    );
    if (result !== undefined) return { result, rest: Buffer.from(queue.take(queue.length)) };
  }
}
