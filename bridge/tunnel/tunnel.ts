import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { BridgeError, CLOSE, type CloseCode } from '../config/bridge-error.ts';
import { connectTarget } from '../targets/connect-target.ts';
import type { Target } from '../targets/target.ts';
import { FrameReader } from './frame-reader.ts';
import { CLIENT_PEEK_SIZE, peekChannelType, peekNeedSecured, SERVER_PEEK_SIZE } from './link-peek.ts';

/** Client bytes kept before the target is connected, or for a second try over TLS. The browser waits beyond. */
const EARLY_LIMIT = 64 * 1024;
/** Unsent bytes towards the browser beyond which its pings go unanswered: they would pile up in memory. */
const PONG_LIMIT = 64 * 1024;
/** How long the target may take to take the last bytes after the browser has gone, in milliseconds. */
const LINGER = 5000;

export interface TunnelOptions {
  readonly websocket: WebSocket;
  /** The socket under `websocket`. */
  readonly client: Socket;
  readonly target: Target;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** The WebSocket is gone; the target may still be taking the last bytes. */
  readonly onBrowserGone: () => void;
  /** Both connections are gone. */
  readonly onClosed: () => void;
}

/**
 * One SPICE channel: a WebSocket on one side, a connection to the target on the other.
 *
 * `ws` does the handshake, receives and closes. Bytes towards the browser bypass it: see FrameReader. Either side that
 * does not keep up pauses the other's socket, so a tunnel holds no more than a few buffers.
 */
export class Tunnel {
  readonly #websocket: WebSocket;
  readonly #client: Socket;
  readonly #target: Target;
  readonly #options: TunnelOptions;

  /** `waiting`: for the client's first bytes. `tunnelling`: the target is connected. `closing`: on the way out. */
  #state: 'waiting' | 'connecting' | 'tunnelling' | 'closing' = 'waiting';
  #socket: Socket | undefined;
  #linkTimer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;
  #browserGone = false;
  /** Client bytes not sent yet, or kept for a second try; undefined once no longer needed. */
  #early: Buffer[] | undefined = [];
  #earlySize = 0;
  /** The server's first bytes, while they may still ask for TLS. */
  #answer: Buffer | undefined;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#websocket = options.websocket;
    this.#client = options.client;
    this.#target = options.target;

    // Before anything that takes time, so that no byte of an eager client is lost.
    this.#websocket.on('message', (data, isBinary) => this.#fromClient(data as Buffer, isBinary));
    this.#websocket.on('ping', (data) => {
      if (this.#client.writableLength < PONG_LIMIT) this.#websocket.pong(data);
    });
    this.#websocket.on('error', () => {}); // `close` follows
    this.#websocket.on('close', () => this.#clientGone());
    this.#client.on('drain', () => this.#socket?.resume());

    if (
      this.#target.plain !== undefined &&
      this.#target.secure !== undefined &&
      this.#target.secureChannels.size > 0
    ) {
      this.#linkTimer = setTimeout(
        () => this.#fail(new BridgeError('client-silent')),
        this.#options.connectTimeout,
      );
    } else {
      this.#connect(this.#target.plain === undefined);
    }
  }

  /** Ends both sides; the browser reads code and reason. */
  close(code: CloseCode, reason: string): void {
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    clearTimeout(this.#linkTimer);
    this.#early = undefined;
    this.#answer = undefined;
    this.#websocket.close(code, reason);
    // A paused WebSocket would never read the browser's goodbye.
    this.#websocket.resume();
    this.#endTarget();
    this.#checkClosed();
  }

  /** Ends without a goodbye. */
  terminate(): void {
    this.#state = 'closing';
    clearTimeout(this.#linkTimer);
    this.#websocket.terminate();
    this.#socket?.destroy();
    this.#clientGone();
  }

  #fail(error: BridgeError): void {
    this.close(error.closeCode || CLOSE.broken, error.message);
  }

  #connect(secure: boolean): void {
    const { plain, secure: tls } = this.#target;
    const endpoint = secure ? tls && { secure: tls } : plain && { plain };
    if (endpoint === undefined) throw new TypeError('a target has no endpoint');
    this.#state = 'connecting';
    // Only a plain connection can be answered with "use TLS", and only where there is TLS.
    this.#answer = !secure && tls !== undefined ? Buffer.alloc(0) : undefined;
    const reader = new FrameReader(this.#client, !secure);
    const socket = connectTarget({
      endpoint,
      timeout: this.#options.connectTimeout,
      onread: {
        buffer: () => reader.nextBuffer(),
        callback: (size) => this.#fromTarget(socket, reader, size),
      },
      onOpen: () => {
        if (socket === this.#socket && this.#state === 'connecting') this.#connected(socket);
      },
      onError: (error) => {
        if (socket === this.#socket) this.#fail(error);
      },
    });
    this.#socket = socket;
    socket.once('end', () => {
      if (socket !== this.#socket) return;
      if (this.#answer !== undefined) reader.send(this.#answer);
      this.close(CLOSE.ended, 'The server ended the session.');
    });
    socket.once('close', () => {
      reader.release();
      if (socket === this.#socket) this.#checkClosed();
    });
    socket.on('drain', () => {
      if (socket === this.#socket) this.#websocket.resume();
    });
  }

  #connected(socket: Socket): void {
    this.#state = 'tunnelling';
    socket.cork();
    for (const bytes of this.#early ?? []) socket.write(bytes);
    socket.uncork();
    if (this.#answer === undefined) this.#early = undefined;
    if (!socket.writableNeedDrain) this.#websocket.resume();
  }

  #fromClient(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'closing') return;
    if (!isBinary) {
      this.#fail(new BridgeError('client-text'));
      return;
    }
    if (this.#early !== undefined) this.#keepEarly(data);
    if (this.#state === 'tunnelling') {
      if (this.#socket?.write(data) === false) this.#websocket.pause();
    } else if (this.#earlySize > EARLY_LIMIT) {
      this.#websocket.pause();
    }
    if (this.#state === 'waiting') this.#chooseEndpoint();
  }

  #keepEarly(data: Buffer): void {
    this.#early?.push(data);
    this.#earlySize += data.length;
    // Such a client does not wait for the server's answer: it is too late for a second try.
    if (this.#state === 'tunnelling' && this.#earlySize > EARLY_LIMIT) this.#early = undefined;
  }

  /** Reads the channel type from the client's link message and connects to the port that it belongs to. */
  #chooseEndpoint(): void {
    const bytes = Buffer.concat(this.#early ?? [], Math.min(this.#earlySize, CLIENT_PEEK_SIZE));
    const channel = peekChannelType(bytes);
    if (channel === undefined) return;
    clearTimeout(this.#linkTimer);
    if (channel === null) this.#fail(new BridgeError('client-not-spice'));
    else this.#connect(this.#target.secureChannels.has(channel));
  }

  /** False pauses the target's socket. */
  #fromTarget(socket: Socket, reader: FrameReader, size: number): boolean {
    if (socket !== this.#socket || this.#state === 'closing') return true;
    if (this.#answer === undefined) return reader.forward(size);

    // Keep the first bytes of the server's answer back until it is clear that they don't ask for TLS.
    const received = reader.received(size);
    const missing = SERVER_PEEK_SIZE - this.#answer.length;
    this.#answer = Buffer.concat([this.#answer, received.subarray(0, missing)]);
    const needSecured = peekNeedSecured(this.#answer);
    if (needSecured === undefined) return true;
    if (needSecured && this.#early !== undefined) {
      this.#socket = undefined;
      socket.destroy();
      this.#connect(true);
      return true;
    }
    const rest = received.subarray(missing);
    reader.send(this.#answer);
    if (rest.length > 0) reader.send(rest);
    this.#answer = undefined;
    this.#early = undefined;
    return true;
  }

  #clientGone(): void {
    if (this.#browserGone) return;
    this.#browserGone = true;
    this.#state = 'closing';
    clearTimeout(this.#linkTimer);
    this.#early = undefined;
    this.#endTarget();
    this.#options.onBrowserGone();
    this.#checkClosed();
  }

  /** Sends what is left, then FIN; what still comes is dropped. */
  #endTarget(): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    if (socket.connecting || socket.pending) {
      socket.destroy();
      return;
    }
    socket.end();
    // Else the browser's `drain` does it: what it has not taken yet lies in the buffer that reads go to.
    if (this.#browserGone) socket.resume();
    this.#lingerTimer ??= setTimeout(() => socket.destroy(), LINGER).unref();
  }

  #checkClosed(): void {
    const targetGone = this.#socket === undefined || this.#socket.closed;
    if (targetGone) clearTimeout(this.#lingerTimer);
    if (!this.#browserGone || !targetGone) return;
    this.#options.onClosed();
  }
}
