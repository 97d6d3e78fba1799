import type { Socket } from 'node:net';
import type { ClientHello } from '@spice-viewer/shared-protocol/link/client-hello.ts';
import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import type { WebSocket } from 'ws';
import { BridgeError, type BridgeErrorCode, CLOSE, type CloseCode } from '../errors/bridge-error.ts';
import { LinkBroker, refusalReply, TargetRefusal } from '../link/link-broker.ts';
import { ServerAnswer } from '../link/server-answer.ts';
import type { Target } from '../targets/target.ts';
import { ClientStart } from './client-start.ts';
import type { SpiceGrant } from './spice-grant.ts';
import { TargetConnection } from './target-connection.ts';
import type { EndReason } from './tunnel-observer.ts';

/** Unsent bytes towards the browser beyond which its pings go unanswered: they would pile up in memory. */
const PONG_LIMIT = 64 * 1024;

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
  /** The client has told what it wants; null: it does not speak SPICE. Once. */
  readonly onLinked?: (hello: ClientHello | null) => void;
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
   * `admitting`: it is being found out whether and where. `waiting`: for the client's hello. `connecting`.
   * `linking`: the broker talks to both. `tunnelling`: bytes pass. `closing`: on the way out.
   */
  #state: 'admitting' | 'waiting' | 'connecting' | 'linking' | 'tunnelling' | 'closing' = 'admitting';
  #grant: SpiceGrant | undefined;
  #target: Target | undefined;
  /** The latest. */
  #connection: TargetConnection | undefined;
  /** Answers the ticket, where the bridge has the password, until the link stage is over. */
  #broker: LinkBroker | undefined;
  #overTls = false;
  #renewed = false;
  readonly #start = new ClientStart();
  #helloTimer: NodeJS.Timeout | undefined;
  /** Why it ends. */
  #reason: EndReason = 'left';
  #cause: unknown;
  #fromBrowser = 0;
  #linkTimer: NodeJS.Timeout | undefined;
  #browserGone = false;
  /** While the server may still ask for TLS. */
  #answer: ServerAnswer | undefined;

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
    return this.#connection?.reader.sent ?? 0;
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
    this.#connection?.destroy();
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
    if (target.password === undefined && !chooses && this.#grant.channels === undefined) {
      this.#connect(target.plain === undefined);
      return;
    }
    this.#state = 'waiting';
    this.#within('client-silent');
    this.#connectChannel();
  }

  /** Connects to the port that the client's channel belongs to, once it has told it. */
  #connectChannel(): void {
    const { hello } = this.#start;
    if (hello === undefined) return;
    clearTimeout(this.#linkTimer);
    const { channels } = this.#grant as SpiceGrant;
    const { plain, secure, secureChannels, password } = this.#target as Target;
    if (hello === null) this.#fail(new BridgeError('client-not-spice'));
    else if (channels?.has(hello.channelType) === false) this.#fail(new BridgeError('channel-refused'));
    else {
      if (password !== undefined) this.#startBroker(hello);
      if (this.#isClosing()) return;
      this.#connect(plain === undefined || (secure !== undefined && secureChannels.has(hello.channelType)));
    }
  }

  #startBroker(hello: ClientHello): void {
    this.#broker = new LinkBroker(hello, {
      toTarget: (bytes) => void this.#connection?.write(bytes),
      toClient: (bytes) => void this.#connection?.reader.send(bytes),
      onAccepted: () => this.#within('client-silent'),
      onDone: ({ toTarget, toClient }) => {
        clearTimeout(this.#linkTimer);
        this.#broker = undefined;
        this.#state = 'tunnelling';
        if (toTarget.length > 0) this.#connection?.write(toTarget);
        const more = toClient.length === 0 || this.#connection?.reader.send(toClient) === true;
        if (more) this.#connection?.resume();
      },
    });
    const ahead = Buffer.concat(this.#start.bytes).subarray(hello.size);
    this.#start.forget();
    this.#websocket.resume();
    this.#brokered((broker) => broker.clientBytes(ahead));
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
    this.#connection?.reader.send(refusalReply(linkError));
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

  #connect(secure: boolean): void {
    const target = this.#target as Target;
    this.#state = 'connecting';
    this.#overTls = secure;
    // Only a plain connection can be answered with "use TLS", and only where there is TLS.
    const mayAskForTls = this.#broker === undefined && !secure && target.secure !== undefined;
    this.#answer = mayAskForTls ? new ServerAnswer() : undefined;
    const connection = new TargetConnection({
      target,
      secure,
      timeout: this.#options.connectTimeout,
      client: this.#client,
      onOpen: (milliseconds) => {
        this.#options.onConnected?.(milliseconds);
        this.#connected(connection);
      },
      onBytes: (size) => this.#fromTarget(connection, size),
      onDrain: () => this.#websocket.resume(),
      onEnd: () => this.#targetEnded(connection),
      onError: (error) => this.#fail(error),
      onClosed: () => this.#checkClosed(),
    });
    this.#connection = connection;
  }

  #connected(connection: TargetConnection): void {
    if (this.#broker !== undefined) {
      this.#state = 'linking';
      this.#within('target-timeout');
      this.#brokered((broker) => broker.targetOpened(this.#target?.password ?? ''));
      return;
    }
    this.#state = 'tunnelling';
    const more = connection.writeAll(this.#start.bytes);
    if (this.#answer === undefined) this.#start.forget();
    if (more) this.#websocket.resume();
  }

  #targetEnded({ reader }: TargetConnection): void {
    if (this.#broker?.waitsFor === 'target') {
      this.#fail(new BridgeError('target-hung-up'));
      return;
    }
    if (this.#answer !== undefined) reader.send(this.#answer.bytes);
    this.#close('ended', CLOSE.ended, 'The server ended the session.');
  }

  #fromClient(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'closing') return;
    if (!isBinary) {
      this.#fail(new BridgeError('client-text'));
      return;
    }
    this.#fromBrowser += data.length;
    if (this.#broker !== undefined) {
      this.#brokered((broker) => broker.clientBytes(data));
      return;
    }
    if (this.#start.push(data)) this.#linked();
    if (this.#isClosing()) return;
    if (this.#state === 'tunnelling') {
      // Such a client does not wait for the server's answer: it is too late for a second try.
      if (this.#start.isFull) this.#start.forget();
      if (this.#connection?.write(data) === false) this.#websocket.pause();
    } else if (this.#start.isFull) {
      this.#websocket.pause();
    }
    if (this.#state === 'waiting') this.#connectChannel();
  }

  #linked(): void {
    clearTimeout(this.#helloTimer);
    this.#options.onLinked?.(this.#start.hello ?? null);
  }

  /** False pauses the target's socket. */
  #fromTarget({ reader }: TargetConnection, size: number): boolean {
    if (this.#state === 'closing') return true;
    if (this.#broker !== undefined) {
      this.#brokered((broker) => broker.targetBytes(reader.received(size)));
      // Accepted: nothing more before the client has had its answer.
      return this.#broker?.waitsFor !== 'client';
    }
    if (this.#answer === undefined) return reader.forward(size);

    const answer = this.#answer.take(reader.received(size));
    if (answer === undefined) return true;
    if (answer.needSecured && this.#start.isKept) {
      this.#dropTarget();
      this.#connect(true);
      return true;
    }
    reader.send(this.#answer.bytes);
    if (answer.rest.length > 0) reader.send(answer.rest);
    this.#answer = undefined;
    this.#start.forget();
    return true;
  }

  /** The browser has taken what was waiting for it. */
  #resumeTarget(): void {
    if (this.#broker === undefined) this.#connection?.resume();
  }

  /** Leaves a connection behind for another one. */
  #dropTarget(): void {
    this.#connection?.drop();
    this.#connection = undefined;
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
    clearTimeout(this.#linkTimer);
    this.#start.forget();
    this.#answer = undefined;
    this.#broker = undefined;
    this.#abort.abort();
  }

  #endTarget(): void {
    // While the browser is there its `drain` resumes: what it has not taken yet lies in the buffer that reads go to.
    this.#connection?.end(this.#browserGone);
  }

  #checkClosed(): void {
    if (this.#browserGone && this.#connection?.isGone !== false) this.#options.onClosed();
  }
}
