/** Tickets and TLS of QEMU, with a desktop behind them. */
import { join } from 'node:path';
import type { Viewer } from '../e2e/lib/viewer.ts';
import { createPki } from '../servers/pki.ts';
import { makeDirectory } from '../servers/process.ts';
import { needs } from '../e2e/lib/fixtures.ts';
import { expectSentence } from '../e2e/lib/sentence.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needs('openssl');
needsVm();

const long = { timeout: 60_000 };
function isRefused(viewer: Viewer) {
  return expectSentence(viewer, 'The password is wrong or has expired. Enter it again.', long.timeout);
}

test('a wrong and an expired password are told in words; a session outlives its password', async ({
  vm,
  bridge,
  open,
  page,
}) => {
  const guest = await vm({ password: 'right-one' });
  const server = await bridge({ server: `spice://127.0.0.1:${guest.port}` });
  const viewer = await open(server, 'server');
  const field = page.locator('input[type="password"]').first();
  await expect(field).toBeVisible(long);
  await field.fill('wrong-one');
  await field.press('Enter');
  await isRefused(viewer);
  await field.fill('right-one');
  await field.press('Enter');
  await viewer.waitConnected();

  await guest.qmp.execute('expire_password', { protocol: 'spice', time: 'now' });
  await guest.spawn('exec xterm -title later -geometry 40x10+500+400');
  await expect
    .poll(async () => (await guest.run('xdotool search --onlyvisible --name later')).code, long)
    .toBe(0);
  expect(await viewer.state()).toBe('connected');

  await viewer.evaluate((element) => element.disconnect());
  await viewer.waitForState('disconnected');
  // Another query, or the browser would only change the fragment of the page that it has.
  const late = await open(server, 'server', { scale: 'real' }, '#password=right-one');
  await isRefused(late);
  expect(await late.state()).not.toBe('connected');
  await guest.qmp.execute('expire_password', { protocol: 'spice', time: 'never' });
  await field.fill('right-one');
  await field.press('Enter');
  await late.waitConnected();
});

interface SpiceInfo {
  channels?: { 'channel-type': number; tls: boolean }[];
}

test('a TLS port: every channel goes through it, with the certificate’s subject', async ({
  vm,
  bridge,
  open,
}) => {
  const x509Dir = makeDirectory('pki-');
  const pki = await createPki(x509Dir);
  const guest = await vm({ x509Dir, spiceOptions: ['tls-channel=default'] });
  const query = new URLSearchParams({ ca: join(x509Dir, 'ca-cert.pem'), 'host-subject': pki.subject });
  const server = await bridge({ server: `spice+tls://127.0.0.1:${guest.tlsPort}?${query}` });
  const viewer = await open(server, 'server');
  await viewer.waitConnected();
  await expect.poll(() => viewer.evaluate((element) => element.agentConnected), long).toBe(true);
  const types = async () => {
    const { channels = [] } = await guest.qmp.execute<SpiceInfo>('query-spice');
    return channels.filter(({ tls }) => tls).map((channel) => channel['channel-type']);
  };
  // Main, display, inputs, cursor and playback.
  await expect.poll(types, long).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
  const { channels = [] } = await guest.qmp.execute<SpiceInfo>('query-spice');
  expect(channels.filter(({ tls }) => !tls)).toEqual([]);
});
