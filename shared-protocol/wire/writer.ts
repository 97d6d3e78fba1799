import type { U64 } from './u64.ts';

/**
 * A growing little-endian buffer. What a pointer points at is appended after the inline fields:
 * `defer` notes the place of the offset and who writes the target, `finish` appends them in order.
 */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #position = 0;
  #deferred: { at: number; write: () => void }[] = [];

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get offset(): number {
    return this.#position;
  }

  u8(value: number): void {
    const at = this.#advance(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#advance(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#advance(4);
    this.#view.setUint32(at, value, true);
  }

  i16(value: number): void {
    const at = this.#advance(2);
    this.#view.setInt16(at, value, true);
  }

  i32(value: number): void {
    const at = this.#advance(4);
    this.#view.setInt32(at, value, true);
  }

  u64(value: U64): void {
    const at = this.#advance(8);
    this.#view.setUint32(at, value.lo, true);
    this.#view.setUint32(at + 4, value.hi, true);
  }

  put(bytes: Uint8Array): void {
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Reserves a u32 pointer that `finish` fills with the offset at which `write` then runs. */
  defer(write: () => void): void {
    this.#deferred.push({ at: this.#advance(4), write });
  }

  /** Appends all pointer targets and returns the written bytes (a view over the writer's buffer). */
  finish(): Uint8Array<ArrayBuffer> {
    for (let next = this.#deferred.shift(); next !== undefined; next = this.#deferred.shift()) {
      this.#view.setUint32(next.at, this.#position, true);
      next.write();
    }
    return this.#bytes.subarray(0, this.#position);
  }

  /** Starts again, keeping the buffer: earlier results of `finish` are overwritten from here on. */
  reset(): void {
    this.#position = 0;
    this.#deferred = [];
  }

  /** May replace bytes and view, so callers advance before they touch either. */
  #advance(length: number): number {
    const at = this.#position;
    const end = at + length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#position = end;
    return at;
  }
}
