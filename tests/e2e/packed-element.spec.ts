/** What a portal gets: a few files, on a page of its own, under a strict Content-Security-Policy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { repository, startBridge, type Bridge } from '../servers/bridge.ts';
import { startPortalFolder, WORKER_FILES, type PortalFolder } from '../servers/portal-folder.ts';

const dist = join(repository, 'dist');
const MODULES = ['spice-core.js', 'spice-lit.js', 'spice-viewer.js'];
const ELEMENT_FILES = [...MODULES, 'chunks', ...WORKER_FILES];

type Viewer = HTMLElement & {
  connect(): void;
  getImageData(): Promise<ImageData>;
  openDisplay(id: number): Window | undefined;
  stats: boolean;
};

const owned: { stop(): Promise<void> }[] = [];
test.afterEach(async () => {
  for (const one of owned.splice(0).toReversed()) await one.stop();
});

function elementPage(module: string, bridge: Bridge): string {
  return `<!doctype html>
<title>portal</title>
<link rel="stylesheet" href="/portal.css">
<script type="module" src="${module}"></script>
<spice-viewer url="${bridge.url}spice/demo" toolbar="none"></spice-viewer>`;
}

/** A page beside the given files under a strict policy, and a bridge that lets it in. */
async function openPortal(
  files: readonly string[],
  index: (bridge: Bridge) => string,
  script: (bridge: Bridge) => string = () => '',
): Promise<PortalFolder> {
  const starting: { bridge?: Bridge } = {};
  const bridge = (): Bridge => starting.bridge as Bridge;
  const portal = await startPortalFolder(
    files,
    {
      'index.html': () => index(bridge()),
      'page.js': () => script(bridge()),
      'portal.css': () => 'spice-viewer { width: 800px; height: 600px }',
    },
    () => ({
      'Content-Security-Policy': [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "worker-src 'self'",
        `connect-src ${bridge().url.replace('http', 'ws')}`,
      ].join('; '),
    }),
  );
  owned.push(portal);
  starting.bridge = await startBridge({}, ['--allow-origin', portal.origin]);
  owned.push(starting.bridge);
  return portal;
}

/** Everything that the browser complains of, but of a favicon and a pointer that may not be data: images. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.context().on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('img-src')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** The scripts that were asked for, each once, in the order of their names. */
function scriptsOf({ asked }: PortalFolder): string[] {
  return [...new Set(asked)]
    .filter((path) => path.endsWith('.js'))
    .map((path) => path.slice(1))
    .toSorted();
}

async function connect(page: Page) {
  const viewer = page.locator('spice-viewer');
  await viewer.evaluate((element) => (element as Viewer).connect());
  await expect(viewer).toHaveJSProperty('state', 'connected');
  await expect(viewer.locator('canvas[part=screen]')).toHaveJSProperty('width', 1024);
  const colours = await viewer.evaluate(async (element) => {
    const image = await (element as Viewer).getImageData();
    return new Set(new Uint32Array(image.data.buffer)).size;
  });
  expect(colours).toBeGreaterThan(100);
  return viewer;
}

test('the element and its files: each is loaded when it is needed', async ({ page }) => {
  const portal = await openPortal(ELEMENT_FILES, (bridge) => elementPage('/spice-viewer.js', bridge));
  const complaints = complaintsOf(page);
  await page.goto(portal.origin);
  await page.evaluate(() => customElements.whenDefined('spice-viewer').then(() => undefined));
  expect(scriptsOf(portal)).toEqual(MODULES);
  const viewer = await connect(page);
  const session = ['spice-display-worker.js', 'spice-session-worker.js'];
  // The demo's pictures may be worth a decode worker.
  expect(scriptsOf(portal).filter((name) => name !== 'spice-decode-worker.js')).toEqual(
    [...MODULES, ...session].toSorted(),
  );
  // data: images are forbidden here, so the pointer is on a canvas over the picture.
  await viewer.hover({ position: { x: 60, y: 500 } });
  await expect(viewer.locator('.cursor canvas').first()).toBeVisible();
  await viewer.evaluate((element) => {
    (element as Viewer).stats = true;
  });
  await expect(viewer.locator('[part=stats]')).toContainText('fps');
  await expect(viewer.locator('[part=stats]')).toHaveCSS('position', 'absolute');
  expect(scriptsOf(portal)).toContain('chunks/stats-overlay.js');
  expect(scriptsOf(portal)).not.toContain('chunks/dialogs.js');
  expect(complaints).toEqual([]);
});

test('a display’s own window needs nothing more of the policy', async ({ page }) => {
  const portal = await openPortal(ELEMENT_FILES, (bridge) => elementPage('/spice-viewer.js', bridge));
  const complaints = complaintsOf(page);
  await page.goto(portal.origin);
  const viewer = await connect(page);
  const opening = page.waitForEvent('popup');
  await viewer.evaluate((element) => void (element as Viewer).openDisplay(0));
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

const OWN_PAGE = `<!doctype html><title>own</title><script type="module" src="/page.js"></script>`;

/** A page with a UI of its own: a canvas for each display. */
function ownScript(bridge: Bridge): string {
  return `import { SpiceClient } from '/spice-client.js';
const client = new SpiceClient({ source: '${bridge.url}spice/demo' });
client.addEventListener('displayschange', ({ detail }) => {
  for (const { id } of detail.displays) {
    const canvas = document.createElement('canvas');
    document.body.append(canvas);
    client.attachCanvas(id, canvas);
  }
});
globalThis.client = client;`;
}

test('the client alone needs neither the element nor Lit', async ({ page }) => {
  const files = ['spice-client.js', 'spice-core.js', ...WORKER_FILES];
  const portal = await openPortal(files, () => OWN_PAGE, ownScript);
  const complaints = complaintsOf(page);
  await page.goto(portal.origin);
  await page.waitForFunction('globalThis.client');
  expect(scriptsOf(portal)).toEqual(['page.js', 'spice-client.js', 'spice-core.js']);
  await page.evaluate('client.connect()');
  await expect(page.locator('canvas')).toHaveJSProperty('width', 1024);
  const colours = () =>
    page.evaluate<number>(
      'client.getImageData().then(({ data }) => new Set(new Uint32Array(data.buffer)).size)',
    );
  await expect.poll(colours).toBeGreaterThan(100);
  expect(scriptsOf(portal)).toEqual(
    expect.arrayContaining(['spice-display-worker.js', 'spice-session-worker.js']),
  );
  expect(complaints).toEqual([]);
});

test('the single file is all of it: element, client, workers and worklet', async ({ page }) => {
  const portal = await openPortal(['spice-viewer.single.js'], (bridge) =>
    elementPage('/spice-viewer.single.js', bridge),
  );
  const complaints = complaintsOf(page);
  await page.goto(portal.origin);
  const viewer = await connect(page);
  await viewer.evaluate((element) => {
    (element as Viewer).stats = true;
  });
  await expect(viewer.locator('[part=stats]')).toContainText('fps');
  expect(await speakerChannels(page, '/spice-viewer.single.js')).toBe(2);
  expect(scriptsOf(portal)).toEqual(['spice-viewer.single.js']);
  expect(complaints).toEqual([]);
});

/** Of a node that the worklet's file brings. */
function speakerChannels(page: Page, file: string): Promise<number> {
  return page.evaluate(async (url) => {
    const context = new AudioContext();
    await context.audioWorklet.addModule(url);
    const node = new AudioWorkletNode(context, 'spice-speaker', {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    await context.close();
    return node.channelCount;
  }, file);
}

test('the worklet’s file needs no blob: in the policy', async ({ page }) => {
  const portal = await openPortal(ELEMENT_FILES, (bridge) => elementPage('/spice-viewer.js', bridge));
  await page.goto(portal.origin);
  expect(await speakerChannels(page, '/spice-worklet.js')).toBe(2);
});

test('a page may load the module from another origin', async ({ page }) => {
  const files = await startPortalFolder(ELEMENT_FILES, {}, () => ({ 'Access-Control-Allow-Origin': '*' }));
  owned.push(files);
  const starting: { bridge?: Bridge } = {};
  const portal = await startPortalFolder(
    [],
    {
      'index.html': () => elementPage(`${files.origin}/spice-viewer.js`, starting.bridge as Bridge),
      'portal.css': () => '',
    },
    () => ({}),
  );
  owned.push(portal);
  starting.bridge = await startBridge({}, ['--allow-origin', portal.origin]);
  owned.push(starting.bridge);
  await page.goto(portal.origin);
  await connect(page);
  expect(scriptsOf(portal)).toEqual([]);
});

test('the modules carry no Node, and declarations and manifest stand alone', async () => {
  const read = (name: string) => readFile(join(dist, name), 'utf8');
  for (const name of ['spice-viewer.js', 'spice-client.js', 'spice-viewer.single.js', ...WORKER_FILES]) {
    expect(await read(name), name).not.toMatch(/from\s*["'](?:node:|@|\w)/);
  }
  // Bundlers find a worker where its URL is written in the call, and there alone.
  const core = await read('spice-core.js');
  for (const role of ['session', 'display']) {
    const call = `new Worker(new URL("./spice-${role}-worker.js",import.meta.url),{type:"module",name:"spice-${role}"})`;
    expect(core.split(call)).toHaveLength(2);
  }
  expect(core).toContain('addModule(new URL("./spice-worklet.js",import.meta.url))');
  expect(core.split('new URL("')).toHaveLength(4);
  for (const name of ['spice-viewer.d.ts', 'spice-viewer.single.d.ts', 'spice-client.d.ts']) {
    const types = await read(name);
    expect(types, name).not.toMatch(/^import /m);
    expect(types, name).toContain('export declare const SpiceClient');
    expect(types.includes("'spice-viewer': SpiceViewerElement"), name).toBe(!name.includes('client'));
  }
  expect(JSON.parse(await read('custom-elements.json'))).toHaveProperty('schemaVersion');
});
