/** A portal that bundles the element: Vite finds the workers and the worklet in the files as they ship. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { repository, startBridge, type Bridge } from '../servers/bridge.ts';
import { servePortal } from '../servers/portal-folder.ts';
import { makeDirectory, removeDirectory } from '../servers/process.ts';

const owned: { stop(): Promise<void> }[] = [];
test.afterEach(async () => {
  for (const one of owned.splice(0).toReversed()) await one.stop();
});

/** @returns the folder of what Vite made of a page that imports the element */
async function bundledPage(): Promise<string> {
  const source = makeDirectory('vite-source-');
  const outDir = makeDirectory('vite-built-');
  const module = join(repository, 'dist', 'spice-viewer.js');
  mkdirSync(source, { recursive: true });
  writeFileSync(
    join(source, 'index.html'),
    '<!doctype html><title>bundled</title><script type="module" src="./page.js"></script>',
  );
  writeFileSync(
    join(source, 'page.js'),
    `import { SpiceViewer } from ${JSON.stringify(module)};
const viewer = new SpiceViewer();
viewer.url = new URLSearchParams(location.search).get('url');
document.body.append(viewer);`,
  );
  try {
    await build({
      root: source,
      configFile: false,
      logLevel: 'error',
      // Modules outside of the page's folder are looked for where they are.
      resolve: { preserveSymlinks: true },
      worker: { format: 'es' },
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    removeDirectory(source);
  }
  return outDir;
}

test('the workers of a page that Vite bundled', async ({ page }) => {
  const folder = await bundledPage();
  const assets = readdirSync(join(folder, 'assets'));
  for (const role of ['session-worker', 'display-worker', 'decode-worker', 'worklet']) {
    expect(assets.filter((name) => name.startsWith(`spice-${role}-`))).toHaveLength(1);
  }
  // A worklet in a data: URL is against a strict policy.
  for (const name of assets) {
    expect(readFileSync(join(folder, 'assets', name), 'utf8'), name).not.toContain('data:text/javascript');
  }
  const starting: { bridge?: Bridge } = {};
  const portal = await servePortal(folder, {}, () => ({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      `connect-src ${starting.bridge?.url.replace('http', 'ws')}`,
    ].join('; '),
  }));
  owned.push(portal);
  starting.bridge = await startBridge({}, ['--allow-origin', portal.origin]);
  owned.push(starting.bridge);
  await page.goto(`${portal.origin}/?url=${encodeURIComponent(`${starting.bridge.url}spice/demo`)}`);
  const viewer = page.locator('spice-viewer');
  await viewer.evaluate((element) => (element as HTMLElement & { connect(): void }).connect());
  await expect(viewer.locator('canvas[part=screen]')).toHaveJSProperty('width', 1024);
  const colours = () =>
    viewer.evaluate(async (element) => {
      const source = element as HTMLElement & { getImageData(): Promise<ImageData> };
      const image = await source.getImageData();
      return new Set(new Uint32Array(image.data.buffer)).size;
    });
  await expect.poll(colours).toBeGreaterThan(100);
  const worklet = assets.find((name) => name.startsWith('spice-worklet-')) ?? '';
  const hasSpeaker = await page.evaluate(async (url) => {
    const context = new AudioContext();
    await context.audioWorklet.addModule(url);
    const node = new AudioWorkletNode(context, 'spice-speaker');
    await context.close();
    return node.numberOfOutputs === 1;
  }, `/assets/${worklet}`);
  expect(hasSpeaker).toBe(true);
});
