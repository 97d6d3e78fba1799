import { startXspiceWithSurfaces } from '../e2e/display/drawing.ts';
import { startTap, type Tap } from '../e2e/display/tap.ts';
import { makePhotograph } from '../e2e/lib/desktop.ts';
import { startBridge } from '../servers/bridge.ts';
import { sleep, until } from '../servers/process.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import { type Bench, type BenchRow, median } from './bench.ts';
import { canvasDigest } from './lib/canvas-pixels.ts';
import { openMeasuredBrowser } from './lib/measured-browser.ts';

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;
const pictures = { width: 1200, height: 750 };

/** Photographs and drawings by turns: QUIC and GLZ, in windows as large as the screen nearly. */
async function makePictures(server: Xspice): Promise<string[]> {
  const files: string[] = [];
  for (let seed = 1; seed <= 6; seed++) {
    files.push(await makePhotograph(server, { ...pictures, seed }));
    const drawing = `${server.dir}/drawing-${seed}.png`;
    const size = `${pictures.width}x${pictures.height}`;
    const tiles = [
      '-size',
      size,
      `pattern:hexagons`,
      '-fill',
      `hsl(${seed * 50},80%,60%)`,
      '-opaque',
      'white',
    ];
    const text = ['-pointsize', '40', '-fill', 'black', '-annotate', '+40+80', `drawing ${seed}`];
    await server.exec('convert', ...tiles, ...text, drawing);
    files.push(drawing);
  }
  return files;
}

type Log = (line: string) => void;

interface Load {
  readonly what: string;
  readonly unit: string;
  readonly startServer: () => Promise<Xspice>;
  /** Draws until the server ends. */
  draw(server: Xspice): Promise<void>;
  /** How much the viewer was given so far, in `unit`. */
  given(tap: Tap): number;
  /** Units after which caches and windows are full, and at the end. */
  readonly full: number;
  readonly end: number;
}

const loads: readonly Load[] = [
  {
    what: 'images',
    unit: 'GB',
    // Without off-screen surfaces: with them a picture would be sent once.
    startServer: () => startXspice({ width: 1280, height: 800, compression: 'auto_glz' }),
    async draw(server) {
      server.spawn('animate', '-delay', '3', ...(await makePictures(server)));
    },
    given: (tap) => (tap.imagePixels() * 4) / GIGABYTE,
    full: 0.5,
    end: 2.5,
  },
  {
    what: 'off-screen surfaces',
    unit: 'thousand',
    startServer: () => startXspiceWithSurfaces({ width: 1280, height: 800, compression: 'auto_glz' }),
    async draw(server) {
      const [file] = await makePictures(server);
      // ImageMagick's viewer makes hundreds of them at each start.
      server.spawn('sh', '-c', `while :; do timeout -s KILL 1 display ${file}; done`);
    },
    given: (tap) => (tap.seen.get('surfaceDestroy') ?? 0) / 1000,
    full: 2,
    end: 12,
  },
];

async function measure(load: Load, log: Log): Promise<BenchRow> {
  const { what, unit, full, end } = load;
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    const server = await own(load.startServer());
    const tap = await own(startTap(server.port));
    const bridge = await own(startBridge({ xspice: `spice://127.0.0.1:${tap.port}` }));
    const browser = await own(openMeasuredBrowser(bridge.pageUrl('xspice', { embed: '1', scale: 'real' })));
    await until('the desktop', async () =>
      (await canvasDigest(browser.page, 'canvas[part~="screen"]')).startsWith('1280x'),
    );
    await load.draw(server);

    const early: number[] = [];
    const late: number[] = [];
    let told = 0;
    for (let given = 0; given < end;) {
      await sleep(500);
      const before = given;
      given = load.given(tap);
      const used = browser.memory() / MEGABYTE;
      if (given > told) {
        log(`${given.toFixed(2)} ${unit} of ${what}: ${used.toFixed(0)} MB`);
        told += full / 2;
      }
      if (given > full && before < 2 * full) early.push(used);
      if (given > end - full) late.push(used);
    }
    log(tap.summary());
    return {
      bench: 'memory',
      metric: `browser after ${end} ${unit} of ${what}`,
      unit: 'MB',
      ours: median(late),
      reference: median(early),
      referenceName: `the same session after ${full} ${unit}`,
      better: 'lower',
    };
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

async function run(log: Log): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const load of loads) rows.push(await measure(load, log));
  return rows;
}

/** What all processes of the browser use while pictures change for long: it must not grow. */
export const memoryBench: Bench = { name: 'memory', run };
