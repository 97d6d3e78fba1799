import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startBridge } from '../servers/bridge.ts';
import { sleep, until } from '../servers/process.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import type { Bench, BenchRow } from './bench.ts';
import { openMeasuredBrowser, type MeasuredBrowser } from './lib/measured-browser.ts';

const MEGABYTE = 1_000_000;
/** megabytes */
const FILE_SIZE = 1000;

type Log = (line: string) => void;

interface Figures {
  /** megabytes a second */
  readonly rate: number;
  /** megabytes of all processes of the browser: before, and at most while the file was sent */
  readonly memoryBefore: number;
  readonly memoryPeak: number;
}

interface Client {
  readonly name: string;
  readonly url: string;
  readonly canvas: string;
  readonly dropArea: string;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Random, each megabyte numbered: nothing of it can be lost, doubled or put elsewhere unnoticed. */
function makeFile(path: string): void {
  const block = randomBytes(MEGABYTE);
  const file = openSync(path, 'w');
  for (let i = 0; i < FILE_SIZE; i++) {
    block.writeUInt32LE(i, 17);
    writeSync(file, block);
  }
  closeSync(file);
}

/** Drops the file from outside, as from a file manager. */
async function drop({ page }: MeasuredBrowser, selector: string, file: string): Promise<void> {
  const box = await page.locator(selector).first().boundingBox();
  const at = { x: (box?.x ?? 0) + 200, y: (box?.y ?? 0) + 150 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
}

/** Bytes on the disk: agents give the file its whole size at once. */
function sizeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

async function measure(server: Xspice, client: Client, file: string, log: Log): Promise<Figures> {
  const browser = await openMeasuredBrowser(client.url);
  const arrived = join(server.dir, 'downloads', 'large.bin');
  try {
    const canvas = browser.page.locator(client.canvas).first();
    await until('a picture', async () => ((await canvas.boundingBox())?.width ?? 0) > 300);
    // The agent says what it can do a moment after the picture.
    await sleep(4000);
    const memoryBefore = browser.memory() / MEGABYTE;
    let memoryPeak = 0;
    await drop(browser, client.dropArea, file);
    await until('the file to begin to arrive', () => sizeOf(arrived) > 0, { timeout: 60_000 });
    const [start, first] = [performance.now(), sizeOf(arrived)];
    let told = 0;
    while (sizeOf(arrived) < FILE_SIZE * MEGABYTE) {
      await sleep(250);
      const used = browser.memory() / MEGABYTE;
      memoryPeak = Math.max(memoryPeak, used);
      const got = sizeOf(arrived) / MEGABYTE;
      if (got >= told) {
        log(`files: ${client.name}, ${got.toFixed(0)} MB arrived, browser ${used.toFixed(0)} MB`);
        told = got + 250;
      }
    }
    const seconds = (performance.now() - start) / 1000;
    // The last block may be on the disk in part.
    const wanted = await sha256(file);
    await until('the same bytes', async () => (await sha256(arrived)) === wanted, { timeout: 60_000 });
    return { rate: (FILE_SIZE - first / MEGABYTE) / seconds, memoryBefore, memoryPeak };
  } finally {
    await browser.stop();
    rmSync(arrived, { force: true });
  }
}

async function run(log: Log): Promise<BenchRow[]> {
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    const server = await own(startXspice({ agent: true }));
    const bridge = await own(startBridge({ xspice: `spice://127.0.0.1:${server.port}` }));
    const websockify = await own(startWebsockify(server.port));
    const html5 = await own(startSpiceHtml5());
    const file = join(server.dir, 'large.bin');
    makeFile(file);
    const ours: Client = {
      name: 'spice-viewer',
      url: bridge.pageUrl('xspice', { embed: '1', scale: 'real' }),
      canvas: 'canvas[part~="screen"]',
      dropArea: 'spice-viewer',
    };
    const reference: Client = {
      name: 'spice-html5',
      url: html5.pageUrl(websockify.port),
      canvas: SPICE_HTML5_CANVAS,
      dropArea: '#spice-area',
    };
    const [their, our] = [
      await measure(server, reference, file, log),
      await measure(server, ours, file, log),
    ];
    const row = (
      metric: string,
      unit: string,
      better: BenchRow['better'],
      figure: keyof Figures,
    ): BenchRow => ({
      bench: 'files',
      metric,
      unit,
      ours: our[figure],
      reference: their[figure],
      referenceName: 'spice-html5 with websockify',
      better,
    });
    return [
      row(`${FILE_SIZE} MB into the guest`, 'MB/s', 'higher', 'rate'),
      row('browser at most meanwhile', 'MB', 'lower', 'memoryPeak'),
      {
        ...row('browser at most meanwhile', 'MB', 'lower', 'memoryPeak'),
        reference: our.memoryBefore,
        referenceName: 'the same session before',
      },
    ];
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

/** One large file from the browser to the disk of an Xspice's agent. */
export const filesBench: Bench = { name: 'files', run };
