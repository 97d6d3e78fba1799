/** The example portal with a real SPICE server whose password the browser never has. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '../../../examples/portal/accounts.ts';
import { repository } from '../../servers/bridge.ts';
import { startCuttableRelay } from '../../servers/cuttable-relay.ts';
import { freePort } from '../../servers/ports.ts';
import { makeDirectory, startProcess, until } from '../../servers/process.ts';
import { waitForEqual } from '../lib/compare.ts';
import { xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { Viewer } from '../lib/viewer.ts';

needs('chromium', 'xspice');

const SPICE_PASSWORD = 'known to the bridge only';

test('a user logs in, opens a machine and comes back to it after a broken network; the password stays inside', async ({
  page,
  xspice,
  bridge,
  owned,
}) => {
  const server = await xspice({ password: SPICE_PASSWORD });
  await xterm(server, 'machine', 'seq 1 200', '-geometry', '60x20+40+40');
  const directory = makeDirectory('portal-');
  const [key, accounts] = [join(directory, 'ticket.key'), join(directory, 'accounts.json')];
  writeFileSync(key, randomBytes(32).toString('hex'));
  const spice = { host: '127.0.0.1', port: server.port, password: SPICE_PASSWORD };
  const machines = [
    { name: 'vm1', title: 'Machine <one>', users: ['alice'], spice },
    { name: 'vm2', title: 'Not hers', users: ['bob'], spice },
  ];
  writeFileSync(accounts, JSON.stringify({ users: { alice: await hashPassword('open sesame') }, machines }));

  const portalPort = await freePort();
  const portalUrl = `http://127.0.0.1:${portalPort}/`;
  const tunnel = await bridge({}, [
    '--jwe-key-file',
    key,
    '--jwt-issuer=portal',
    '--jwt-audience=spice-bridge',
    '--allow-loopback-targets',
    `--allow-target=127.0.0.1:${server.port}`,
    `--allow-origin=${portalUrl.slice(0, -1)}`,
  ]);
  const relay = owned(await startCuttableRelay(Number(new URL(tunnel.url).port)));
  const portal = owned(
    startProcess(process.execPath, ['--import', 'tsx', 'examples/portal/main.ts'], {
      cwd: repository,
      env: {
        ...process.env,
        PORTAL_PORT: String(portalPort),
        PORTAL_ACCOUNTS: accounts,
        PORTAL_TICKET_KEY_FILE: key,
        PORTAL_BRIDGE: `ws://127.0.0.1:${relay.port}/spice`,
      },
    }),
  );
  await until('the portal', () => portal.log().includes('portal on'), { owner: portal });

  const answers: string[] = [];
  page.on('response', async (response) => {
    const { host } = new URL(response.url());
    if (host === new URL(portalUrl).host) answers.push(await response.text().catch(() => ''));
  });
  await page.goto(portalUrl);
  const logIn = async (password: string): Promise<void> => {
    await page.getByLabel('Name').fill('alice');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  await logIn('wrong');
  await expect(page.getByRole('alert')).toHaveText('Name or password is wrong.');
  await logIn('open sesame');
  await expect(page.getByRole('link')).toHaveText(['Machine <one>']);

  const viewer = await Viewer.open(page, `${portalUrl}machines/vm1`);
  await viewer.waitConnected();
  await waitForEqual('the machine', () => viewer.pixels(), server.screenshot);
  relay.cut();
  await viewer.waitForState('reconnecting');
  await viewer.waitConnected();
  await xterm(server, 'after', 'seq 500 600', '-geometry', '60x20+300+200');
  await waitForEqual('the machine after the break', () => viewer.pixels(), server.screenshot);

  expect(answers.length).toBeGreaterThan(3);
  expect(answers.join('\n')).not.toContain(SPICE_PASSWORD);
  expect(tunnel.log()).not.toContain(SPICE_PASSWORD);
  expect((await page.request.get(`${portalUrl}machines/vm2`)).status()).toBe(404);
  const foreign = await page.request.post(`${portalUrl}machines/vm1/ticket`, {
    headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(foreign.status()).toBe(403);
});
