import { expect, needs, test } from './lib/fixtures.ts';
import type { Viewer } from './lib/viewer.ts';
import { startBrokenServer, type Breakage } from '../servers/broken-server.ts';
import { createPki } from '../servers/pki.ts';
import { makeDirectory } from '../servers/process.ts';

needs('chromium', 'qemu', 'openssl');

/** A sentence that a user can read and act on: several words, and nothing that only a programmer understands. */
async function expectSentence(viewer: Viewer, about: RegExp, timeout = 45_000): Promise<void> {
  const sentence = async () =>
    (await viewer.visibleText())
      .split('\n')
      .find((line) => line.split(/\s+/).length >= 4 && about.test(line)) ?? '';
  await expect.poll(sentence, { message: `a sentence about ${about}`, timeout }).not.toBe('');
  const text = await sentence();
  expect(text).not.toMatch(/undefined|\[object|NaN|Error:|0x[0-9a-f]{2}|127\.0\.0\.1/i);
}

const broken: [Breakage, RegExp][] = [
  ['closed', /reach|refus|running|connect/i],
  ['http', /SPICE/i],
  ['wrong-magic', /SPICE/i],
  ['huge-size', /SPICE|server/i],
  ['half-then-close', /clos|end|broke|stopp|lost|interrupt/i],
  ['half-then-silence', /answer|respon|silen|time|stopp/i],
  ['silence', /answer|respon|silen|time|stopp/i],
];

for (const [breakage, about] of broken) {
  test(`a server that is broken (${breakage}) is named in a sentence`, async ({ bridge, open, owned }) => {
    const server = owned(await startBrokenServer(breakage));
    const viewer = await open(await bridge({ server: `spice://127.0.0.1:${server.port}` }), 'server');
    await expectSentence(viewer, about);
    await viewer.waitForState('disconnected', 45_000);
    expect((await viewer.events()).map((event) => event.type)).toContain('disconnect');
  });
}

test('a TLS port spoken to in plain is named in a sentence', async ({ bridge, open, qemu }) => {
  const x509Dir = makeDirectory('pki-');
  await createPki(x509Dir);
  const machine = await qemu({ x509Dir });
  const viewer = await open(await bridge({ server: `spice://127.0.0.1:${machine.tlsPort}` }), 'server');
  await expectSentence(viewer, /TLS/);
  await viewer.waitForState('disconnected', 45_000);
});

test('a server that asks for TLS on its plain port is named in a sentence', async ({
  bridge,
  open,
  qemu,
}) => {
  const x509Dir = makeDirectory('pki-');
  await createPki(x509Dir);
  const machine = await qemu({ x509Dir, spice: ['tls-channel=main'] });
  const viewer = await open(await bridge({ server: `spice://127.0.0.1:${machine.port}` }), 'server');
  await expectSentence(viewer, /TLS|secur|encrypt/i);
  await viewer.waitForState('disconnected', 45_000);
});

test('an unknown target is named in a sentence', async ({ bridge, open }) => {
  const viewer = await open(await bridge({ server: 'spice://127.0.0.1:1' }), 'nowhere');
  await expectSentence(viewer, /target|unknown|no .*(called|named)|not (found|known|offered)|desktop/i);
  await viewer.waitForState('disconnected', 45_000);
});

test('a server with a password asks for it, says when it is wrong, and lets the right one in', async ({
  bridge,
  open,
  page,
  qemu,
}) => {
  const machine = await qemu({ password: 'right-one' });
  const viewer = await open(await bridge({ server: `spice://127.0.0.1:${machine.port}` }), 'server');
  const field = page.locator('input[type="password"]').first();
  await expect(field).toBeVisible({ timeout: 20_000 });
  expect((await viewer.events()).map((event) => event.type)).toContain('credentialsrequired');

  await field.fill('wrong-one');
  await field.press('Enter');
  await expectSentence(viewer, /password|denied|wrong|not accepted/i);
  await expect(field).toBeVisible();

  await field.fill('right-one');
  await field.press('Enter');
  await viewer.waitConnected();
  await expect(field).toBeHidden();
});

test('a wrong password in the fragment is named in a sentence and removed from the address', async ({
  bridge,
  open,
  page,
  qemu,
}) => {
  const machine = await qemu({ password: 'right-one' });
  const viewer = await open(
    await bridge({ server: `spice://127.0.0.1:${machine.port}` }),
    'server',
    {},
    '#password=wrong-one',
  );
  await expectSentence(viewer, /password/i);
  expect(await viewer.state()).not.toBe('connected');
  expect(page.url()).not.toContain('wrong-one');
});

test('the right password in the fragment connects at once', async ({ bridge, open, page, qemu }) => {
  const machine = await qemu({ password: 'right-one' });
  const server = await bridge({ server: `spice://127.0.0.1:${machine.port}` });
  const viewer = await open(server, 'server', {}, '#password=right-one');
  await viewer.waitConnected();
  expect(page.url()).not.toContain('right-one');
});

test('a server that goes away during the session is named in a sentence', async ({ bridge, open, qemu }) => {
  const machine = await qemu();
  const viewer = await open(await bridge({ server: `spice://127.0.0.1:${machine.port}` }), 'server');
  await viewer.waitConnected();
  await machine.stop();
  await expect.poll(() => viewer.state(), { timeout: 45_000 }).not.toBe('connected');
  await expectSentence(viewer, /clos|end|lost|disconnect|reconnect|reach/i);
});
