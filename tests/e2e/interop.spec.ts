/** Other people's parts: their client on our bridge, our client on their bridges. */
import { canvasPixels } from '../bench/lib/canvas-pixels.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import type { Xspice } from '../servers/xspice.ts';
import { waitForEqual } from './lib/compare.ts';
import { xterm } from './lib/desktop.ts';
import { expect, needs, test } from './lib/fixtures.ts';
import type { Viewer } from './lib/viewer.ts';

needs('chromium', 'xspice', 'spiceHtml5', 'websockify');

async function drawSomething(server: Xspice): Promise<void> {
  await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
  await xterm(server, 'interop', 'seq 1 500', '-geometry', '80x24+60+60');
}

/** Leads an element that shows nothing yet to a WebSocket elsewhere. */
async function connectTo(viewer: Viewer, url: string): Promise<void> {
  await viewer.evaluate((element, target) => {
    element.setAttribute('url', target);
    element.connect();
  }, url);
  await viewer.waitConnected();
}

test('spice-html5 shows the desktop through this bridge and types into it', async ({
  page,
  xspice,
  bridge,
  owned,
}) => {
  // Of the compressions that it can decode.
  const server = await xspice({ compression: 'auto_lz' });
  await drawSomething(server);
  const html5 = owned(await startSpiceHtml5());
  const tunnel = await bridge({ server: `spice://127.0.0.1:${server.port}` }, [
    '--allow-origin',
    new URL(html5.pageUrl(1)).origin,
  ]);
  await page.goto(html5.pageUrl(Number(new URL(tunnel.url).port)));
  await page.locator(SPICE_HTML5_CANVAS).waitFor();
  const shown = () => canvasPixels(page, SPICE_HTML5_CANVAS);
  await waitForEqual('the desktop in spice-html5', shown, server.screenshot);

  await server.exec('xdotool', 'search', '--name', 'interop', 'windowactivate', '--sync');
  const before = await server.screenshot();
  await page.locator(SPICE_HTML5_CANVAS).hover({ position: { x: 100, y: 100 } });
  await page.keyboard.type('interop');
  await expect.poll(async () => Buffer.compare((await server.screenshot()).rgba, before.rgba)).not.toBe(0);
  await waitForEqual('the typed text in spice-html5', shown, server.screenshot);
});

test('the viewer shows the desktop through websockify', async ({ xspice, bridge, open, owned }) => {
  const server = await xspice();
  await drawSomething(server);
  const websockify = owned(await startWebsockify(server.port));
  const viewer = await open(await bridge(), 'demo', { autoconnect: '0' });
  await connectTo(viewer, `ws://127.0.0.1:${websockify.port}/websockify`);
  await waitForEqual('the desktop through websockify', () => viewer.pixels(), server.screenshot);
});

test("the viewer shows the desktop through the SPICE server's own WebSocket port", async ({
  xspice,
  bridge,
  open,
}) => {
  const server = await xspice();
  await drawSomething(server);
  const viewer = await open(await bridge(), 'demo', { autoconnect: '0' });
  // Since 0.15 spice-server tells WebSockets from plain connections on the same port.
  await connectTo(viewer, `ws://127.0.0.1:${server.port}/`);
  await waitForEqual('the desktop without any bridge', () => viewer.pixels(), server.screenshot);
});
