import type { Socket } from 'node:net';
import type { ChannelName } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { displayServerMessages } from '@spice-viewer/shared-protocol/channels/display-messages.ts';

/** Ways to be a bad server, for tests of clients. */
export type Misbehaviour =
  /** Accepts and never says anything. */
  | 'silent'
  /** Answers the link with another protocol's magic. */
  | 'bad-magic'
  /** After a good link stage of the channel, bytes that mean nothing. */
  | 'garbage-after-link'
  /** The channel announces a message of 4 GiB. */
  | 'huge-message'
  /** The channel sends half a message and hangs up. */
  | 'close-mid-message'
  /** A DRAW_COPY on the channel whose image pointer leaves the message. */
  | 'bad-pointer'
  /** The channel sends a message of a type that nobody knows; clients ignore it. */
  | 'unknown-message'
  /** All bytes in small pieces: the first ones alone, later ones in thousands. */
  | 'slow-bytes';

export interface MisbehaviourOptions {
  readonly misbehave?: Misbehaviour | undefined;
  /** the channel that misbehaves; default display */
  readonly misbehaveOn?: ChannelName | undefined;
}

const SINGLE_BYTES = 600;
const PIECE_SIZE = 997;

/** Writes in pieces, one event loop turn apart, so that they arrive apart. */
export class PiecewiseWriter {
  readonly #socket: Socket;
  #pending: Uint8Array[] = [];
  #written = 0;
  #running = false;
  #ending = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** After everything else. */
  end(bytes: Uint8Array): void {
    this.#ending = true;
    this.write(bytes);
  }

  write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => this.#step());
  }

  #step(): void {
    const first = this.#pending.shift();
    if (first === undefined || this.#socket.destroyed) {
      this.#running = false;
      this.#pending = [];
      if (this.#ending) this.#socket.end();
      return;
    }
    const size = this.#written < SINGLE_BYTES ? 1 : PIECE_SIZE;
    this.#socket.write(first.subarray(0, size));
    this.#written += size;
    if (first.length > size) this.#pending.unshift(first.subarray(size));
    setImmediate(() => this.#step());
  }
}

interface Victim {
  raw(bytes: Uint8Array): void;
  message(type: number, body: Uint8Array): void;
  hangUp(): void;
}

/** What the channel does instead of, or before, behaving. True: it goes on normally afterwards. */
export function misbehaveAfterLink(how: Misbehaviour, victim: Victim): boolean {
  switch (how) {
    case 'garbage-after-link':
      victim.raw(new Uint8Array(4000).fill(0xfe));
      return false;
    case 'huge-message':
      victim.raw(Uint8Array.of(0x66, 0, 0xff, 0xff, 0xff, 0xff, ...new Uint8Array(64)));
      return false;
    case 'close-mid-message':
      victim.raw(Uint8Array.of(0x30, 0x01, 0, 1, 0, 0, ...new Uint8Array(100)));
      victim.hangUp();
      return false;
    case 'bad-pointer':
      victim.message(displayServerMessages.typeOf('drawCopy'), drawCopyOutside());
      return true;
    case 'unknown-message':
      victim.message(9999, new Uint8Array(10));
      return true;
    default:
      return true;
  }
}

/** A valid DRAW_COPY whose image pointer, at byte 21, then leaves the body. */
function drawCopyOutside(): Uint8Array {
  const rect = { top: 0, left: 0, bottom: 1, right: 1 };
  const body = displayServerMessages.write('drawCopy', {
    base: { surfaceId: 0, box: rect, clip: { kind: 'none' } },
    src: { id: { hi: 0, lo: 1 }, flags: 0, width: 1, height: 1, payload: { kind: 'fromCache' } },
    srcArea: rect,
    ropDescriptor: 8,
    scaleMode: 0,
    mask: { flags: 0, position: { x: 0, y: 0 }, image: null },
  });
  new DataView(body.buffer, body.byteOffset).setUint32(21, 0x7fffffff, true);
  return body;
}
