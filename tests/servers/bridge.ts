/** The project's own bridge, as built into dist. */
import { join } from 'node:path';
import { startProcess, until } from './process.ts';

export const repository = join(import.meta.dirname, '..', '..');

export interface Bridge {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  readonly pid: number;
  /** The page of a target. */
  pageUrl(target: string, query?: Record<string, string>): string;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts the bridge with `targets` (name to URI); without any it offers its demo desktop as `demo`.
 * @param dist the build that it is of
 */
export async function startBridge(
  targets: Record<string, string> = {},
  args: readonly string[] = [],
  dist = join(repository, 'dist'),
): Promise<Bridge> {
  const main = join(dist, 'bridge', 'main.js');
  const named = Object.entries(targets).flatMap(([name, uri]) => ['--target', `${name}=${uri}`]);
  const listen = args.some((arg) => arg.startsWith('--listen')) ? [] : ['--listen', '127.0.0.1:0'];
  // A page that is still open would hold a bridge that is stopped until it is killed: three seconds of each test.
  const drain = args.some((arg) => arg.startsWith('--drain-timeout')) ? [] : ['--drain-timeout', '0'];
  const child = startProcess(process.execPath, [main, ...listen, ...drain, ...named, ...args]);
  try {
    const url = await until(
      'the bridge to listen',
      () => /listening on (http:\/\/\S+)/.exec(child.log())?.[1],
      { owner: child },
    );
    return {
      url,
      pid: child.pid,
      pageUrl(target, query = {}) {
        const page = new URL(url);
        page.search = new URLSearchParams({ target, autoconnect: '1', ...query }).toString();
        return page.href;
      },
      log: () => child.log(),
      stop: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
