/** Ending and starting the guest's agent under Xspice, which is not good at noticing it. */
import { expect } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import { until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';

/** The viewer learns that the agent is gone: Xspice does when it writes to the agent, so something is written. */
export function expectAgentGone(viewer: Viewer): Promise<void> {
  return expect
    .poll(
      async () => {
        await viewer.evaluate((element) => element.clipboardPasteFrom('is anybody there?'));
        return viewer.evaluate((element) => element.agentConnected);
      },
      { timeout: 15_000 },
    )
    .toBe(false);
}

/**
 * Starts the agent until the server hears it: after a connection that broke while data was on its way Xspice
 * sometimes reads nothing from the next one.
 */
export async function reviveAgent(server: Xspice, viewer: Viewer): Promise<void> {
  const isReady = (): Promise<boolean> =>
    viewer.evaluate((element) => element.capabilities['files'] === true);
  await until(
    'an agent that is heard',
    async () => {
      await server.startAgent();
      const isHeard = await until('its features', isReady, { timeout: 3000, interval: 150 }).catch(
        () => false,
      );
      if (isHeard) return true;
      await server.stopAgent();
      await expectAgentGone(viewer);
      return false;
    },
    { timeout: 60_000 },
  );
}
