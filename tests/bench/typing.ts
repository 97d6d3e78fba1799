import { chromium, type Browser, type Page } from '@playwright/test';
import { chromiumLaunch } from '../browsers/chromium.ts';
import { openWindow } from '../e2e/lib/desktop.ts';
import { startBridge } from '../servers/bridge.ts';
import { sleep, until } from '../servers/process.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import { median, percentile, type Bench, type BenchRow } from './bench.ts';
import { installProbe, measureKey } from './lib/key-to-pixel.ts';

const ROUNDS = 3;
const KEYS_PER_ROUND = 40;

interface Client {
  url: string;
  canvas: string;
  times: number[];
}

/** A terminal that echoes keys, large and alone on the desktop. */
async function showTerminal(server: Xspice): Promise<void> {
  const id = await openWindow(
    server,
    'typing',
    'xterm',
    '-title',
    'typing',
    '-geometry',
    '100x40+0+0',
    '-e',
    'cat',
  );
  await server.exec('xdotool', 'windowactivate', '--sync', id);
}

async function canvasIsThere(page: Page, selector: string): Promise<void> {
  const canvas = page.locator(selector).first();
  await until('a picture', async () => ((await canvas.boundingBox())?.width ?? 0) > 300);
  await sleep(1500);
  await canvas.click({ position: { x: 100, y: 150 } });
  await sleep(500);
}

/** One connection: `x` and Backspace by turns, at random distances so that no frame clock is in step. */
async function measureRound(browser: Browser, client: Client): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await page.goto(client.url);
    await canvasIsThere(page, client.canvas);
    await installProbe(page, client.canvas);
    await page.evaluate(() => globalThis.keyToPixel.remember());
    await page.keyboard.press('KeyX');
    await sleep(500);
    const area = await page.evaluate(() => globalThis.keyToPixel.narrow());
    if (area === null || area.width > 100) throw new Error('the key did not change just a character');
    await page.keyboard.press('Backspace');
    await sleep(500);
    for (let index = 0; index < KEYS_PER_ROUND; index++) {
      const milliseconds = await measureKey(page, index % 2 === 0 ? 'KeyX' : 'Backspace');
      // The first keys warm the page up.
      if (index >= 4) client.times.push(milliseconds);
      await sleep(40 + Math.random() * 40);
    }
  } finally {
    await page.close();
  }
}

async function run(log: (line: string) => void): Promise<BenchRow[]> {
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    const server = await own(startXspice());
    const bridge = await own(startBridge({ xspice: `spice://127.0.0.1:${server.port}` }));
    const websockify = await own(startWebsockify(server.port));
    const html5 = await own(startSpiceHtml5());
    const browser = await chromium.launch(chromiumLaunch);
    owned.push({ stop: () => browser.close() });
    await showTerminal(server);
    const ours: Client = {
      url: bridge.pageUrl('xspice', { embed: '1', scale: 'real' }),
      canvas: 'canvas[part~="screen"]',
      times: [],
    };
    const reference: Client = { url: html5.pageUrl(websockify.port), canvas: SPICE_HTML5_CANVAS, times: [] };
    for (let round = 1; round <= ROUNDS; round++) {
      for (const client of [reference, ours]) {
        log(`typing: round ${round} of ${ROUNDS}, ${client === ours ? 'spice-viewer' : 'spice-html5'}`);
        await measureRound(browser, client);
      }
    }
    const row = (metric: string, figure: (times: readonly number[]) => number): BenchRow => ({
      bench: 'typing',
      metric,
      unit: 'ms',
      ours: figure(ours.times),
      reference: figure(reference.times),
      referenceName: 'spice-html5 with websockify',
      better: 'lower',
    });
    return [
      row('key to pixel, median', median),
      row('key to pixel, 95th percentile', (times) => percentile(times, 0.95)),
    ];
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

/** Key event to changed canvas: both clients in the same Chromium, on the same terminal of the same Xspice. */
export const typingBench: Bench = { name: 'typing', run };
