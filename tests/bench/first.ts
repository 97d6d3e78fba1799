import { chromium, type Browser } from '@playwright/test';
import { resolve } from 'node:path';
import { chromiumLaunch } from '../browsers/chromium.ts';
import { makePhotograph, openWindow, xterm } from '../e2e/lib/desktop.ts';
import { startBridge } from '../servers/bridge.ts';
import type { Pixels } from '../servers/pixels.ts';
import { until } from '../servers/process.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import { median, type Bench, type BenchOptions, type BenchRow } from './bench.ts';
import { canvasDigest, pixelsDigest } from './lib/canvas-pixels.ts';

const ROUNDS = 7;
const size = { width: 1280, height: 800 };
const OUR_CANVAS = 'canvas[part~="screen"]';

interface Client {
  readonly name: string;
  readonly url: string;
  readonly canvas: string;
  /** milliseconds from the start of the navigation */
  readonly times: number[];
}

/** FNV-1a over the pixels' words; the page does the same. */
function pixelsHash({ rgba }: Pixels): number {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length >> 2);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}

/** Looks at the canvas at each frame, and says when it was first equal. Text, as tsx would put helpers into functions. */
function watch(selector: string, { width, height }: Pixels, wanted: number): string {
  return `(() => {
  const search = (root) => root.querySelector(${JSON.stringify(selector)})
    ?? [...root.querySelectorAll('*')].filter((one) => one.shadowRoot).map((one) => search(one.shadowRoot)).find(Boolean);
  const copy = new OffscreenCanvas(${width}, ${height}).getContext('2d', { willReadFrequently: true });
  const look = () => {
    const canvas = search(document);
    if (canvas && canvas.width === ${width} && canvas.height === ${height}) {
      copy.drawImage(canvas, 0, 0);
      const words = new Uint32Array(copy.getImageData(0, 0, ${width}, ${height}).data.buffer);
      let hash = 0x811c9dc5;
      for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
      if (hash >>> 0 === ${wanted}) {
        globalThis.firstEqual = performance.now();
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;
}

/** Text, a drawing and a photograph: what desktops are made of. */
async function showDesktop(server: Xspice): Promise<void> {
  const photograph = await makePhotograph(server, { width: 640, height: 480, seed: 3 });
  await openWindow(server, 'photograph', 'display', '-title', 'photograph', photograph);
  await xterm(server, 'text', 'seq 2000', '-geometry', '70x30+20+20');
}

async function settledPicture(server: Xspice): Promise<Pixels> {
  let before = '';
  return until(
    'the desktop to stand still',
    async () => {
      const picture = await server.screenshot();
      const digest = pixelsDigest(picture);
      const isStill = digest === before;
      before = digest;
      return isStill && picture;
    },
    { interval: 1000 },
  );
}

/** A first visit: nothing is in the browser's cache. */
async function measure(browser: Browser, client: Client, expected: Pixels): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch(client.canvas, expected, pixelsHash(expected)));
    await page.goto(client.url, { waitUntil: 'commit' });
    const time = await until(
      `${client.name} to show the desktop`,
      () => page.evaluate<number | undefined>('globalThis.firstEqual'),
      { timeout: 60_000, interval: 100 },
    );
    if ((await canvasDigest(page, client.canvas)) !== pixelsDigest(expected)) {
      throw new Error(`${client.name} does not show what its hash says`);
    }
    return time;
  } finally {
    await context.close();
  }
}

async function run(log: (line: string) => void, { dist }: BenchOptions): Promise<BenchRow[]> {
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    // LZ and QUIC: of what a server chooses by itself, all that spice-html5 can decode.
    const server = await own(startXspice({ ...size, compression: 'auto_lz' }));
    const targets = { xspice: `spice://127.0.0.1:${server.port}` };
    const query = { embed: '1', scale: 'real' };
    const bridge = await own(startBridge(targets));
    const websockify = await own(startWebsockify(server.port));
    const html5 = await own(startSpiceHtml5());
    await showDesktop(server);
    const ours: Client = {
      name: 'spice-viewer',
      url: bridge.pageUrl('xspice', query),
      canvas: OUR_CANVAS,
      times: [],
    };
    const reference: Client = {
      name: 'spice-html5 with websockify',
      url: html5.pageUrl(websockify.port),
      canvas: SPICE_HTML5_CANVAS,
      times: [],
    };
    const clients = [ours, reference];
    if (dist !== undefined) {
      const other = await own(startBridge(targets, [], resolve(dist)));
      const url = other.pageUrl('xspice', query);
      clients.push({ name: `the build in ${dist}`, url, canvas: OUR_CANVAS, times: [] });
    }
    const browser = await chromium.launch(chromiumLaunch);
    owned.push({ stop: () => browser.close() });
    const expected = await settledPicture(server);
    // The first round only warms the machine up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
        const time = await measure(browser, client, expected);
        if (round > 0) client.times.push(time);
        log(`first: round ${round} of ${ROUNDS}, ${client.name}: ${time.toFixed(0)} ms`);
      }
    }
    return clients.slice(1).map(({ name, times }) => ({
      bench: 'first',
      metric: 'navigation to equal pixels',
      unit: 'ms',
      ours: median(ours.times),
      reference: median(times),
      referenceName: name,
      better: 'lower',
    }));
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

/** A first visit to a desktop that stands still, until its canvas equals the server's window. */
export const firstBench: Bench = { name: 'first', run };
