const nothing = new Uint8Array(0);

/**
 * Received chunks in, exact runs of bytes out. Chunks are borrowed, not copied: a run inside one chunk
 * is a view over it, a run over several is copied once, when it is taken. Nothing is bounded here:
 * whoever pushes asks `length`, whoever takes checks sizes before waiting for them.
 */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  /** index of the first chunk that still has bytes; what lies before is dropped in bulk */
  #head = 0;
  /** consumed bytes of that chunk */
  #headOffset = 0;
  #total = 0;

  /** bytes that can be taken now */
  get length(): number {
    return this.#total;
  }

  /** Appends a chunk, which must not change until it is consumed. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#total += chunk.length;
  }

  /** The next `count` bytes without consuming them. Fewer there: a RangeError, the caller's mistake. */
  peek(count: number): Uint8Array {
    this.#require(count);
    if (count === 0) return new Uint8Array(0);
    const first = this.#chunks[this.#head];
    const start = this.#headOffset;
    if (first.length - start >= count) return first.subarray(start, start + count);
    const bytes = new Uint8Array(count);
    bytes.set(first.subarray(start));
    let filled = first.length - start;
    for (let index = this.#head + 1; filled < count; index++) {
      const chunk = this.#chunks[index];
      const part = Math.min(chunk.length, count - filled);
      bytes.set(part === chunk.length ? chunk : chunk.subarray(0, part), filled);
      filled += part;
    }
    return bytes;
  }

  /** The next `count` bytes, consumed. */
  take(count: number): Uint8Array {
    const bytes = this.peek(count);
    this.skip(count);
    return bytes;
  }

  /** Consumes `count` bytes unseen. */
  skip(count: number): void {
    this.#require(count);
    this.#total -= count;
    let rest = count;
    while (rest > 0) {
      const left = this.#chunks[this.#head].length - this.#headOffset;
      if (rest < left) {
        this.#headOffset += rest;
        break;
      }
      rest -= left;
      this.#chunks[this.#head] = nothing;
      this.#head++;
      this.#headOffset = 0;
    }
    this.#dropConsumed();
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#headOffset = 0;
    this.#total = 0;
  }

  /** Moves the array only when at least half of it is consumed: constant work per chunk. */
  #dropConsumed(): void {
    if (this.#head === this.#chunks.length) {
      this.#chunks.length = 0;
      this.#head = 0;
    } else if (this.#head >= 32 && this.#head * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #require(count: number): void {
    if (count > this.#total || count < 0) {
      throw new RangeError(`${count} bytes wanted, ${this.#total} queued`);
    }
  }
}
