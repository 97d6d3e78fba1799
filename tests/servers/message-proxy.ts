/** A TCP proxy before a SPICE server that reads, and may change, what the channels of one type say. */
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './ports.ts';

export interface MessageProxy {
  readonly port: number;
  stop(): Promise<void>;
}

export interface Proxied {
  /** the channels looked at: a SPICE channel type, e.g. 2 for display */
  readonly channelType: number;
  /** A message of the server, without its header. @returns what the client gets in its place; undefined for itself */
  fromServer?(type: number, body: Buffer): { type: number; body: Uint8Array } | undefined | void;
  fromClient?(type: number, body: Buffer): void;
  /** The client's link message (16 bytes of header included), to be changed in place. */
  link?(bytes: Buffer): void;
}

const LINK_HEADER_BYTES = 16;
const LINK_RESULT_BYTES = 4;
const TICKET_BYTES = 4 + 128;
const MINI_HEADER_BYTES = 6;

/** One direction of a connection: the link stage, passed on as it is, then messages. */
class Direction {
  #pending: Buffer = Buffer.alloc(0);
  #linked = false;
  readonly #afterLink: number;
  readonly #message: (type: number, body: Buffer) => Buffer;

  constructor(afterLink: number, message: (type: number, body: Buffer) => Buffer) {
    this.#afterLink = afterLink;
    this.#message = message;
  }

  /** @returns what goes on */
  push(chunk: Buffer): Buffer {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const parts: Buffer[] = [];
    const take = (bytes: number): Buffer => {
      const taken = this.#pending.subarray(0, bytes);
      this.#pending = this.#pending.subarray(bytes);
      return taken;
    };
    if (!this.#linked) {
      if (this.#pending.length < LINK_HEADER_BYTES) return Buffer.alloc(0);
      const end = LINK_HEADER_BYTES + this.#pending.readUInt32LE(12);
      // The other side answers the link message before it gets what follows.
      if (this.#pending.length < end) return Buffer.alloc(0);
      parts.push(take(end));
      this.#linked = true;
      this.#rest = this.#afterLink;
    }
    if (this.#rest > 0) {
      const taken = take(Math.min(this.#rest, this.#pending.length));
      this.#rest -= taken.length;
      parts.push(taken);
    }
    while (this.#rest === 0 && this.#pending.length >= MINI_HEADER_BYTES) {
      const end = MINI_HEADER_BYTES + this.#pending.readUInt32LE(2);
      if (this.#pending.length < end) break;
      const whole = take(end);
      parts.push(this.#message(whole.readUInt16LE(0), whole.subarray(MINI_HEADER_BYTES)));
    }
    return Buffer.concat(parts);
  }

  #rest = 0;
}

function withHeader(type: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(MINI_HEADER_BYTES + body.length);
  bytes.writeUInt16LE(type, 0);
  bytes.writeUInt32LE(body.length, 2);
  bytes.set(body, MINI_HEADER_BYTES);
  return bytes;
}

/** Forwards a port of its own to `target`; other channels pass unseen. */
export async function startMessageProxy(target: number, proxied: Proxied): Promise<MessageProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const fromServer = new Direction(LINK_RESULT_BYTES, (type, body) => {
      const changed = proxied.fromServer?.(type, body);
      return changed ? withHeader(changed.type, changed.body) : withHeader(type, body);
    });
    const fromClient = new Direction(TICKET_BYTES, (type, body) => {
      proxied.fromClient?.(type, body);
      return withHeader(type, body);
    });
    let isProxied: boolean | undefined;
    client.on('data', (chunk: Buffer) => {
      if (isProxied === undefined) {
        // The link message comes in one piece: the viewer writes it so.
        isProxied = chunk[20] === proxied.channelType;
        if (isProxied) proxied.link?.(chunk);
      }
      upstream.write(isProxied ? fromClient.push(chunk) : chunk);
    });
    upstream.on('data', (chunk: Buffer) => client.write(isProxied === true ? fromServer.push(chunk) : chunk));
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
  return listenOnLoopback(server, sockets);
}
