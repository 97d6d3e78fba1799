/** The example of docs/spice-client.md, as it stands there, against a real desktop. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, needs, test } from './lib/fixtures.ts';
import { repository } from '../servers/bridge.ts';
import { startPortalFolder, WORKER_FILES, type PortalFolder } from '../servers/portal-folder.ts';

needs('chromium', 'xspice');

const PAGE_HTML = `<!doctype html><title>own</title>
<p id="status"></p><p id="copied"></p><p id="sent"></p>
<input id="paste"><input id="files" type="file" multiple>
<script type="module" src="/example.js"></script>`;

let portal: PortalFolder;
let bridgeUrl = '';

test.beforeAll(async () => {
  const guide = await readFile(join(repository, 'docs', 'spice-client.md'), 'utf8');
  const example = /```js\n([^]*?)```/.exec(guide)?.[1] ?? '';
  portal = await startPortalFolder(
    ['spice-client.js', 'spice-core.js', 'chunks', ...WORKER_FILES],
    {
      'index.html': () => PAGE_HTML,
      'example.js': () => example.replace('wss://bridge.example/spice/desk', `${bridgeUrl}spice/server`),
    },
    () => ({}),
  );
});
test.afterAll(() => portal.stop());

test('a page of its own: picture, keys, clipboard both ways, files', async ({ xspice, bridge, page }) => {
  const server = await xspice({ agent: true });
  const { url } = await bridge({ server: `spice://127.0.0.1:${server.port}` }, [
    '--allow-origin',
    portal.origin,
  ]);
  bridgeUrl = url;
  await page.goto(portal.origin);
  await expect(page.locator('canvas')).toHaveJSProperty('width', 1024);
  const selection = ['-selection', 'clipboard', '-t', 'UTF8_STRING'];
  await page.locator('#paste').fill('from the page');
  await expect
    .poll(async () => {
      // The agent may have come after the first change.
      await page.locator('#paste').dispatchEvent('change');
      return server.exec('xclip', ...selection, '-o').catch(() => '');
    })
    .toBe('from the page');
  server.spawn('sh', '-c', `printf 'from the guest' | xclip -quiet ${selection.join(' ')} -i`);
  await expect(page.locator('#copied')).toHaveText('from the guest');
  const file = join(server.dir, 'note.txt');
  await writeFile(file, 'a note');
  await page.locator('#files').setInputFiles(file);
  await expect(page.locator('#sent')).toHaveText('note.txt');
  expect(await readFile(join(server.dir, 'downloads', 'note.txt'), 'utf8')).toBe('a note');
});
