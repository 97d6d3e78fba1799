/** Milliseconds in which a guest whose agent was told a volume says that its mixer has it. */
const ANSWER_TIME = 2000;

/**
 * The viewer's volume and the guest's mixer as one: the agent is told what the user wants. Once the server answers with
 * a volume of its own, the guest's mixer does the work, and nothing is turned down twice; until then, and for guests
 * that do not follow, it is done here.
 */
export class VolumeSync {
  readonly #now: () => number;
  #toldAt = -Infinity;
  #isFollowed = false;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The guest's mixer has the volume. */
  get followed(): boolean {
    return this.#isFollowed;
  }

  /** The agent was told. */
  told(): void {
    this.#toldAt = this.#now();
  }

  /**
   * The server says how loud the guest's mixer is.
   * @returns whether the guest did so by itself, and the viewer's volume is to follow
   */
  said(): boolean {
    const isAnswer = this.#now() - this.#toldAt < ANSWER_TIME;
    if (isAnswer) this.#isFollowed = true;
    return !isAnswer && this.#isFollowed;
  }

  /** The agent is gone. */
  reset(): void {
    this.#toldAt = -Infinity;
    this.#isFollowed = false;
  }
}
