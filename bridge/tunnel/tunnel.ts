import type { Socket } from 'node:net';
import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import type { WebSocket } from 'ws';
import { BridgeError, type BridgeErrorCode, CLOSE, type CloseCode } from '../errors/bridge-error.ts';
import { LinkBroker, refusalReply, TargetRefusal } from '../link/link-broker.ts';
import { type Connecting, connectTarget } from '../targets/connect-target.ts';
import type { Target } from '../targets/target.ts';
import { FrameReader } from './frame-reader.ts';
import {
  CLIENT_PEEK_SIZE,
  peekChannelType,
  peekConnectionId,
  peekNeedSecured,
  SERVER_PEEK_SIZE,
} from './link-peek.ts';
import type { SpiceGrant } from './spice-grant.ts';
import type { EndReason } from './tunnel-observer.ts';

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
  /**
   * Says where the channel may go. Called at once; what the client sends meanwhile is kept. A BridgeError is what the
   * client is told.
   */
  readonly admit: (signal: AbortSignal) => Promise<SpiceGrant>;
  /** Milliseconds: for finding out where the target is, for connecting, and for each side's part of the link stage. */
  readonly connectTimeout: number;
  /** Milliseconds: for the client's link message. */
  readonly handshakeTimeout: number;
  /** SPICE channel type and connection id, once the client has told them; -1 when it does not speak SPICE. Once. */
  readonly onLinked?: (type: number, connectionId: number) => void;
  /** The target took the connection, so many milliseconds after the bridge began to connect. */
  readonly onConnected?: (milliseconds: number) => void;
  /** The WebSocket is gone; the target may still be taking the last bytes. `cause`: of `bridge-failed`. */
  readonly onBrowserGone: (reason: EndReason, cause: unknown) => void;
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
  readonly #options: TunnelOptions;
  readonly #abort = new AbortController();

  /**
   * `admitting`: it is being found out whether and where. `waiting`: for the client's first bytes. `connecting`.
   * `linking`: the broker talks to both. `tunnelling`: bytes pass. `closing`: on the way out.
   */
  #state: 'admitting' | 'waiting' | 'connecting' | 'linking' | 'tunnelling' | 'closing' = 'admitting';
  #grant: SpiceGrant | undefined;
  #target: Target | undefined;
  #attempt: Connecting | undefined;
  /** Once the target is connected. */
  #socket: Socket | undefined;
  #reader: FrameReader | undefined;
  /** Answers the ticket, where the bridge has the password, until the link stage is over. */
  #broker: LinkBroker | undefined;
  #overTls = false;
  #renewed = false;
  /** The client's first bytes, until they tell the channel; then undefined. */
  #hello: Buffer | undefined = Buffer.alloc(0);
  #helloTimer: NodeJS.Timeout | undefined;
  /** Why it ends. */
  #reason: EndReason = 'left';
  #cause: unknown;
  #fromBrowser = 0;
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

    // Before anything that takes time, so that no byte of an eager client is lost.
    this.#websocket.on('message', (data, isBinary) => this.#fromClient(data as Buffer, isBinary));
    this.#websocket.on('ping', (data) => {
      if (this.#client.writableLength < PONG_LIMIT) this.#websocket.pong(data);
    });
    this.#websocket.on('error', () => {}); // `close` follows
    this.#websocket.on('close', () => this.#clientGone());
    this.#client.on('drain', () => this.#resumeTarget());

    this.#helloTimer = setTimeout(
      () => this.end(new BridgeError('client-silent')),
      this.#options.handshakeTimeout,
    );
    void this.#admit();
  }

  /** Payload bytes that came from the browser. */
  get bytesToServer(): number {
    return this.#fromBrowser;
  }

  /** Payload bytes that went to the browser. */
  get bytesToBrowser(): number {
    return this.#reader?.sent ?? 0;
  }

  /** Ends both sides; the browser reads the error's code and sentence. */
  end(error: BridgeError): void {
    this.#close(error.code, error.closeCode || CLOSE.broken, error.message);
  }

  #close(why: EndReason, code: CloseCode, reason: string): void {
    if (this.#state === 'closing') return;
    this.#reason = why;
    this.#enterClosing();
    this.#websocket.close(code, reason);
    // A paused WebSocket would never read the browser's goodbye.
    this.#websocket.resume();
    this.#endTarget();
    this.#checkClosed();
  }

  /** Ends without a goodbye. */
  terminate(why?: EndReason): void {
    if (this.#state !== 'closing' && why !== undefined) this.#reason = why;
    this.#enterClosing();
    this.#websocket.terminate();
    this.#socket?.destroy();
    this.#clientGone();
  }

  #fail(error: unknown): void {
    if (error instanceof BridgeError) this.end(error);
    else {
      this.#cause ??= error;
      this.end(new BridgeError('bridge-failed', undefined, { cause: error }));
    }
  }

  /** How long the current step may take, and who is to blame then. */
  #within(code: BridgeErrorCode): void {
    clearTimeout(this.#linkTimer);
    this.#linkTimer = setTimeout(() => this.#fail(new BridgeError(code)), this.#options.connectTimeout);
  }

  async #admit(): Promise<void> {
    try {
      this.#grant = await this.#options.admit(this.#abort.signal);
      await this.#resolve();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Finds out where the target is now, and begins with what it needs: the client's word, or a connection at once. */
  async #resolve(): Promise<void> {
    if (this.#grant === undefined || this.#isClosing()) return;
    this.#within('target-timeout');
    const target = await this.#grant.provider.resolve(this.#abort.signal);
    if (this.#isClosing()) return;
    clearTimeout(this.#linkTimer);
    this.#target = target;
    if (this.#broker !== undefined) {
      this.#connect(this.#overTls);
      return;
    }
    const chooses =
      target.plain !== undefined && target.secure !== undefined && target.secureChannels.size > 0;
    if (target.password !== undefined) this.#startBroker();
    else if (chooses || this.#grant.channels !== undefined) this.#awaitChannel();
    else this.#connect(target.plain === undefined);
  }

  #awaitChannel(): void {
    this.#state = 'waiting';
    this.#within('client-silent');
    this.#chooseEndpoint();
  }

  #startBroker(): void {
    this.#state = 'waiting';
    this.#within('client-silent');
    this.#broker = new LinkBroker({
      onRequest: ({ channelType }) => this.#connectChannel(channelType),
      toTarget: (bytes) => this.#socket?.write(bytes),
      toClient: (bytes) => void this.#reader?.send(bytes),
      onAccepted: () => this.#within('client-silent'),
      onDone: ({ toTarget, toClient }) => {
        clearTimeout(this.#linkTimer);
        this.#broker = undefined;
        this.#state = 'tunnelling';
        if (toTarget.length > 0) this.#socket?.write(toTarget);
        const more = toClient.length === 0 || this.#reader?.send(toClient) === true;
        if (more) this.#socket?.resume();
      },
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#websocket.resume();
    for (const bytes of early) this.#brokered((broker) => broker.clientBytes(bytes));
  }

  /** Runs a step of the link stage that the bridge answers. */
  #brokered(step: (broker: LinkBroker) => void): void {
    if (this.#broker === undefined || this.#state === 'closing') return;
    try {
      step(this.#broker);
    } catch (error) {
      if (error instanceof TargetRefusal) this.#refused(error.linkError);
      else if (error instanceof BridgeError && error.code === 'target-password') this.#renew(error);
      else this.#fail(error);
    }
  }

  /** The server refuses the channel: over TLS it may not, else the client is told with the server's own number. */
  #refused(linkError: number): void {
    if (linkError === linkErrorCode.needSecured && !this.#overTls && this.#target?.secure !== undefined) {
      this.#dropTarget();
      this.#connect(true);
      return;
    }
    this.#reader?.send(refusalReply(linkError));
    this.#close('ended', CLOSE.ended, 'The server ended the session.');
  }

  /** Once more with a new password, where passwords are made for each session and the last may have expired. */
  #renew(refusal: BridgeError): void {
    const target = this.#target;
    if (this.#renewed || target === undefined || this.#grant?.provider.renew?.(target) !== true) {
      this.#fail(refusal);
      return;
    }
    this.#renewed = true;
    this.#dropTarget();
    this.#state = 'connecting';
    void this.#resolve().catch((error: unknown) => this.#fail(error));
  }

  /** Reads the channel type from the client's link message and connects to the port that it belongs to. */
  #chooseEndpoint(): void {
    const bytes = Buffer.concat(this.#early ?? [], Math.min(this.#earlySize, CLIENT_PEEK_SIZE));
    const channel = peekChannelType(bytes);
    if (channel === undefined) return;
    clearTimeout(this.#linkTimer);
    if (channel === null) this.#fail(new BridgeError('client-not-spice'));
    else this.#connectChannel(channel);
  }

  #connectChannel(channel: number): void {
    clearTimeout(this.#linkTimer);
    const { channels } = this.#grant as SpiceGrant;
    const { plain, secure, secureChannels } = this.#target as Target;
    if (channels?.has(channel) === false) this.#fail(new BridgeError('channel-refused'));
    else this.#connect(plain === undefined || (secure !== undefined && secureChannels.has(channel)));
  }

  #connect(secure: boolean): void {
    const target = this.#target as Target;
    this.#state = 'connecting';
    this.#overTls = secure;
    // Only a plain connection can be answered with "use TLS", and only where there is TLS.
    const mayAskForTls = this.#broker === undefined && !secure && target.secure !== undefined;
    this.#answer = mayAskForTls ? Buffer.alloc(0) : undefined;
    const reader = new FrameReader(this.#client, !secure && target.proxy === undefined);
    const current = (): boolean => attempt === this.#attempt;
    const start = performance.now();
    const attempt = connectTarget({
      target,
      secure,
      timeout: this.#options.connectTimeout,
      onread: {
        buffer: () => reader.nextBuffer(),
        callback: (size) => (current() ? this.#fromTarget(reader, size) : true),
      },
      onOpen: (socket) => {
        if (current() && this.#state === 'connecting') {
          this.#options.onConnected?.(performance.now() - start);
          this.#connected(socket, reader, current);
        } else socket.destroy();
      },
      onError: (error) => {
        if (current()) this.#fail(error);
      },
    });
    this.#attempt = attempt;
  }

  #connected(socket: Socket, reader: FrameReader, current: () => boolean): void {
    this.#socket = socket;
    this.#reader = reader;
    socket.once('end', () => {
      if (current()) this.#targetEnded(reader);
    });
    socket.once('close', () => {
      reader.release();
      if (current()) this.#checkClosed();
    });
    socket.on('drain', () => {
      if (current()) this.#websocket.resume();
    });
    if (this.#broker !== undefined) {
      this.#state = 'linking';
      this.#within('target-timeout');
      this.#brokered((broker) => broker.targetOpened(this.#target?.password ?? ''));
      return;
    }
    this.#state = 'tunnelling';
    socket.cork();
    for (const bytes of this.#early ?? []) socket.write(bytes);
    socket.uncork();
    if (this.#answer === undefined) this.#early = undefined;
    if (!socket.writableNeedDrain) this.#websocket.resume();
  }

  #targetEnded(reader: FrameReader): void {
    if (this.#broker?.waitsFor === 'target') {
      this.#fail(new BridgeError('target-hung-up'));
      return;
    }
    if (this.#answer !== undefined) reader.send(this.#answer);
    this.#close('ended', CLOSE.ended, 'The server ended the session.');
  }

  #fromClient(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'closing') return;
    if (!isBinary) {
      this.#fail(new BridgeError('client-text'));
      return;
    }
    this.#fromBrowser += data.length;
    if (this.#hello !== undefined) this.#peek(data);
    if (this.#isClosing()) return;
    if (this.#broker !== undefined) {
      this.#brokered((broker) => broker.clientBytes(data));
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

  /** Looks at the client's first bytes until they tell the channel, or that it is not SPICE. */
  #peek(data: Buffer): void {
    const hello = this.#hello as Buffer;
    const bytes = hello.length === 0 ? data : Buffer.concat([hello, data]);
    const type = peekChannelType(bytes);
    if (type === undefined) {
      this.#hello = Buffer.from(bytes); // `data` may share a large buffer
      return;
    }
    this.#hello = undefined;
    clearTimeout(this.#helloTimer);
    if (type === null) this.#options.onLinked?.(-1, 0);
    else this.#options.onLinked?.(type, peekConnectionId(bytes));
  }

  /** False pauses the target's socket. */
  #fromTarget(reader: FrameReader, size: number): boolean {
    if (this.#state === 'closing') return true;
    if (this.#broker !== undefined) {
      this.#brokered((broker) => broker.targetBytes(reader.received(size)));
      // Accepted: nothing more before the client has had its answer.
      return this.#broker?.waitsFor !== 'client';
    }
    if (this.#answer === undefined) return reader.forward(size);

    // Keep the first bytes of the server's answer back until it is clear that they don't ask for TLS.
    const received = reader.received(size);
    const missing = SERVER_PEEK_SIZE - this.#answer.length;
    this.#answer = Buffer.concat([this.#answer, received.subarray(0, missing)]);
    const needSecured = peekNeedSecured(this.#answer);
    if (needSecured === undefined) return true;
    if (needSecured && this.#early !== undefined) {
      this.#dropTarget();
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

  /** The browser has taken what was waiting for it. */
  #resumeTarget(): void {
    if (this.#broker === undefined) this.#socket?.resume();
  }

  /** Leaves a connection behind for another one. */
  #dropTarget(): void {
    this.#attempt?.cancel();
    this.#attempt = undefined;
    this.#socket = undefined;
  }

  #clientGone(): void {
    if (this.#browserGone) return;
    this.#browserGone = true;
    this.#enterClosing();
    this.#endTarget();
    this.#options.onBrowserGone(this.#reason, this.#cause);
    this.#checkClosed();
  }

  #isClosing(): boolean {
    return this.#state === 'closing';
  }

  #enterClosing(): void {
    this.#state = 'closing';
    clearTimeout(this.#helloTimer);
    this.#hello = undefined;
    clearTimeout(this.#linkTimer);
    this.#early = undefined;
    this.#answer = undefined;
    this.#broker = undefined;
    this.#abort.abort();
  }

  /** Sends what is left, then FIN; what still comes is dropped. */
  #endTarget(): void {
    const socket = this.#socket;
    if (socket === undefined) {
      this.#attempt?.cancel();
      return;
    }
    if (socket.destroyed) return;
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
