/** Playwright's `test` with servers as fixtures: each is a function that starts one, and stops with the test. */
import { test as base, expect } from '@playwright/test';
import { startBridge, type Bridge } from '../../servers/bridge.ts';
import { isCi, missingPrograms, type Need } from '../../servers/programs.ts';
import { startQemu, type Qemu, type QemuOptions } from '../../servers/qemu.ts';
import { startXspice, type Xspice, type XspiceOptions } from '../../servers/xspice.ts';
import { Viewer } from './viewer.ts';

export interface Stoppable {
  stop(): Promise<void>;
}

/** Stops everything in reverse order of its start, also when one of them fails to. */
async function stopAll(started: Stoppable[]): Promise<void> {
  const results: PromiseSettledResult<void>[] = [];
  for (const one of started.toReversed()) results.push(...(await Promise.allSettled([one.stop()])));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

export interface Fixtures {
  xspice: (options?: XspiceOptions) => Promise<Xspice>;
  qemu: (options?: QemuOptions) => Promise<Qemu>;
  bridge: (targets?: Record<string, string>, args?: readonly string[]) => Promise<Bridge>;
  /** Registers anything else that must be stopped after the test. */
  owned: <T extends Stoppable>(one: T) => T;
  /** Opens a target of a bridge in the page, without the app's frame; errors of the page fail the test. */
  open: (
    bridge: Bridge,
    target: string,
    query?: Record<string, string>,
    fragment?: string,
  ) => Promise<Viewer>;
  /** A bridge for one SPICE server on `port`, the viewer opened on it and connected. */
  connect: (port: number, query?: Record<string, string>) => Promise<Viewer>;
}

export const test = base.extend<Fixtures>({
  // Playwright wants the first argument to be a destructuring pattern.
  // oxlint-disable-next-line no-empty-pattern
  owned: async ({}, use) => {
    const started: Stoppable[] = [];
    await use((one) => {
      started.push(one);
      return one;
    });
    await stopAll(started);
  },
  xspice: async ({ owned }, use) => use(async (options) => owned(await startXspice(options))),
  qemu: async ({ owned }, use) => use(async (options) => owned(await startQemu(options))),
  bridge: async ({ owned }, use) => use(async (targets, args) => owned(await startBridge(targets, args))),
  open: async ({ page }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    await use((bridge, target, query = {}, fragment = '') =>
      Viewer.open(page, bridge.pageUrl(target, { embed: '1', ...query }) + fragment),
    );
    expect(errors, 'uncaught errors of the page').toEqual([]);
  },
  connect: async ({ bridge, open }, use) =>
    use(async (port, query) => {
      const viewer = await open(await bridge({ server: `spice://127.0.0.1:${port}` }), 'server', query);
      await viewer.waitConnected();
      return viewer;
    }),
});

export { expect };

/** Says, once per file, which programs it drives. Without them it is skipped; where CI=true it fails. */
export function needs(...wanted: Need[]): void {
  const missing = missingPrograms(...wanted);
  if (missing.length === 0) return;
  const reason = `needs ${missing.join(', ')}`;
  if (isCi) {
    base.beforeEach(() => {
      throw new Error(reason);
    });
  } else {
    base.skip(true, reason);
  }
}
