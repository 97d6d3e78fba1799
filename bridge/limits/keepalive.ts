import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

interface Peer {
  readonly client: Socket;
  readonly onLost: () => void;
  /** At the last look, bytes that had come from the browser. */
  read: number;
  /** At the last look, bytes that the system had taken for the browser, where more was waiting. */
  taken: number | undefined;
  /** Looks in a row at which nothing had moved since the last. */
  still: number;
  /** The same while the bridge itself read nothing of it. */
  paused: number;
}

/** Looks without a sign of life after which a browser counts as gone. The first may only have come too early. */
const STILL_LIMIT = 2;
/** The same where the bridge waits for the target and reads nothing of the browser: it may be well, but not for ever. */
const PAUSED_LIMIT = 30;
/** Bytes on their way to the browser beyond which a ping would only wait behind them. */
const PING_BACKLOG = 64 * 1024;

/**
 * Pings browsers, so that proxies keep idle connections open, and finds those that are gone without a goodbye. One
 * timer for all. Whatever a browser sends or takes is a sign of life, not the pong alone: that waits behind a picture.
 */
export class Keepalive {
  readonly #peers = new Map<WebSocket, Peer>();
  #timer: NodeJS.Timeout | undefined;
  #interval: number;

  /** @param interval milliseconds */
  constructor(interval: number) {
    this.#interval = interval;
  }

  configure(interval: number): void {
    if (interval === this.#interval) return;
    this.#interval = interval;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#start();
  }

  /** @param onLost called once, when the browser is gone; its owner must then end the connection */
  add(websocket: WebSocket, client: Socket, onLost: () => void): void {
    this.#peers.set(websocket, {
      client,
      onLost,
      read: client.bytesRead,
      taken: undefined,
      still: 0,
      paused: 0,
    });
    websocket.once('close', () => this.#remove(websocket));
    this.#start();
  }

  get size(): number {
    return this.#peers.size;
  }

  #start(): void {
    if (this.#peers.size > 0) this.#timer ??= setInterval(() => this.#look(), this.#interval).unref();
  }

  #remove(websocket: WebSocket): void {
    this.#peers.delete(websocket);
    if (this.#peers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const [websocket, peer] of this.#peers) {
      const { client } = peer;
      const taken = client.bytesWritten - client.writableLength;
      // What is written while the system's buffer has room says nothing about the other end.
      const alive = client.bytesRead !== peer.read || (peer.taken !== undefined && taken > peer.taken);
      // A paused one is waiting for its target: the bridge reads nothing, so nothing can be seen.
      const { isPaused } = websocket;
      peer.still = alive || isPaused ? 0 : peer.still + 1;
      peer.paused = !alive && isPaused ? peer.paused + 1 : 0;
      peer.read = client.bytesRead;
      peer.taken = client.writableLength > 0 ? taken : undefined;
      if (peer.still >= STILL_LIMIT || peer.paused >= PAUSED_LIMIT) {
        this.#remove(websocket);
        peer.onLost();
      } else if (websocket.readyState === websocket.OPEN && client.writableLength < PING_BACKLOG) {
        websocket.ping();
      }
    }
  }
}
