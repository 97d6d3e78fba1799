import type { Socket } from 'node:net';
import type { BridgeError } from '../errors/bridge-error.ts';
import { type Connecting, connectTarget } from '../targets/connect-target.ts';
import type { Target } from '../targets/target.ts';
import { FrameReader } from './frame-reader.ts';

/** How long the target may take to take the last bytes after the browser has gone, in milliseconds. */
const LINGER = 5000;

export interface TargetConnectionOptions {
  readonly target: Target;
  /** Which of its endpoints. */
  readonly secure: boolean;
  /** Milliseconds: for connecting. */
  readonly timeout: number;
  /** The browser's socket, which the reader sends to. */
  readonly client: Socket;
  /** Bytes may be written; so many milliseconds after the beginning. */
  readonly onOpen: (milliseconds: number) => void;
  /** `reader.received(size)` or `reader.forward(size)` has them. False pauses the target until `resume`. */
  readonly onBytes: (size: number) => boolean;
  /** After a `write` that returned false: there is room again. */
  readonly onDrain: () => void;
  /** The target says no more. */
  readonly onEnd: () => void;
  /** It did not come about, or broke. */
  readonly onError: (error: BridgeError) => void;
  /** Nothing is left of a connection that was open. */
  readonly onClosed: () => void;
}

/**
 * One connection to a target, and the reader of what it says. A tunnel has one at a time, but may leave it for another:
 * over TLS, where the target asks for that, or with a new password. Nothing is heard of one that was dropped.
 */
export class TargetConnection {
  readonly reader: FrameReader;
  readonly #options: TargetConnectionOptions;
  readonly #attempt: Connecting;
  /** Once it is open. */
  #socket: Socket | undefined;
  #dropped = false;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(options: TargetConnectionOptions) {
    const { target, secure, timeout, client } = options;
    this.#options = options;
    this.reader = new FrameReader(client, !secure && target.proxy === undefined);
    const start = performance.now();
    this.#attempt = connectTarget({
      target,
      secure,
      timeout,
      onread: {
        buffer: () => this.reader.nextBuffer(),
        callback: (size) => this.#dropped || options.onBytes(size),
      },
      onOpen: (socket) => this.#opened(socket, performance.now() - start),
      onError: (error) => {
        if (!this.#dropped) options.onError(error);
      },
    });
  }

  /** Nothing of it is left, or it never came about. */
  get isGone(): boolean {
    return this.#socket === undefined || this.#socket.closed;
  }

  /** False: the target is slow, so write no more before `onDrain`. */
  write(bytes: Uint8Array): boolean {
    return this.#socket?.write(bytes) ?? true;
  }

  /** The same for several, as few packets. */
  writeAll(pieces: readonly Uint8Array[]): boolean {
    this.#socket?.cork();
    for (const bytes of pieces) this.#socket?.write(bytes);
    this.#socket?.uncork();
    return this.#socket?.writableNeedDrain !== true;
  }

  /** The browser has taken what was waiting for it. */
  resume(): void {
    this.#socket?.resume();
  }

  /** Sends what is left, then FIN. `unread`: what still comes goes nowhere, so that the target's end is seen. */
  end(unread: boolean): void {
    const socket = this.#socket;
    if (socket === undefined) {
      this.drop();
      return;
    }
    if (socket.destroyed) return;
    socket.end();
    if (unread) socket.resume();
    this.#lingerTimer ??= setTimeout(() => socket.destroy(), LINGER).unref();
  }

  /** Ends it without a goodbye; `onClosed` follows. */
  destroy(): void {
    this.#socket?.destroy();
  }

  /** Leaves it for another one, or gives up on it. */
  drop(): void {
    this.#dropped = true;
    this.#attempt.cancel();
  }

  #opened(socket: Socket, milliseconds: number): void {
    this.#socket = socket;
    const { onOpen, onEnd, onClosed, onDrain } = this.#options;
    socket.once('end', () => {
      if (!this.#dropped) onEnd();
    });
    socket.once('close', () => {
      clearTimeout(this.#lingerTimer);
      this.reader.release();
      if (!this.#dropped) onClosed();
    });
    socket.on('drain', () => {
      if (!this.#dropped) onDrain();
    });
    onOpen(milliseconds);
  }
}
