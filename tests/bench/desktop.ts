import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makePhotograph, openWindow } from '../e2e/lib/desktop.ts';
import { startBridge } from '../servers/bridge.ts';
import type { Pixels } from '../servers/pixels.ts';
import { sleep, until } from '../servers/process.ts';
import { SPICE_HTML5_CANVAS, startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import { startXspice, type ImageCompression, type Xspice } from '../servers/xspice.ts';
import { median, type Bench, type BenchRow } from './bench.ts';
import { canvasDigest, canvasPixels, pixelsDigest, wrongPixels } from './lib/canvas-pixels.ts';
import { openMeasuredBrowser } from './lib/measured-browser.ts';

const ROUNDS = 2;
const size = { width: 1280, height: 800 };
/** After the content has stopped, processor time still counts for so long: a client that lags has to catch up. */
const LAG = 4000;
/** A client that is not equal by then has wrong pixels for good. */
const PATIENCE = 20_000;

interface Figures {
  seconds: number[];
  longTasks: number[];
  longest: number[];
  delays: number[];
  wrong: number[];
}

interface Client {
  readonly name: string;
  readonly url: string;
  readonly canvas: string;
  readonly figures: Figures;
}

function newFigures(): Figures {
  return { seconds: [], longTasks: [], longest: [], delays: [], wrong: [] };
}

/**
 * What the desktop shows. It resolves when nothing new is drawn any more, with what is left open; the same content
 * must be there at the end of each run.
 */
type Part = (server: Xspice, photographs: readonly string[]) => Promise<{ close(): Promise<void> }>;

async function showPicture(server: Xspice, file: string): Promise<{ id: string; close(): Promise<void> }> {
  const title = `picture-${Math.random()}`;
  const id = await openWindow(server, title, 'display', '-title', title, file);
  return {
    id,
    close: async () => {
      await server.exec('xdotool', 'windowclose', id);
    },
  };
}

const parts: Record<string, Part> = {
  'text scrolling': async (server) => {
    const done = join(server.dir, `done-${Math.random()}`);
    // A screen's worth of lines at a time, at a steady pace.
    const lines = 'for i in $(seq 120); do seq $((i * 50)) $((i * 50 + 49)); sleep 0.04; done';
    const script = `${lines}; touch ${done}; sleep 1000`;
    const terminal = server.spawn('xterm', '-geometry', '150x50+10+10', '-e', 'sh', '-c', script);
    await until('the last line', () => existsSync(done), { timeout: 60_000, interval: 5, owner: terminal });
    return { close: () => terminal.stop() };
  },
  photographs: async (server, photographs) => {
    const open: { close(): Promise<void> }[] = [];
    for (const [index, file] of photographs.entries()) {
      if (index > 0) await sleep(700);
      open.push(await showPicture(server, file));
    }
    return {
      close: async () => {
        for (const picture of open.toReversed()) await picture.close();
      },
    };
  },
  'window dragging': async (server, photographs) => {
    const picture = await showPicture(server, photographs[0] as string);
    await sleep(500);
    for (let step = 0; step < 160; step++) {
      const [x, y] = [240 + Math.round(200 * Math.sin(step / 9)), 40 + (step >> 1)];
      await server.exec('xdotool', 'windowmove', picture.id, `${x}`, `${y}`);
    }
    return picture;
  },
};

/** The server's picture once it does not change any more. */
async function settledPicture(server: Xspice): Promise<Pixels> {
  let before = '';
  return until(
    'the desktop to stand still',
    async () => {
      const picture = await server.screenshot();
      const digest = pixelsDigest(picture);
      const still = digest === before;
      before = digest;
      return still && picture;
    },
    { interval: 250 },
  );
}

/** One part through one client: processor time without anybody looking, then the part again, looking for equality. */
async function measure(
  server: Xspice,
  client: Client,
  part: Part,
  photographs: readonly string[],
): Promise<void> {
  const { figures } = client;
  const browser = await openMeasuredBrowser(client.url);
  try {
    const { page } = browser;
    const digest = () => canvasDigest(page, client.canvas);
    await until(
      `${client.name} to show the desktop`,
      async () => (await digest()).startsWith(`${size.width}x`),
      {
        timeout: 30_000,
        interval: 200,
      },
    );
    await sleep(2000);

    await browser.takeLongTasks();
    const before = browser.processorSeconds();
    const left = await part(server, photographs);
    await sleep(LAG);
    figures.seconds.push(browser.processorSeconds() - before);
    const tasks = await browser.takeLongTasks();
    figures.longTasks.push(tasks.length);
    figures.longest.push(Math.max(0, ...tasks));
    await left.close();
    await sleep(1000);

    const open = await part(server, photographs);
    const stopped = performance.now();
    let wanted: string | undefined;
    const settling = settledPicture(server).then((picture) => {
      wanted = pixelsDigest(picture);
      return picture;
    });
    // What the canvas shows from now on, and since when: which of it is right turns out when the server is settled.
    let shown = '';
    let since = stopped;
    while (shown !== wanted && performance.now() < stopped + PATIENCE) {
      const now = performance.now();
      const next = await digest();
      if (next !== shown) since = now;
      shown = next;
    }
    const expected = await settling;
    const isEqual = shown === wanted;
    figures.delays.push((isEqual ? since : performance.now()) - stopped);
    figures.wrong.push(isEqual ? 0 : wrongPixels(await canvasPixels(page, client.canvas), expected));
    await open.close();
  } finally {
    await browser.stop();
  }
}

type Log = (line: string) => void;

/** Both clients on one Xspice, each with its bridge; rows for each of the parts. */
async function compareClients(
  compression: ImageCompression,
  wantedParts: readonly string[],
  metrics: readonly Metric[],
  log: Log,
): Promise<BenchRow[]> {
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    const server = await own(startXspice({ ...size, compression }));
    const bridge = await own(startBridge({ xspice: `spice://127.0.0.1:${server.port}` }));
    const websockify = await own(startWebsockify(server.port));
    const html5 = await own(startSpiceHtml5());
    const photographs: string[] = [];
    for (let seed = 1; seed <= 8; seed++) {
      photographs.push(await makePhotograph(server, { width: 900, height: 640, seed }));
    }
    const rows: BenchRow[] = [];
    for (const name of wantedParts) {
      const ours: Client = {
        name: 'spice-viewer',
        url: bridge.pageUrl('xspice', { embed: '1', scale: 'real' }),
        canvas: 'canvas[part~="screen"]',
        figures: newFigures(),
      };
      const reference: Client = {
        name: 'spice-html5',
        url: html5.pageUrl(websockify.port),
        canvas: SPICE_HTML5_CANVAS,
        figures: newFigures(),
      };
      for (let round = 0; round < ROUNDS; round++) {
        for (const client of round % 2 === 0 ? [ours, reference] : [reference, ours]) {
          await measure(server, client, parts[name] as Part, photographs);
          const latest = Object.entries(client.figures).map(
            ([figure, values]: [string, number[]]) => `${figure} ${values.at(-1)?.toFixed(2)}`,
          );
          log(`${name} (${compression}), ${client.name}: ${latest.join(', ')}`);
        }
      }
      for (const { figure, metric, unit } of metrics) {
        rows.push({
          bench: 'desktop',
          metric: `${name} (${compression}): ${metric}`,
          unit,
          ours: median(ours.figures[figure]),
          reference: median(reference.figures[figure]),
          referenceName: 'spice-html5 with websockify',
          better: 'lower',
        });
      }
    }
    return rows;
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

interface Metric {
  readonly figure: keyof Figures;
  readonly metric: string;
  readonly unit: string;
}

const wrongLeft: Metric = { figure: 'wrong', metric: 'wrong pixels left', unit: '' };
const allMetrics: readonly Metric[] = [
  { figure: 'seconds', metric: 'processor time of the browser', unit: 's' },
  { figure: 'longTasks', metric: 'main-thread tasks over 50 ms', unit: '' },
  { figure: 'longest', metric: 'longest of them', unit: 'ms' },
  { figure: 'delays', metric: 'equal after the content stopped', unit: 'ms' },
  wrongLeft,
];

async function run(log: Log): Promise<BenchRow[]> {
  return [
    // LZ and QUIC: of what a server chooses by itself, all that spice-html5 can decode.
    ...(await compareClients('auto_lz', Object.keys(parts), allMetrics, log)),
    // What servers do unless they are told otherwise.
    ...(await compareClients('auto_glz', ['window dragging'], [wrongLeft], log)),
  ];
}

/** The same scripted desktop of one Xspice through both clients, each with its bridge, in browsers of their own. */
export const desktopBench: Bench = { name: 'desktop', run };
