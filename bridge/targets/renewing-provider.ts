import type { Target, TargetKind } from './target.ts';
import type { TargetProvider } from './target-provider.ts';

export interface RenewingOptions {
  readonly name: string;
  readonly title: string | undefined;
  readonly kind: TargetKind;
  /** Asks whoever knows, within a time limit of its own. */
  readonly ask: () => Promise<Target>;
  /** Milliseconds for which an answer is good. */
  readonly lifetime: number;
}

/**
 * A target that someone else tells, with passwords that expire. A session's channels open at nearly the same time and
 * share one answer: with Proxmox a second question would make the first one's password void. A channel that comes
 * later asks anew.
 */
export class RenewingProvider implements TargetProvider {
  readonly name: string;
  readonly title: string | undefined;
  readonly kind: TargetKind;
  readonly #ask: RenewingOptions['ask'];
  readonly #lifetime: number;
  #asking: Promise<Target> | undefined;
  #last: { readonly target: Target; readonly until: number } | undefined;

  constructor({ name, title, kind, ask, lifetime }: RenewingOptions) {
    this.name = name;
    this.title = title;
    this.kind = kind;
    this.#ask = ask;
    this.#lifetime = lifetime;
  }

  /** One channel that goes away does not take the answer from the others. */
  resolve(signal: AbortSignal): Promise<Target> {
    if (this.#last !== undefined && performance.now() < this.#last.until) {
      return Promise.resolve(this.#last.target);
    }
    const asked = performance.now();
    this.#asking ??= this.#ask()
      .then((target) => {
        this.#last = { target, until: asked + this.#lifetime };
        return target;
      })
      .finally(() => (this.#asking = undefined));
    return orAborted(this.#asking, signal);
  }

  renew(refused: Target): boolean {
    // Another channel may have asked already: its answer is good.
    if (this.#last?.target.password === refused.password) this.#last = undefined;
    return true;
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
