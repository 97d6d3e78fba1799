import type { Socket } from 'node:net';

/**
 * Moves bytes from a target's socket into WebSocket frames with as little work as possible: one read, one write, no
 * copy. Measured against `ws.send`, that doubles the throughput and halves the processor time, mostly by not
 * allocating a buffer per read.
 *
 * A connection reads into one buffer that all connections share, and its bytes are copied out for sending: an idle
 * connection owns no buffer. One whose read fills the shared buffer is busy: it borrows a large buffer of its own and
 * sends straight out of it, the frame's header written into the room in front. It gives the buffer back at the first
 * small read.
 */
const HEADER_ROOM = 10;
const SHARED_SIZE = 64 * 1024;
const OWN_SIZE = 1024 * 1024;
/** A read below this ends the borrowing. */
const SMALL_READ = 16 * 1024;
/** How many large buffers there are at most, borrowed and spare; the bound on memory is this times OWN_SIZE. */
const OWN_LIMIT = 32;
const SPARE_LIMIT = 8;

const shared = Buffer.allocUnsafeSlow(SHARED_SIZE);
const spare: Buffer[] = [];
let borrowed = 0;

/** For tests: large buffers in use. */
export function borrowedBuffers(): number {
  return borrowed;
}

export class FrameReader {
  readonly #client: Socket;
  /** HEADER_ROOM and OWN_SIZE bytes, when busy. */
  #own: Buffer | undefined;
  /** `#own` without the room for the header. */
  #ownView: Buffer | undefined;
  #lastRead = 0;
  #sent = 0;
  /** The target's socket is paused until everything is sent, so its buffer stays untouched. */
  #waiting = false;
  /** TLS may deliver while paused, and must not overwrite what is being sent. */
  readonly #mayBorrow: boolean;

  /** @param client the browser's socket, after the WebSocket handshake */
  constructor(client: Socket, mayBorrow: boolean) {
    this.#client = client;
    this.#mayBorrow = mayBorrow;
  }

  /** Bytes sent to the browser, without the frames' headers. */
  get sent(): number {
    return this.#sent;
  }

  /** Where the target's socket must put the next bytes: `onread.buffer` of node:net, called after each read. */
  nextBuffer(): Buffer {
    if (this.#own === undefined) {
      if (this.#mayBorrow && this.#lastRead === SHARED_SIZE) this.#borrow();
    } else if (this.#lastRead < SMALL_READ || (!this.#waiting && this.#client.writableLength > 0)) {
      this.release();
    }
    return this.#ownView ?? shared;
  }

  /**
   * Sends the first `size` bytes of the buffer last given as one binary message.
   * False: the browser is slow, so read no more before its socket's `drain`.
   */
  forward(size: number): boolean {
    this.#lastRead = size;
    if (this.#own !== undefined) this.#sent += size;
    const more =
      this.#own === undefined
        ? this.send(shared.subarray(0, size))
        : this.#client.write(this.#own.subarray(writeHeader(this.#own, size), HEADER_ROOM + size));
    this.#waiting = !more && this.#client.writableLength > 0;
    return !this.#waiting;
  }

  /** The bytes that the target's socket just delivered; borrowed until the next read. */
  received(size: number): Buffer {
    return (this.#ownView ?? shared).subarray(0, size);
  }

  /** Sends a copy of `bytes` as one binary message. False: the browser's socket will emit `drain`. */
  send(bytes: Uint8Array): boolean {
    this.#sent += bytes.length;
    const frame = Buffer.allocUnsafe(HEADER_ROOM + bytes.length);
    frame.set(bytes, HEADER_ROOM);
    return this.#client.write(frame.subarray(writeHeader(frame, bytes.length)));
  }

  /**
   * Gives a large buffer back; not to the others while the system still sends from it.
   * From outside: only once the target's socket is closed, as it reads into the buffer until then.
   */
  release(): void {
    if (this.#own === undefined) return;
    if (this.#client.writableLength === 0 && spare.length < SPARE_LIMIT) spare.push(this.#own);
    this.#own = undefined;
    this.#ownView = undefined;
    borrowed--;
  }

  #borrow(): void {
    if (borrowed >= OWN_LIMIT) return;
    borrowed++;
    this.#own = spare.pop() ?? Buffer.allocUnsafeSlow(HEADER_ROOM + OWN_SIZE);
    this.#ownView = this.#own.subarray(HEADER_ROOM);
  }
}

/**
 * Writes the header of an unmasked binary message so that it ends at HEADER_ROOM, and tells where it starts
 * (RFC 6455 §5.2): 0x82, then the length as 7 bits, 126 + u16 or 127 + u64, big-endian.
 */
function writeHeader(frame: Buffer, size: number): number {
  let start: number;
  if (size < 126) {
    start = HEADER_ROOM - 2;
    frame[start + 1] = size;
  } else if (size < 65536) {
    start = HEADER_ROOM - 4;
    frame[start + 1] = 126;
    frame.writeUInt16BE(size, start + 2);
  } else {
    start = HEADER_ROOM - 10;
    frame[start + 1] = 127;
    frame.writeUInt32BE(0, start + 2);
    frame.writeUInt32BE(size, start + 6);
  }
  frame[start] = 0x82;
  return start;
}
