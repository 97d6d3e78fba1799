import type { ByteQueue } from '../wire/byte-queue.ts';
import {
  counted,
  countedBytes,
  pointerTo,
  readWith,
  struct,
  u16,
  u32,
  u64,
  writeWith,
} from '../wire/layout.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Reader } from '../wire/reader.ts';
import { u64Of, type U64 } from '../wire/u64.ts';
import { Writer } from '../wire/writer.ts';

/**
 * Bytes of one message's body: room for a raw 32-bit image of 8192 x 4320 and its draw.
 * Memory is only taken as bytes arrive, never for a size that was merely announced.
 */
export const MAX_MESSAGE_SIZE = 160 * 1024 * 1024;

export const fullHeader = struct({ serial: u64, type: u16, size: u32, subList: u32 });
export const miniHeader = struct({ type: u16, size: u32 });
const fullHeaderSize = fullHeader.minSize;
const miniHeaderSize = miniHeader.minSize;

export const subMessage = struct({ type: u16, body: countedBytes(u32) });
export const subMessageList = struct({ messages: counted(u16, pointerTo(subMessage)) });

/** LIST: with mini headers it carries what full headers carry in sub_list. */
const LIST_TYPE = 8;

/** A message's bytes, split off but not read. */
export interface RawMessage {
  readonly type: number;
  /** borrowed from the received chunk; own pointers count from its first byte */
  readonly body: Uint8Array;
  /** of the wire message; sub-messages have their carrier's */
  readonly serial: number;
  /** true for a sub-message; exactly one message per wire message, the last, has false */
  readonly sub: boolean;
}

/** A serial as a number: exact below 2^53, which no session reaches. */
export function serialToNumber(serial: U64): number {
  return serial.hi * 0x1_0000_0000 + serial.lo;
}

export interface MessageStreamOptions {
  readonly miniHeader: boolean;
  /** largest body in bytes */
  readonly maxSize?: number;
  /** serial of the first message with mini headers; a migrated channel continues to count */
  readonly firstSerial?: number;
}

/**
 * Splits received bytes into messages. Sub-messages come before the message that carries them, with full
 * headers (sub_list) as with mini headers (LIST, which itself comes last and needs no handling), so the
 * caller handles in order and counts ACKs and serials where `sub` is false.
 */
export class MessageReader {
  readonly #mini: boolean;
  readonly #maxSize: number;
  #nextSerial: number;
  /** sub-messages and their carrier, not yet handed out; `ready` counts from `readyAt` */
  #ready: readonly RawMessage[] = [];
  #readyAt = 0;

  constructor(options: MessageStreamOptions) {
    this.#mini = options.miniHeader;
    this.#maxSize = options.maxSize ?? MAX_MESSAGE_SIZE;
    this.#nextSerial = options.firstSerial ?? 1;
  }

  /**
   * The next message, or undefined until more bytes are queued.
   * @throws ProtocolError on an oversized message or a broken sub-message list; the stream is lost then
   */
  next(queue: ByteQueue): RawMessage | undefined {
    if (this.#readyAt < this.#ready.length) return this.#takeReady();
    const headerSize = this.#mini ? miniHeaderSize : fullHeaderSize;
    if (queue.length < headerSize) return undefined;
    const header = this.#readHeader(queue.peek(headerSize));
    const { type, size } = header;
    if (size > this.#maxSize) {
      throw new ProtocolError(
        'too-large',
        `a message of at most ${this.#maxSize} bytes`,
        `${size} (type ${type})`,
      );
    }
    if (queue.length < headerSize + size) return undefined;
    queue.skip(headerSize);
    const body = queue.take(size);
    const serial = this.#mini ? this.#nextSerial : header.serial;
    this.#nextSerial = serial + 1;
    const message = { type, body, serial, sub: false };
    const listAt = this.#mini ? (type === LIST_TYPE ? 0 : undefined) : header.subList || undefined;
    if (listAt === undefined) return message;
    this.#ready = [...subMessages(body, listAt, serial), message];
    this.#readyAt = 0;
    return this.#takeReady();
  }

  #takeReady(): RawMessage | undefined {
    const message = this.#ready[this.#readyAt];
    this.#readyAt++;
    if (this.#readyAt === this.#ready.length) {
      this.#ready = [];
      this.#readyAt = 0;
    }
    return message;
  }

  #readHeader(bytes: Uint8Array): { type: number; size: number; serial: number; subList: number } {
    const reader = new Reader(bytes);
    if (this.#mini) return { ...readWith(miniHeader, reader), serial: 0, subList: 0 };
    const header = readWith(fullHeader, reader);
    return { ...header, serial: serialToNumber(header.serial) };
  }
}

/** Frames what one side of a channel sends. */
export class MessageWriter {
  readonly #mini: boolean;
  #serial: number;

  constructor(options: MessageStreamOptions) {
    this.#mini = options.miniHeader;
    this.#serial = options.firstSerial ?? 1;
  }

  /** Header and body in one fresh array. */
  write(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = writeMessage(this.#mini, type, body, this.#serial);
    this.#serial++;
    return bytes;
  }
}

/** Header and body in one fresh array; the serial only exists with full headers. */
export function writeMessage(
  mini: boolean,
  type: number,
  body: Uint8Array,
  serial: number,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer((mini ? miniHeaderSize : fullHeaderSize) + body.length);
  const size = body.length;
  if (mini) writeWith(miniHeader, writer, { type, size });
  else writeWith(fullHeader, writer, { serial: u64Of(serial), type, size, subList: 0 });
  writer.put(body);
  return writer.finish();
}

function subMessages(body: Uint8Array, listAt: number, serial: number): RawMessage[] {
  const reader = new Reader(body);
  reader.seek(listAt);
  const { messages } = readWith(subMessageList, reader);
  // They do not overlap in honest messages; without this, one body could be handled 65535 times.
  const total = messages.reduce((sum, sub) => sum + miniHeaderSize + sub.body.length, 0);
  if (total > body.length) {
    throw new ProtocolError('bad-count', `sub-messages of at most ${body.length} bytes`, `${total}`);
  }
  return messages.map((sub) => ({ ...sub, serial, sub: true }));
}
