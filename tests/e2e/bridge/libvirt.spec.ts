/** Machines by their name in a real libvirt. */
import { startLibvirt } from '../../servers/libvirt.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { expectSentence } from '../lib/sentence.ts';
import type { Viewer } from '../lib/viewer.ts';

needs('chromium', 'libvirt');

async function expectDesktop(viewer: Viewer): Promise<void> {
  await viewer.waitConnected();
  expect((await viewer.events()).map((event) => event.type)).not.toContain('credentialsrequired');
}

function target(domain: string, uri: string): string {
  return `libvirt:${encodeURIComponent(domain)}?connect=${encodeURIComponent(uri)}`;
}

test('a machine by its name, with a password that libvirt knows', async ({ bridge, open, owned }) => {
  const domain = 'lab vm; touch x';
  const libvirt = owned(await startLibvirt({ domain, password: 'a@b:c?d&e=%20' }));
  const served = await bridge({ vm: target(domain, libvirt.uri), none: target('none', libvirt.uri) });
  await expectDesktop(await open(served, 'vm'));
  // Another password, and perhaps another port: found out by itself.
  await libvirt.restartMachine('another');
  await expectDesktop(await open(served, 'vm'));
  const missing = await open(served, 'none');
  await expectSentence(missing, 'Where the target is could not be found out. Check that it runs.');
  expect(served.log()).not.toMatch(/a@b:c|another/);
});

test('a machine on a Unix socket', async ({ bridge, open, owned }) => {
  const libvirt = owned(await startLibvirt({ domain: 'vm', password: 'secret', socket: true }));
  await expectDesktop(await open(await bridge({ vm: target('vm', libvirt.uri) }), 'vm'));
});
