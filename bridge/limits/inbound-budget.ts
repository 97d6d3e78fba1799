import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

export interface InboundEvents {
  /** Its first message is longer than any SPICE client's: it is to be told so, and closed. Once. */
  onFlood(): void;
  /** It is to go now, without a goodbye. Once. */
  onEvicted(): void;
}

/** What the bridge holds of one client's bytes. */
export interface Inbound {
  /** It has told which channel it wants: its next messages may be longer. */
  greeted(): void;
  /** The link stage is over: from now on complete messages are passed on at once. */
  linked(): void;
}

interface Peer extends InboundEvents {
  readonly websocket: WebSocket;
  greeted: boolean;
  early: boolean;
  /** Bytes of the message that is not complete yet, and chunks that they came in. */
  unfinished: number;
  chunks: number;
  /** Bytes of complete messages that wait for a target. */
  kept: number;
  /** Of the chunk that is being read: bytes of complete messages, and whether there was one. */
  done: number;
  completed: boolean;
  /** Bytes that came after it was told to go. */
  late: number;
  /** What is counted for it in the sums. */
  counted: number;
  flooded: boolean;
}

/** A client's first message, in bytes: link messages have a few hundred. */
export const EARLY_MESSAGE = 16 * 1024;
/** What all clients together may have the bridge hold before their link stages are over, in bytes. */
export const EARLY_BUDGET = 8 * 1024 * 1024;
/** The same of all clients. */
export const INBOUND_BUDGET = 24 * 1024 * 1024;
/** What a chunk costs beside its bytes, whatever its size; measured: 323. */
const CHUNK_COST = 512;
/** What a client that was refused may go on sending until it has read that, in bytes. */
const LATE_LIMIT = 64 * 1024;

/**
 * Counts the bytes of clients that lie in the bridge: messages that are not complete, which `ws` keeps, and what waits
 * for a target. Strangers can send as many as they like, so there is a budget over all, and whoever has most goes
 * first: a SPICE client holds next to nothing.
 */
export class InboundBudget {
  readonly #peers = new Set<Peer>();
  #early = 0;
  #all = 0;
  #most = 0;

  /** Bytes that are held now. */
  get held(): number {
    return this.#all;
  }

  /** The most that was ever held. */
  get most(): number {
    return this.#most;
  }

  add(websocket: WebSocket, client: Socket, { onFlood, onEvicted }: InboundEvents): Inbound {
    const peer: Peer = {
      websocket,
      onFlood,
      onEvicted,
      greeted: false,
      early: true,
      unfinished: 0,
      chunks: 0,
      kept: 0,
      done: 0,
      completed: false,
      late: 0,
      counted: 0,
      flooded: false,
    };
    this.#peers.add(peer);
    websocket.on('message', (data: Buffer) => {
      peer.done += frameSize(data.length);
      peer.completed = true;
      if (peer.early && websocket.readyState === WebSocket.OPEN) peer.kept += data.length;
    });
    const control = (data: Buffer): void => void (peer.done += frameSize(data.length));
    websocket.on('ping', control);
    websocket.on('pong', control);
    // After ws' own listener, so that the messages in it have been told.
    client.on('data', (chunk: Buffer) => this.#received(peer, chunk.length));
    websocket.once('close', () => this.#remove(peer));
    return {
      greeted: () => {
        peer.greeted = true;
      },
      linked: () => {
        if (!peer.early) return;
        peer.greeted = true;
        this.#count(peer, 0);
        peer.early = false;
        peer.kept = 0;
        this.#count(peer, peer.unfinished + peer.chunks * CHUNK_COST);
      },
    };
  }

  #received(peer: Peer, size: number): void {
    if (!this.#peers.has(peer)) return;
    const whole = peer.done;
    peer.unfinished = Math.max(0, peer.unfinished + size - whole);
    // Behind a complete message there is at most the rest of its chunk.
    if (peer.completed) peer.unfinished = Math.min(peer.unfinished, size);
    peer.chunks = peer.completed ? Math.min(peer.unfinished, 1) : peer.chunks + 1;
    const largest = Math.max(peer.unfinished, peer.completed ? whole : 0);
    peer.done = 0;
    peer.completed = false;
    this.#count(peer, peer.unfinished + peer.chunks * CHUNK_COST + peer.kept);
    if (!peer.greeted && largest > EARLY_MESSAGE && !peer.flooded) {
      peer.flooded = true;
      peer.onFlood();
    }
    if (peer.early && peer.websocket.readyState !== WebSocket.OPEN) {
      peer.late += size;
      if (peer.late > LATE_LIMIT) this.#evict(peer);
    }
    while (this.#early > EARLY_BUDGET) this.#evict(this.#largest(true));
    while (this.#all > INBOUND_BUDGET) this.#evict(this.#largest(false));
    this.#most = Math.max(this.#most, this.#all);
  }

  #count(peer: Peer, bytes: number): void {
    const more = bytes - peer.counted;
    peer.counted = bytes;
    this.#all += more;
    if (peer.early) this.#early += more;
  }

  #largest(early: boolean): Peer {
    let largest: Peer | undefined;
    for (const peer of this.#peers) {
      if (early && !peer.early) continue;
      if (largest === undefined || peer.counted > largest.counted) largest = peer;
    }
    return largest as Peer;
  }

  #evict(peer: Peer): void {
    this.#remove(peer);
    peer.onEvicted();
  }

  #remove(peer: Peer): void {
    this.#count(peer, 0);
    this.#peers.delete(peer);
  }
}

/** Of a message from a browser, which is masked and mostly one frame: RFC 6455 §5.2. */
function frameSize(payload: number): number {
  return payload + (payload < 126 ? 6 : payload < 65536 ? 8 : 14);
}
