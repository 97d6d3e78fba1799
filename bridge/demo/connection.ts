import type { Socket } from 'node:net';
import { channelName } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import type { LinkRequest } from '@spice-viewer/shared-protocol/link/link-messages.ts';
import { MessageReader, MessageWriter } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { misbehaveAfterLink, PiecewiseWriter, type MisbehaviourOptions } from './misbehaviour.ts';
import { linkResult, ServerLink, type ServerLinkOptions } from './server-link.ts';

/** Clients send small messages only; agent data, the largest, comes in 2 KiB. */
const MAX_CLIENT_MESSAGE = 64 * 1024;
const LINK_TIMEOUT = 10_000;
/** A client that reads nothing for so long that this much waits is dropped. */
const MAX_UNSENT = 16 * 1024 * 1024;

/** A channel after its link stage. */
export interface ChannelPeer {
  /** @throws ProtocolError, which ends the connection */
  receive(type: number, body: Uint8Array): void;
  /** The socket has room again. */
  drained(): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
}

export interface ConnectionOptions extends MisbehaviourOptions {
  readonly link: ServerLinkOptions;
  /** link_err for a request that was authenticated but has no session */
  readonly admit: (request: LinkRequest) => number;
  /** Makes the channel; called right after the client was told OK. */
  readonly open: (connection: Connection, request: LinkRequest) => ChannelPeer;
}

/** One TCP connection: link stage, then messages both ways. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #queue = new ByteQueue();
  readonly #link: ServerLink;
  readonly #pieces: PiecewiseWriter | undefined;
  readonly #timer: NodeJS.Timeout;
  #peer: ChannelPeer | undefined;
  #reader: MessageReader | undefined;
  #writer: MessageWriter | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#link = new ServerLink(options.link);
    this.#pieces = options.misbehave === 'slow-bytes' ? new PiecewiseWriter(socket) : undefined;
    this.#timer = setTimeout(() => this.close(), LINK_TIMEOUT);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('drain', () => this.#peer?.drained());
    socket.on('error', () => this.close());
    socket.on('close', () => {
      clearTimeout(this.#timer);
      this.#peer?.closed();
    });
  }

  /** Calls back when the connection is gone. */
  onClose(callback: () => void): void {
    this.#socket.once('close', callback);
  }

  /** bytes that wait for the client to read */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  send(type: number, body: Uint8Array): void {
    if (this.#writer === undefined || this.#socket.destroyed) return;
    if (this.unsent > MAX_UNSENT) this.close();
    else this.#raw(this.#writer.write(type, body));
  }

  close(): void {
    this.#socket.destroy();
  }

  #raw(bytes: Uint8Array): void {
    if (this.#pieces === undefined) this.#socket.write(bytes);
    else this.#pieces.write(bytes);
  }

  /** The last bytes of a connection. */
  #end(bytes: Uint8Array): void {
    if (this.#pieces === undefined) this.#socket.end(bytes);
    else this.#pieces.end(bytes);
  }

  #received(chunk: Uint8Array): void {
    if (this.#options.misbehave === 'silent') return;
    this.#queue.push(chunk);
    try {
      if (this.#reader === undefined) this.#advanceLink();
      else this.#readMessages(this.#reader);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close();
    }
  }

  #advanceLink(): void {
    for (;;) {
      const step = this.#link.receive(this.#queue);
      switch (step.kind) {
        case 'wait':
          return;
        case 'send':
          this.#raw(this.#options.misbehave === 'bad-magic' ? withBadMagic(step.bytes) : step.bytes);
          break;
        case 'refuse':
          this.#end(step.bytes);
          return;
        case 'done':
          this.#linked(step.request, step.miniHeader);
          return;
      }
    }
  }

  #linked(request: LinkRequest, miniHeader: boolean): void {
    clearTimeout(this.#timer);
    const code = this.#options.admit(request);
    if (code !== linkErrorCode.ok) {
      this.#end(linkResult(code));
      return;
    }
    this.#raw(linkResult(code));
    this.#reader = new MessageReader({ miniHeader, maxSize: MAX_CLIENT_MESSAGE });
    this.#writer = new MessageWriter({ miniHeader });
    if (!this.#behaves(request)) return;
    this.#peer = this.#options.open(this, request);
    this.#readMessages(this.#reader);
  }

  #behaves({ channelType }: LinkRequest): boolean {
    const { misbehave, misbehaveOn = 'display' } = this.#options;
    if (misbehave === undefined || channelName(channelType) !== misbehaveOn) return true;
    return misbehaveAfterLink(misbehave, {
      raw: (bytes) => this.#raw(bytes),
      message: (type, body) => this.send(type, body),
      hangUp: () => this.#socket.end(),
    });
  }

  #readMessages(reader: MessageReader): void {
    for (let next = reader.next(this.#queue); next !== undefined; next = reader.next(this.#queue)) {
      this.#peer?.receive(next.type, next.body);
    }
  }
}

function withBadMagic(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[0] ^= 1;
  return changed;
}
