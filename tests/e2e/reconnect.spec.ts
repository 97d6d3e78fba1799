/** Sessions that break, and come back by themselves. */
import type { TicketProvider } from '../../web/api/public-types.ts';
import type { Bridge } from '../servers/bridge.ts';
import { startCuttableRelay, type CuttableRelay } from '../servers/cuttable-relay.ts';
import type { Xspice } from '../servers/xspice.ts';
import { waitForEqual } from './lib/compare.ts';
import { xterm } from './lib/desktop.ts';
import { expect, needs, test, type Fixtures } from './lib/fixtures.ts';
import type { SeenEvent, Viewer } from './lib/viewer.ts';

needs('chromium', 'xspice');

/** The same bridge, reached through the relay. */
function through(bridge: Bridge, port: number): Bridge {
  return {
    ...bridge,
    pageUrl: (target, query) => {
      const url = new URL(bridge.pageUrl(target, query));
      url.port = String(port);
      return url.href;
    },
  };
}

/** The server's desktop behind a relay that can be cut. */
async function openThroughRelay(
  { bridge, open, owned }: Pick<Fixtures, 'bridge' | 'open' | 'owned'>,
  server: Xspice,
  fragment = '',
): Promise<{ relay: CuttableRelay; viewer: Viewer }> {
  const tunnel = await bridge({ server: `spice://127.0.0.1:${server.port}` });
  const relay = owned(await startCuttableRelay(Number(new URL(tunnel.url).port)));
  return { relay, viewer: await open(through(tunnel, relay.port), 'server', {}, fragment) };
}

function namesOf(events: readonly SeenEvent[]): string[] {
  return events
    .map(({ type }) => type)
    .filter((type) => ['connect', 'reconnecting', 'disconnect'].includes(type));
}

test('a session whose network breaks comes back by itself, exact and usable', async ({
  xspice,
  bridge,
  open,
  owned,
}) => {
  const server = await xspice();
  await xterm(server, 'before', 'seq 1 100', '-geometry', '60x20+40+40');
  const { relay, viewer } = await openThroughRelay({ bridge, open, owned }, server);
  await viewer.waitConnected();
  await waitForEqual('the desktop before', () => viewer.pixels(), server.screenshot);

  relay.cut({ refuse: true });
  await viewer.waitForState('reconnecting');
  await expect(viewer.page.locator('spice-viewer [part~=status]')).toContainText('Connecting again');
  // The last picture stays where it was.
  await expect(viewer.canvas).toBeVisible();
  await expect.poll(async () => namesOf(await viewer.events()).length).toBeGreaterThan(2);
  relay.heal();
  await viewer.waitConnected();
  await xterm(server, 'after', 'seq 500 600', '-geometry', '60x20+300+200');
  await waitForEqual('the desktop after', () => viewer.pixels(), server.screenshot);
  const names = namesOf(await viewer.events());
  expect(names.at(0)).toBe('connect');
  expect(names.at(-1)).toBe('connect');
  expect(names.filter((name) => name === 'disconnect')).toEqual([]);
  const attempts = (await viewer.events()).filter(({ type }) => type === 'reconnecting');
  expect(attempts.map(({ detail }) => (detail as { attempt: number }).attempt)).toEqual(
    attempts.map((_, index) => index + 1),
  );
  await expect(viewer.page.locator('spice-viewer canvas[part~=screen]')).toHaveCount(1);
});

test('each reconnect asks the portal for a ticket, and one that is refused ends the session', async ({
  xspice,
  bridge,
  open,
  owned,
}) => {
  const server = await xspice({ password: 'first' });
  const { relay, viewer } = await openThroughRelay({ bridge, open, owned }, server, '#password=first');
  await viewer.waitConnected();
  const provide = (password: string): Promise<void> =>
    viewer.element.evaluate((element, ticket) => {
      const asked = globalThis as unknown as { tickets?: number };
      const provider: TicketProvider = () => {
        asked.tickets = (asked.tickets ?? 0) + 1;
        return Promise.resolve({ password: ticket });
      };
      Object.assign(element, { ticketProvider: provider });
    }, password);
  const asked = (): Promise<number> =>
    viewer.page.evaluate(() => (globalThis as unknown as { tickets?: number }).tickets ?? 0);
  // A session takes the provider that it began with.
  await provide('first');
  await viewer.evaluate((element) => element.disconnect());
  await viewer.waitForState('disconnected');
  await viewer.evaluate((element) => element.connect());
  await viewer.waitConnected();
  expect(await asked()).toBe(0);
  relay.cut();
  await expect.poll(asked).toBe(1);
  await viewer.waitConnected();

  await provide('wrong');
  await viewer.evaluate((element) => element.disconnect());
  await viewer.waitForState('disconnected');
  await viewer.evaluate((element) => element.connect());
  await viewer.waitConnected();
  relay.cut();
  await viewer.waitForState('disconnected');
  expect((await viewer.events()).some(({ type }) => type === 'securityfailure')).toBe(true);
});

test('a server that ends the session, and a user who does, are not asked again', async ({
  xspice,
  bridge,
  open,
  owned,
}) => {
  const server = await xspice();
  const { relay, viewer } = await openThroughRelay({ bridge, open, owned }, server);
  await viewer.waitConnected();
  relay.cut({ refuse: true });
  await viewer.waitForState('reconnecting');
  await viewer.page.getByRole('button', { name: 'Cancel' }).click();
  await viewer.waitForState('disconnected');

  relay.heal();
  await viewer.evaluate((element) => element.connect());
  await viewer.waitConnected();
  const before = (await viewer.events()).length;
  await server.stop();
  await viewer.waitForState('disconnected');
  expect(namesOf((await viewer.events()).slice(before))).toEqual(['disconnect']);
});

test('autoconnect=0 waits for a press on the button', async ({ bridge, open }) => {
  const viewer = await open(await bridge(), 'demo', { autoconnect: '0' });
  expect(await viewer.state()).toBe('disconnected');
  await viewer.page.getByRole('button', { name: 'Connect to demo' }).click();
  await viewer.waitConnected();
});
