/** Slows down who guesses passwords, by the name that is guessed for and by the address that guesses come from. */

interface Tries {
  count: number;
  /** Milliseconds of the clock. */
  last: number;
}

/** Wrong guesses in a row that cost nothing: people mistype, and many may sit behind one address. */
const FREE = { name: 5, address: 20 };
/** Then each doubles the wait, from a second up to this. Longer would let anybody lock out anybody. */
const LONGEST_WAIT = 60_000;
/** Without a guess for so long, all is forgotten. */
const FORGET_AFTER = 15 * 60_000;
const REMEMBERED = 10_000;

export class Guesses {
  readonly #tries = new Map<string, Tries>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts a guess before it is looked at, so that many at once are counted too.
   * @returns milliseconds to wait first, and then the guess does not count; 0: it may be looked at
   */
  begin(name: string, address: string): number {
    const [byName, byAddress] = [this.#triesOf(`name ${name}`), this.#triesOf(`address ${address}`)];
    const wait = Math.max(this.#wait(byName, FREE.name), this.#wait(byAddress, FREE.address));
    if (wait > 0) return wait;
    for (const tries of [byName, byAddress]) {
      tries.count++;
      tries.last = this.#now();
    }
    return 0;
  }

  /** It was right. Its address stays counted but for this one: who has an account may guess for others. */
  succeeded(name: string, address: string): void {
    this.#tries.delete(`name ${name}`);
    this.#triesOf(`address ${address}`).count--;
  }

  #wait({ count, last }: Tries, free: number): number {
    if (count < free) return 0;
    return Math.max(0, last + Math.min(LONGEST_WAIT, 1000 * 2 ** (count - free)) - this.#now());
  }

  #triesOf(key: string): Tries {
    const known = this.#tries.get(key);
    const fresh = known === undefined || this.#now() - known.last > FORGET_AFTER;
    const tries = fresh ? { count: 0, last: this.#now() } : known;
    // Again at the end: the map's order is that of use.
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > REMEMBERED && oldest !== undefined) this.#tries.delete(oldest);
    return tries;
  }
}
