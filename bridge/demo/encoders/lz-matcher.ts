/**
 * The one pass of SPICE's LZ (docs/protocol/images.md#lz): runs of literals, and matches that point back.
 * Units are pixels or bytes; how a unit is compared and written is the caller's.
 */
export interface LzUnits {
  readonly count: number;
  /** the value that two equal units share */
  at(index: number): number;
  /** appends one literal */
  literal(out: ByteSink, index: number): void;
  /** added by the decoder to every match length: 0 for 24 and 32-bit pixels, 1 for 16-bit, 2 for bytes */
  readonly bias: number;
}

/** A growing array of bytes. */
export class ByteSink {
  #bytes = new Uint8Array(4096);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  u8(value: number): void {
    if (this.#used === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#used] = value;
    this.#used++;
  }

  u32be(value: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.u8((value >>> shift) & 0xff);
  }

  set(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }
}

const MAX_LITERALS = 32;
/** From here on offsets take two more bytes. */
const NEAR_OFFSETS = 8191;
const MAX_OFFSET = NEAR_OFFSETS + 0xffff;
const HASH_BITS = 14;
/** Fewer units do not pay for a match's two to four bytes. */
const SHORTEST_MATCH = 3;

/** Appends the control bytes and literals of one pass. */
export function lzPass(units: LzUnits, out: ByteSink): void {
  const { count, bias } = units;
  const heads = new Int32Array(1 << HASH_BITS).fill(-1);
  const hashAt = (i: number): number => {
    const mixed =
      Math.imul(units.at(i), 0x9e3779b1) ^ Math.imul(units.at(i + 1), 0x85ebca6b) ^ units.at(i + 2);
    return Math.imul(mixed, 0x9e3779b1) >>> (32 - HASH_BITS);
  };
  let literals = 0;
  let control = -1;
  for (let i = 0; i < count;) {
    const candidate = i + SHORTEST_MATCH <= count ? findMatch(units, heads, hashAt(i), i) : undefined;
    if (candidate === undefined) {
      if (literals === 0) {
        control = out.length;
        out.u8(0);
      }
      units.literal(out, i);
      out.set(control, literals);
      literals = literals + 1 === MAX_LITERALS ? 0 : literals + 1;
      i++;
      continue;
    }
    literals = 0;
    writeMatch(out, candidate.offset - 1, candidate.length - bias);
    const end = i + candidate.length;
    // Remembering a few places of a match is enough to find the next one.
    for (i++; i < end; i++) if ((end - i < 4 || i % 8 === 0) && i + 2 < count) heads[hashAt(i)] = i;
  }
}

interface Match {
  readonly offset: number;
  readonly length: number;
}

function findMatch(units: LzUnits, heads: Int32Array, hash: number, i: number): Match | undefined {
  const from = heads[hash];
  heads[hash] = i;
  // The pixel to the left makes runs, which the hash alone would find late.
  const near = matchLength(units, i - 1, i);
  const far = from === i - 1 ? 0 : matchLength(units, from, i);
  const start = far > near ? from : i - 1;
  const length = Math.max(near, far);
  const offset = i - start;
  return length < SHORTEST_MATCH || offset > MAX_OFFSET ? undefined : { offset, length };
}

function matchLength(units: LzUnits, from: number, i: number): number {
  if (from < 0) return 0;
  let length = 0;
  while (i + length < units.count && units.at(from + length) === units.at(i + length)) length++;
  return length;
}

/** `offset` counts from 0 for the previous unit; `length` is without bias and at least 1. */
function writeMatch(out: ByteSink, offset: number, length: number): void {
  const far = offset >= NEAR_OFFSETS;
  const high = far ? 31 : offset >> 8;
  out.u8((Math.min(length, 7) << 5) | high);
  if (length >= 7) {
    let rest = length - 7;
    for (; rest >= 255; rest -= 255) out.u8(255);
    out.u8(rest);
  }
  if (far) {
    out.u8(255);
    out.u8(((offset - NEAR_OFFSETS) >> 8) & 0xff);
    out.u8((offset - NEAR_OFFSETS) & 0xff);
  } else {
    out.u8(offset & 0xff);
  }
}
