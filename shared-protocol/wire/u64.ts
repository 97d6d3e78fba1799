/**
 * 64-bit ids and serials as two unsigned 32-bit halves: exact, and without BigInt in hot paths.
 */
export interface U64 {
  /** upper 32 bits, 0..2^32-1 */
  readonly hi: number;
  /** lower 32 bits, 0..2^32-1 */
  readonly lo: number;
}

export function u64Of(value: number | bigint): U64 {
  const wide = BigInt(value);
  return { hi: Number((wide >> 32n) & 0xffffffffn), lo: Number(wide & 0xffffffffn) };
}

export function u64ToBigInt(id: U64): bigint {
  return (BigInt(id.hi) << 32n) | BigInt(id.lo);
}

export function u64ToString(id: U64): string {
  return `0x${id.hi.toString(16).padStart(8, '0')}${id.lo.toString(16).padStart(8, '0')}`;
}

export function u64Equal(a: U64, b: U64): boolean {
  return a.lo === b.lo && a.hi === b.hi;
}

/** Negative, zero or positive as a is below, equal to or above b (both unsigned). */
export function u64Compare(a: U64, b: U64): number {
  return a.hi === b.hi ? a.lo - b.lo : a.hi - b.hi;
}

/** A map keyed by 64-bit ids. Most servers keep the upper half nearly constant, so it is the outer key. */
export class U64Map<V> {
  readonly #outer = new Map<number, Map<number, V>>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  get(id: U64): V | undefined {
    return this.#outer.get(id.hi)?.get(id.lo);
  }

  has(id: U64): boolean {
    return this.#outer.get(id.hi)?.has(id.lo) ?? false;
  }

  set(id: U64, value: V): void {
    let inner = this.#outer.get(id.hi);
    if (inner === undefined) {
      inner = new Map();
      this.#outer.set(id.hi, inner);
    }
    if (!inner.has(id.lo)) this.#count++;
    inner.set(id.lo, value);
  }

  delete(id: U64): boolean {
    const inner = this.#outer.get(id.hi);
    if (inner === undefined || !inner.delete(id.lo)) return false;
    this.#count--;
    if (inner.size === 0) this.#outer.delete(id.hi);
    return true;
  }

  clear(): void {
    this.#outer.clear();
    this.#count = 0;
  }

  *values(): IterableIterator<V> {
    for (const inner of this.#outer.values()) yield* inner.values();
  }
}
