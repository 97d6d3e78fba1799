/**
 * What a client's image cache holds, as the server has to know: the client evicts nothing by itself
 * (docs/protocol/images.md#image-cache).
 */
export class SentImages {
  /** pixels by picture id, the oldest first */
  readonly #sizes = new Map<number, number>();
  readonly #capacity: number;
  #total = 0;

  /** @param capacity pixels */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(id: number): boolean {
    return this.#sizes.has(id);
  }

  fits(pixels: number): boolean {
    return pixels <= this.#capacity;
  }

  /** @returns ids that must go for it */
  add(id: number, pixels: number): number[] {
    const evicted: number[] = [];
    for (const [oldest, size] of this.#sizes) {
      if (this.#total + pixels <= this.#capacity) break;
      this.#sizes.delete(oldest);
      this.#total -= size;
      evicted.push(oldest);
    }
    this.#sizes.set(id, pixels);
    this.#total += pixels;
    return evicted;
  }
}
