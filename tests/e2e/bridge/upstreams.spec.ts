/** What the bridge knows of its targets, with real servers behind it: passwords, TLS, Proxmox's proxy, libvirt. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPki } from '../../servers/pki.ts';
import { makeDirectory } from '../../servers/process.ts';
import { startProxmox } from '../../servers/proxmox.ts';
import type { Qemu } from '../../servers/qemu.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../../servers/spice-html5.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { expectSentence } from '../lib/sentence.ts';
import type { Viewer } from '../lib/viewer.ts';

needs('chromium', 'qemu', 'xspice', 'spiceHtml5', 'openssl');

const PASSWORD = 'correct horse';

function file(name: string, content: string): string {
  const path = join(makeDirectory('bridge-'), name);
  writeFileSync(path, content);
  return path;
}

function passwordFile(password = PASSWORD): string {
  return file('password', `${password}\n`);
}

/** The channels that QEMU has: whether each came over TLS, by SPICE channel type. */
async function channels(machine: Qemu): Promise<Map<number, boolean>> {
  const { channels: found = [] } = await machine.qmp.execute<{
    channels?: { 'channel-type': number; tls: boolean }[];
  }>('query-spice');
  return new Map(found.map((channel) => [channel['channel-type'], channel.tls]));
}

/** No question for a password came up, and the guest's picture is there. */
async function expectDesktop(viewer: Viewer): Promise<void> {
  await viewer.waitConnected();
  expect((await viewer.events()).map((event) => event.type)).not.toContain('credentialsrequired');
}

test('a password in the bridge opens QEMU for a browser that has none', async ({ qemu, bridge, open }) => {
  const machine = await qemu({ password: PASSWORD });
  const target = `spice://127.0.0.1:${machine.port}?password-file=${passwordFile()}`;
  const served = await bridge({ server: target });
  const viewer = await open(served, 'server');
  await expectDesktop(viewer);
  expect([...(await channels(machine)).keys()].toSorted()).toEqual(expect.arrayContaining([1, 2, 3, 4]));
  expect(served.log()).not.toContain(PASSWORD);
});

test('spice-html5 needs no password of Xspice either', async ({ xspice, bridge, owned, page }) => {
  const desktop = await xspice({ password: PASSWORD, width: 800, height: 600 });
  const html5 = owned(await startSpiceHtml5());
  const target = `spice://127.0.0.1:${desktop.port}?password-file=${passwordFile()}`;
  const served = await bridge({ server: target }, ['--allow-origin', '*']);
  await page.goto(html5.pageUrl(Number(new URL(served.url).port)));
  const canvas = page.locator(SPICE_HTML5_CANVAS).first();
  await expect(canvas).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => canvas.evaluate((element: HTMLCanvasElement) => element.width)).toBe(800);
});

test('a password that has expired, or is another, is told in words', async ({ qemu, bridge, open }) => {
  const machine = await qemu({ password: PASSWORD });
  const uri = (password?: string): string =>
    `spice://127.0.0.1:${machine.port}?password-file=${passwordFile(password)}`;
  const served = await bridge({ good: uri(), other: uri('other') });
  await expectSentence(
    await open(served, 'other'),
    'The target refused the password that the bridge has: it is wrong or has expired.',
  );
  await machine.qmp.execute('expire_password', { protocol: 'spice', time: 'now' });
  await expectSentence(
    await open(served, 'good'),
    'The target refused the password that the bridge has: it is wrong or has expired.',
  );
  await machine.qmp.execute('expire_password', { protocol: 'spice', time: 'never' });
  await expectDesktop(await open(served, 'good'));
});

test('channels that must be secure go over TLS, with the password from a .vv file', async ({
  qemu,
  bridge,
  open,
}) => {
  const x509Dir = makeDirectory('pki-');
  const pki = await createPki(x509Dir);
  // QEMU takes main and inputs over TLS only.
  const machine = await qemu({
    x509Dir,
    password: PASSWORD,
    spice: ['tls-channel=main', 'tls-channel=inputs'],
  });
  const ca = readFileSync(pki.caCert, 'utf8').replaceAll('\n', '\\n');
  const common = `[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=${machine.port}\ntls-port=${machine.tlsPort}\nca=${ca}\nhost-subject=${pki.subject}\npassword=${PASSWORD}\n`;
  const served = await bridge({
    asked: file('asked.vv', common),
    named: file('named.vv', `${common}secure-channels=main;inputs;cursor\n`),
  });
  // Those that the server asks for, found out by its NEED_SECURED.
  await expectDesktop(await open(served, 'asked'));
  let tls = await channels(machine);
  expect([tls.get(1), tls.get(3), tls.get(2), tls.get(4)]).toEqual([true, true, false, false]);
  await expectDesktop(await open(served, 'named'));
  await expect.poll(async () => (await channels(machine)).get(4)).toBe(true);
  tls = await channels(machine);
  expect([tls.get(1), tls.get(3), tls.get(2)]).toEqual([true, true, false]);
});

test('a pinned certificate is enough, and another one is not', async ({ qemu, bridge, open }) => {
  const x509Dir = makeDirectory('pki-');
  const pki = await createPki(x509Dir);
  const machine = await qemu({ x509Dir });
  const hex = new X509Certificate(readFileSync(pki.serverCert)).fingerprint256.replaceAll(':', '');
  const uri = (pin: string): string => `spice+tls://127.0.0.1:${machine.tlsPort}?fingerprint=sha256:${pin}`;
  const served = await bridge({ pinned: uri(hex), other: uri('00'.repeat(32)) });
  await expectSentence(await open(served, 'other'), "The target's certificate is not the pinned one.");
  await expectDesktop(await open(served, 'pinned'));
  expect([...(await channels(machine)).values()]).not.toContain(false);
});

test.describe('Proxmox', () => {
  const apiToken = 'bridge@pve!viewer=7c9e6679-7425-40de-944b-e07fc1f90ae7';

  test('a .vv of its format, and its API, open TLS sessions through its proxy', async ({
    qemu,
    bridge,
    open,
    owned,
  }) => {
    const x509Dir = makeDirectory('pki-');
    const pki = await createPki(x509Dir);
    const machine = await qemu({ x509Dir, password: 'unknown', spice: ['tls-channel=default'] });
    const proxmox = owned(
      await startProxmox({
        pki,
        apiToken,
        machines: [
          {
            vmid: 100,
            tlsPort: 61000,
            actualPort: machine.tlsPort as number,
            // As Proxmox does it.
            async setPassword(password) {
              await machine.qmp.execute('set_password', { protocol: 'spice', password });
              await machine.qmp.execute('expire_password', { protocol: 'spice', time: '+30' });
            },
          },
        ],
      }),
    );
    const vv = file('vm.vv', await proxmox.vvFile(100));
    const evil = file('evil.vv', readFileSync(vv, 'utf8').replace('CN=spice.lab', 'CN=evil.lab'));
    const token = file('token', apiToken);
    const served = await bridge({
      vv,
      evil,
      api: `proxmox://127.0.0.1:${proxmox.apiPort}/pve1/100?token-file=${token}&ca=${pki.caCert}`,
    });
    await expectSentence(await open(served, 'evil'), "The target's certificate has another subject.");
    await expectDesktop(await open(served, 'vv'));
    expect([...(await channels(machine)).values()]).not.toContain(false);
    expect(proxmox.requests.every((request) => request.startsWith('CONNECT pvespiceproxy:'))).toBe(true);

    await expectDesktop(await open(served, 'api'));
    expect((await channels(machine)).size).toBeGreaterThanOrEqual(4);
    // The .vv's and one for all channels of the session.
    expect(proxmox.tickets).toBe(2);

    proxmox.ageTickets(60);
    await expectSentence(
      await open(served, 'vv'),
      'The proxy in front of the target refused the ticket: it is wrong or has expired.',
    );
  });
});
