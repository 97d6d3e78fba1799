/** A value that others follow: setting it tells them, where it is another one. */
export class ToldValue<T> {
  readonly #tell: (value: T) => void;
  readonly #isSame: (a: T, b: T) => boolean;
  readonly #initial: T;
  #value: T;

  constructor(initial: T, tell: (value: T) => void, isSame: (a: T, b: T) => boolean = Object.is) {
    this.#initial = initial;
    this.#value = initial;
    this.#tell = tell;
    this.#isSame = isSame;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (this.#isSame(value, this.#value)) return;
    this.#value = value;
    this.#tell(value);
  }

  /** Back to what it was in the beginning. */
  reset(): void {
    this.set(this.#initial);
  }
}

/** For plain data. */
export function isSameData(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
