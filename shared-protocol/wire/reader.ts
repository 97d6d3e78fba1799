import { ProtocolError } from './protocol-error.ts';
import type { U64 } from './u64.ts';

/**
 * The one bounds-checked reader. Little-endian and packed, as all SPICE messages.
 * Offsets count from the first byte of the message body, which is what SPICE pointers count from.
 */
export class Reader {
  #bytes: Uint8Array;
  #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#position;
  }

  get length(): number {
    return this.#bytes.length;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  /** Moves to an absolute offset of the body; the end itself is allowed. */
  seek(offset: number): void {
    if (offset > this.#bytes.length) {
      throw new ProtocolError('bad-pointer', `an offset up to ${this.#bytes.length}`, `${offset}`, {
        offset: this.#position,
      });
    }
    this.#position = offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): U64 {
    const at = this.#advance(8);
    return { lo: this.#view.getUint32(at, true), hi: this.#view.getUint32(at + 4, true) };
  }

  /** A view over the next bytes, not a copy: it lives as long as the message's buffer. */
  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Fails unless `count` elements of at least `each` bytes can still follow. */
  checkCount(count: number, each: number): void {
    if (count * each > this.remaining) {
      throw new ProtocolError(
        'bad-count',
        `at most ${Math.floor(this.remaining / Math.max(1, each))} elements of ${each} bytes`,
        `${count}`,
        { offset: this.#position },
      );
    }
  }

  #advance(length: number): number {
    const at = this.#position;
    if (length > this.#bytes.length - at) {
      throw new ProtocolError('truncated', `${length} more bytes`, `${this.#bytes.length - at}`, {
        offset: at,
      });
    }
    this.#position = at + length;
    return at;
  }
}
