import { BridgeError } from '../config/bridge-error.ts';
import type { TargetSpec } from '../config/options.ts';
import { startDemoTarget } from './demo-target.ts';
import { loadTarget } from './load-target.ts';
import { staticTarget, type TargetProvider } from './target-provider.ts';

/** The targets that a bridge offers, by name, and the demo servers behind some of them. */
export class TargetList {
  readonly #targets: ReadonlyMap<string, TargetProvider>;
  readonly #closers: readonly (() => Promise<void>)[];

  private constructor(targets: readonly TargetProvider[], closers: readonly (() => Promise<void>)[]) {
    this.#targets = new Map(targets.map((target) => [target.name, target]));
    this.#closers = closers;
  }

  /** Loads every target; without any offers `demo`. @throws {BridgeError} `bad-target` */
  static async load(specs: readonly TargetSpec[]): Promise<TargetList> {
    const wanted = specs.length > 0 ? specs : [{ name: 'demo', uri: 'demo:' }];
    const targets: TargetProvider[] = [];
    const closers: (() => Promise<void>)[] = [];
    try {
      for (const spec of wanted) {
        if (spec.uri === 'demo:') {
          const demo = await startDemoTarget(spec.name);
          targets.push(staticTarget(demo.target));
          closers.push(() => demo.close());
        } else {
          targets.push(loadTarget(spec));
        }
      }
    } catch (error) {
      await Promise.all(closers.map((close) => close()));
      throw error;
    }
    return new TargetList(targets, closers);
  }

  /** The named target; undefined means the only one. @throws {BridgeError} `target-unknown`, `target-unnamed` */
  find(name: string | undefined): TargetProvider {
    if (name === undefined) {
      const [only] = this.#targets.values();
      if (only === undefined || this.#targets.size > 1) throw new BridgeError('target-unnamed');
      return only;
    }
    const target = this.#targets.get(name);
    if (target === undefined) throw new BridgeError('target-unknown');
    return target;
  }

  /** What the app may know. No addresses, no secrets. */
  describe(): { name: string; title?: string; kind: string }[] {
    return [...this.#targets.values()].map(({ name, title, kind }) => ({
      name,
      ...(title === undefined ? {} : { title }),
      kind,
    }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }
}
