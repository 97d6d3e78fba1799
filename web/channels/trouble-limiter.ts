import type { FromWorker } from '../threads/worker-messages.ts';

/** Messages of one kind of trouble in one period; what is beyond is counted and told at its end. */
const FEW = 5;
/** milliseconds */
const PERIOD = 10_000;

type Post = (message: FromWorker) => void;
type Trouble = Extract<FromWorker, { kind: 'trouble' | 'notify' | 'agentTrouble' }>;

/** Calls back once after so many milliseconds. @returns what cancels it */
export type Later = (milliseconds: number, act: () => void) => () => void;

function later(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

/**
 * On the way to the page: a broken or hostile server makes troubles faster than a page can show them. A few of a kind go
 * through at once; of the rest the newest, with the number of the others, once a period. All else goes through as it is.
 */
export class TroubleLimiter {
  readonly #post: Post;
  readonly #later: Later;
  readonly #kinds = new Map<string, { count: number; newest: Trouble }>();
  #cancel: (() => void) | undefined;

  constructor(post: Post, schedule: Later = later) {
    this.#post = post;
    this.#later = schedule;
  }

  readonly post = (message: FromWorker): void => {
    const key = keyOf(message);
    if (key === undefined) return this.#post(message);
    const newest = message as Trouble;
    const known = this.#kinds.get(key);
    if (known === undefined) this.#kinds.set(key, { count: 1, newest });
    else {
      known.count++;
      known.newest = newest;
    }
    if ((known?.count ?? 1) <= FEW) this.#post(message);
    this.#cancel ??= this.#later(PERIOD, () => this.flush());
  };

  /** Tells what is held back, for the period is over, or the channel. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { count, newest } of kinds) if (count > FEW) this.#post(withMore(newest, count - FEW - 1));
  }
}

/** Troubles with the same key count together; undefined: no trouble. Few keys, whatever the server says. */
function keyOf(message: FromWorker): string | undefined {
  switch (message.kind) {
    case 'trouble':
      return `${message.channel.type}:${message.channel.id} ${message.failure.kind}`;
    case 'notify':
      return 'notify';
    case 'agentTrouble':
      return `agent ${message.about}`;
    default:
      return undefined;
  }
}

function withMore(trouble: Trouble, more: number): Trouble {
  if (more === 0) return trouble;
  const count = more.toLocaleString('en-US');
  const say = (sentence: string): string => `${sentence} …and ${count} more like it.`;
  switch (trouble.kind) {
    case 'trouble':
      return { ...trouble, failure: { ...trouble.failure, sentence: say(trouble.failure.sentence) } };
    case 'notify':
      return { ...trouble, text: say(trouble.text) };
    case 'agentTrouble':
      return { ...trouble, message: say(trouble.message) };
  }
}
