import { BridgeError } from '../errors/bridge-error.ts';
import type { TargetSpec } from '../config/options.ts';
import { startDemoTarget } from './demo-target.ts';
import { loadTarget } from './load-target.ts';
import { staticTarget, type TargetProvider } from './target-provider.ts';

type Demo = Awaited<ReturnType<typeof startDemoTarget>>;
type Demos = ReadonlyMap<string, Demo>;

/** The targets that a bridge offers, by name, and the demo servers behind some of them. */
export class TargetList {
  readonly #targets: ReadonlyMap<string, TargetProvider>;
  readonly #demos: Demos;

  private constructor(targets: readonly TargetProvider[], demos: Demos) {
    this.#targets = new Map(targets.map((target) => [target.name, target]));
    this.#demos = demos;
  }

  /** Loads every target; without any offers `demo`. @throws {BridgeError} `bad-target` */
  static async load(specs: readonly TargetSpec[]): Promise<TargetList> {
    return TargetList.#load(specs, new Map());
  }

  /**
   * A list with these targets in place of this one. Demo servers run on until the last list is closed, as sessions may
   * be with them.
   * @throws {BridgeError} `bad-target`
   */
  async reload(specs: readonly TargetSpec[]): Promise<TargetList> {
    return TargetList.#load(specs, this.#demos);
  }

  static async #load(specs: readonly TargetSpec[], running: Demos): Promise<TargetList> {
    const wanted = specs.length > 0 ? specs : [{ name: 'demo', uri: 'demo:' }];
    const started = new Map<string, Demo>();
    const targets: TargetProvider[] = [];
    try {
      for (const spec of wanted) {
        if (spec.uri === 'demo:') {
          const demo = running.get(spec.name) ?? (await startDemoTarget(spec.name));
          started.set(spec.name, demo);
          targets.push(staticTarget(demo.target));
        } else {
          targets.push(loadTarget(spec));
        }
      }
    } catch (error) {
      const unused = [...started].filter(([name]) => !running.has(name));
      await Promise.all(unused.map(([, demo]) => demo.close()));
      throw error;
    }
    return new TargetList(targets, new Map([...running, ...started]));
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
    await Promise.all([...this.#demos.values()].map((demo) => demo.close()));
  }
}
