import { CodecError } from '../codec-error.ts';

/** Reads bits, highest first, with the Exp-Golomb codes of H.264 and H.265. Throws CodecError at the end of the data. */
export class BitReader {
  readonly #codec: string;
  readonly #data: Uint8Array;
  #at = 0;

  constructor(codec: string, data: Uint8Array) {
    this.#codec = codec;
    this.#data = data;
  }

  /** 0 to 32 bits as an unsigned number. */
  bits(count: number): number {
    if (this.#at + count > this.#data.length * 8) {
      throw new CodecError(this.#codec, 'truncated', this.#data.length, `${count} more bits`, 'the end');
    }
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + (((this.#data[this.#at >> 3] as number) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    for (let left = count; left > 0; left -= 32) this.bits(Math.min(32, left));
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros++;
      if (zeros > 31) {
        throw new CodecError(
          this.#codec,
          'damaged',
          this.#at >> 3,
          'a code of at most 63 bits',
          'a longer one',
        );
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
