import { expect, needs, test } from './lib/fixtures.ts';
import { expectSentence } from './lib/sentence.ts';
import { startBrokenServer, type Breakage } from '../servers/broken-server.ts';
import { createPki } from '../servers/pki.ts';
import { makeDirectory } from '../servers/process.ts';

needs('chromium', 'qemu', 'openssl');

const REFUSED_PASSWORD = 'The password is wrong or has expired. Enter it again.';

const broken: [Breakage, sentence: string][] = [
  ['closed', 'The target refused the connection. Check that it runs and that its port is right.'],
  ['http', 'The server answered with HTTP, not with SPICE. Check the address and port.'],
  ['wrong-magic', 'The server does not speak SPICE. Check the address and port.'],
  [
    'huge-size',
    'The server sent data that is not valid SPICE (main:0). Check that it is a SPICE server, and update it or the viewer.',
  ],
  [
    'half-then-close',
    'The server closed the connection before the SPICE link was made. It may expect TLS, or not be a SPICE server.',
  ],
  [
    'half-then-silence',
    'The server did not answer in time. Check the address and port, and whether the server expects TLS.',
  ],
  [
    'silence',
    'The server did not answer in time. Check the address and port, and whether the server expects TLS.',
  ],
];

for (const [breakage, sentence] of broken) {
  test(`a server that is broken (${breakage}) is named in a sentence`, async ({ bridge, open, owned }) => {
    const server = owned(await startBrokenServer(breakage));
    const viewer = await open(await bridge({ server: `spice://127.0.0.1:${server.port}` }), 'server');
    await expectSentence(viewer, sentence);
    await viewer.waitForState('disconnected', 45_000);
    const ends = (await viewer.events()).filter(({ type }) => type === 'disconnect');
    expect(ends.map(({ detail }) => detail)).toEqual([{ clean: false, reason: sentence }]);
  });
}

test('a TLS port spoken to in plain is named in a sentence', async ({ bridge, open, qemu }) => {
  const x509Dir = makeDirectory('pki-');
  await createPki(x509Dir);
  const machine = await qemu({ x509Dir });
  const viewer = await open(await bridge({ server: `spice://127.0.0.1:${machine.tlsPort}` }), 'server');
  await expectSentence(
    viewer,
    'The target hung up before it said anything. It may expect TLS, or not be a SPICE server.',
  );
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
  await expectSentence(viewer, 'The server accepts this connection only with TLS. Configure its TLS port.');
  await viewer.waitForState('disconnected', 45_000);
});

test('an unknown target is named in a sentence', async ({ bridge, open }) => {
  const viewer = await open(await bridge({ server: 'spice://127.0.0.1:1' }), 'nowhere');
  await expectSentence(viewer, 'There is no such target. Check the name in the address.');
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
  await expectSentence(viewer, REFUSED_PASSWORD);
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
  await expectSentence(viewer, REFUSED_PASSWORD);
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
  await expectSentence(viewer, 'The server ended the session.');
});
