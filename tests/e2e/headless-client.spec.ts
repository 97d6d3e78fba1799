/** The example of docs/spice-client.md, as it stands there, against a real desktop. */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, needs, test } from './lib/fixtures.ts';
import { repository } from '../servers/bridge.ts';

needs('chromium', 'xspice');

const PAGE_HTML = `<!doctype html><title>own</title>
<p id="status"></p><p id="copied"></p><p id="sent"></p>
<input id="paste"><input id="files" type="file" multiple>
<script type="module" src="/example.js"></script>`;

let portal: Server;
let portalUrl: string;
let bridgeUrl = '';

test.beforeAll(async () => {
  const guide = await readFile(join(repository, 'docs', 'spice-client.md'), 'utf8');
  const example = /```js\n([^]*?)```/.exec(guide)?.[1] ?? '';
  portal = createServer((request, response) => {
    const isScript = request.url?.endsWith('.js') ?? false;
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    if (request.url === '/example.js') {
      response.end(example.replace('wss://bridge.example/spice/desk', `${bridgeUrl}spice/server`));
    } else if (request.url === '/spice-viewer.js') {
      void readFile(join(repository, 'dist', 'spice-viewer.js')).then((file) => response.end(file));
    } else response.end(PAGE_HTML);
  });
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  portalUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/`;
});
test.afterAll(() => {
  portal.close();
});

test('a page of its own: picture, keys, clipboard both ways, files', async ({ xspice, bridge, page }) => {
  const server = await xspice({ agent: true });
  const { url } = await bridge({ server: `spice://127.0.0.1:${server.port}` }, [
    '--allow-origin',
    portalUrl.slice(0, -1),
  ]);
  bridgeUrl = url;
  await page.goto(portalUrl);
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
