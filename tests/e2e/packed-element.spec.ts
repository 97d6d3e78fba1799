/** What a portal gets: one file, on a page of its own, under a strict Content-Security-Policy. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { repository, startBridge, type Bridge } from '../servers/bridge.ts';

const dist = join(repository, 'dist');

function portalPage(url: string): string {
  return `<!doctype html>
<title>portal</title>
<link rel="stylesheet" href="/portal.css">
<script type="module" src="/spice-viewer.js"></script>
<spice-viewer url="${url}" toolbar="none"></spice-viewer>`;
}

let bridge: Bridge;
let portal: Server;
let portalUrl: string;

test.beforeAll(async () => {
  portal = createServer((request, response) => {
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "worker-src 'self'",
      `connect-src ${bridge.url.replace('http', 'ws')}`,
    ].join('; ');
    response.setHeader('Content-Security-Policy', policy);
    if (request.url === '/spice-viewer.js') {
      response.setHeader('Content-Type', 'text/javascript');
      void readFile(join(dist, 'spice-viewer.js')).then((file) => response.end(file));
    } else if (request.url === '/portal.css') {
      response.setHeader('Content-Type', 'text/css');
      response.end('spice-viewer { width: 800px; height: 600px }');
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end(portalPage(`${bridge.url}spice/demo`));
    }
  });
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  portalUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/`;
  bridge = await startBridge({}, ['--allow-origin', portalUrl.slice(0, -1)]);
});

test.afterAll(async () => {
  await bridge.stop();
  portal.close();
});

test('one file is enough: element, workers and the guest’s pointer run under a strict CSP', async ({
  page,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('img-src')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(portalUrl);
  const viewer = page.locator('spice-viewer');
  await viewer.evaluate((element) => (element as unknown as { connect(): void }).connect());
  await expect(viewer).toHaveJSProperty('state', 'connected');
  await expect(viewer.locator('canvas[part=screen]')).toHaveJSProperty('width', 1024);
  const colours = await viewer.evaluate(async (element) => {
    const image = await (element as unknown as { getImageData(): Promise<ImageData> }).getImageData();
    return new Set(new Uint32Array(image.data.buffer)).size;
  });
  expect(colours).toBeGreaterThan(100);
  // data: images are forbidden here, so the pointer is on a canvas over the picture.
  await viewer.hover({ position: { x: 60, y: 500 } });
  await expect(viewer.locator('.cursor canvas').first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a display’s own window needs nothing more of the policy', async ({ page }) => {
  const complaints: string[] = [];
  page.context().on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('img-src')) complaints.push(message.text());
  });
  await page.goto(portalUrl);
  const viewer = page.locator('spice-viewer');
  type Portal = HTMLElement & { connect(): void; openDisplay(id: number): Window | undefined };
  await viewer.evaluate((element) => (element as unknown as Portal).connect());
  await expect(viewer).toHaveJSProperty('state', 'connected');
  await expect(viewer.locator('canvas[part=screen]')).toHaveJSProperty('width', 1024);
  const opening = page.waitForEvent('popup');
  await viewer.evaluate((element) => void (element as unknown as Portal).openDisplay(0));
  const popup = await opening;
  const canvas = popup.locator('canvas[part=screen][data-display="0"]');
  await expect(canvas).toBeVisible();
  await expect(canvas).toHaveCSS('position', 'absolute');
  const colours = () =>
    canvas.evaluate((found) => {
      const copy = document.createElement('canvas');
      copy.width = 1024;
      copy.height = 768;
      const context = copy.getContext('2d');
      context?.drawImage(found as HTMLCanvasElement, 0, 0);
      return new Set(new Uint32Array(context?.getImageData(0, 0, 1024, 768).data.buffer ?? [])).size;
    });
  await expect.poll(colours).toBeGreaterThan(100);
  await expect(viewer.getByRole('status')).toContainText('Display 1 is shown in a window of its own.');
  await viewer.getByRole('button', { name: 'Bring display 1 back' }).click();
  await expect(viewer.locator('canvas[part=screen]')).toBeVisible();
  expect(popup.isClosed()).toBe(true);
  expect(complaints).toEqual([]);
});

test('the file is its own audio worklet, without blob: in the policy', async ({ page }) => {
  await page.goto(portalUrl);
  const channels = await page.evaluate(async () => {
    const context = new AudioContext();
    await context.audioWorklet.addModule('/spice-viewer.js');
    const node = new AudioWorkletNode(context, 'spice-speaker', {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    await context.close();
    return node.channelCount;
  });
  expect(channels).toBe(2);
});

test('the file carries no Node, and its declarations and manifest stand alone', async () => {
  const [script, types, manifest] = await Promise.all(
    ['spice-viewer.js', 'spice-viewer.d.ts', 'custom-elements.json'].map((name) =>
      readFile(join(dist, name), 'utf8'),
    ),
  );
  expect(script).not.toMatch(/from\s*["'](node:|@|\.)/);
  expect(script).toContain('export const');
  expect(types).not.toMatch(/^import /m);
  expect(types).toContain("'spice-viewer': SpiceViewerElement");
  expect(JSON.parse(manifest ?? '')).toHaveProperty('schemaVersion');
});
