import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, expect, type Page } from '@playwright/test';
import { chromiumLaunch } from '../tests/browsers/chromium.ts';
import { startBridge } from '../tests/servers/bridge.ts';
import { startXspice } from '../tests/servers/xspice.ts';

/** Makes the README's pictures: the real page, the demo desktop and a real X session. Needs `npm run build`. */
const images = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'images');
const size = { width: 1024, height: 768 };
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('spice-viewer')).toHaveJSProperty('state', 'connected');
  await pause(1500);
}

await mkdir(images, { recursive: true });
const browser = await chromium.launch(chromiumLaunch);
const page = await browser.newPage({ viewport: size });

const demo = await startBridge();
await open(page, demo.url);
await page.mouse.move(500, 250);
for (const key of ['KeyH', 'KeyE', 'KeyL', 'KeyP', 'Enter']) await page.keyboard.press(key);
await pause(600);
await page.screenshot({ path: join(images, 'demo.png') });
await page.mouse.move(size.width / 2, 2);
await pause(400);
await page.screenshot({
  path: join(images, 'toolbar.png'),
  clip: { x: 0, y: 0, width: size.width, height: 160 },
});
await demo.stop();

const xspice = await startXspice({ ...size });
const bridge = await startBridge({ desk: `spice://127.0.0.1:${xspice.port}` });
await open(page, bridge.pageUrl('desk'));
xspice.spawn('gtk3-icon-browser');
await pause(2500);
xspice.spawn(
  'xterm',
  '-fa',
  'DejaVu Sans Mono',
  '-fs',
  '11',
  '-geometry',
  '74x20+250+330',
  '-e',
  'sh',
  '-c',
  'ls -C --color /usr/share/X11 /usr/share/icons; cat',
);
await pause(2500);
await page.screenshot({ path: join(images, 'xspice.png') });
await bridge.stop();
await xspice.stop();
await browser.close();
