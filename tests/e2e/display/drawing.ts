/** What the display specs draw on an Xspice desktop, frozen so that pictures can be compared. */
import { readFileSync } from 'node:fs';
import { processorSeconds } from '../../bench/process-figures.ts';
import type { Pixels } from '../../servers/pixels.ts';
import { until, type Running } from '../../servers/process.ts';
import { startXspice, type Xspice, type XspiceOptions } from '../../servers/xspice.ts';

/** The driver's caches and off-screen surfaces, which Debian's Xspice leaves out unless it is asked. */
const driverSettings = ['QXL_ENABLE_SURFACES', 'QXL_ENABLE_IMAGE_CACHE', 'QXL_ENABLE_FALLBACK_CACHE'];

/** Xspice with off-screen surfaces and the driver's caches. */
export async function startXspiceWithSurfaces(options: XspiceOptions = {}): Promise<Xspice> {
  // The driver reads them from its environment, which Xorg inherits at its start.
  for (const name of driverSettings) process.env[name] = '1';
  try {
    return await startXspice(options);
  } finally {
    for (const name of driverSettings) delete process.env[name];
  }
}

/** Windows that hold still beside each other, then go away. */
export interface Frozen {
  stop(): Promise<void>;
}

/** x11perf's window, with its frame, and the slot that it gets. */
const WINDOW_SIZE = 600;
const SLOT_SIZE = WINDOW_SIZE + 8;

const endless = ['-repeat', '1', '-reps', '100000000'];

/** Windows of x11perf that nobody has moved yet lie here. */
const untouched = /^\s*(0x[0-9a-f]+) .* 600x600\+2\+2 /m;

async function perfWindow(xspice: Xspice, owner: Running): Promise<string> {
  return until(
    "x11perf's window",
    async () => untouched.exec(await xspice.exec('xwininfo', '-root', '-children'))?.[1],
    { owner, interval: 20 },
  );
}

/**
 * Runs tests of x11perf beside each other, each for a moment, then stops all of them in the middle of their work: their
 * windows would vanish at their end.
 */
export async function freezeX11perf(
  xspice: Xspice,
  tests: readonly string[],
  columns: number,
): Promise<Frozen> {
  const frozen: Running[] = [];
  for (const [index, test] of tests.entries()) {
    // One request at a time, each of few shapes: nothing is under way any more when it stops.
    const child = xspice.spawn('x11perf', '-sync', '-subs', '8', ...endless, `-${test}`);
    frozen.push(child);
    const id = await perfWindow(xspice, child);
    await draws(child, 10, xspice);
    signal(child, 'SIGSTOP');
    const x = (index % columns) * SLOT_SIZE;
    const y = Math.floor(index / columns) * SLOT_SIZE;
    await xspice.exec('xdotool', 'windowmove', id, `${x + 1}`, `${y + 1}`);
  }
  return { stop: () => stopAll(frozen) };
}

/**
 * Waits until the client has drawn, or has ended. A synchronous client waits for the X server after each request; some
 * tests of x11perf look for its answer without waiting, which takes processor time; and some ask for so much at once
 * that it is the server's time which shows that it draws.
 */
async function draws(client: Running, requests: number, server?: Xspice): Promise<void> {
  const waits = (): number =>
    Number(
      /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${client.pid}/status`, 'utf8'))?.[1],
    );
  const work = (): number =>
    processorSeconds(client.pid) + (server === undefined ? 0 : processorSeconds(server.pid));
  const [waited, worked] = [waits() + requests, work() + requests / 100];
  await until('an X client to draw', () => !client.running || waits() >= waited || work() >= worked, {
    interval: 5,
  });
}

async function stopAll(frozen: Running[]): Promise<void> {
  for (const child of frozen) signal(child, 'SIGKILL');
  for (const child of frozen) await child.stop();
}

function signal(child: Running, name: NodeJS.Signals): void {
  try {
    process.kill(child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Lets rendercheck run, stops it after so many requests each, and calls `look` while its window holds still. */
export async function sampleRendercheck(
  xspice: Xspice,
  tests: string,
  samples: number,
  requests: number,
  look: (sample: number) => Promise<unknown>,
): Promise<void> {
  const child = xspice.spawn('rendercheck', '--sync', '-t', tests);
  try {
    for (let sample = 0; sample < samples && child.running; sample++) {
      await draws(child, requests);
      signal(child, 'SIGSTOP');
      await look(sample);
      signal(child, 'SIGCONT');
    }
  } finally {
    signal(child, 'SIGKILL');
    await child.stop();
  }
}

/** Peak signal to noise ratio over the colours in decibels; Infinity for equal pictures. */
export function psnr(actual: Pixels, expected: Pixels): number {
  let sum = 0;
  let samples = 0;
  for (let i = 0; i < expected.rgba.length; i++) {
    if (i % 4 === 3) continue;
    const difference = expected.rgba[i] - actual.rgba[i];
    sum += difference * difference;
    samples++;
  }
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * samples) / sum);
}

export function crop(from: Pixels, x: number, y: number, width: number, height: number): Pixels {
  const rgba = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * from.width + x) * 4;
    rgba.set(from.rgba.subarray(start, start + width * 4), row * width * 4);
  }
  return { width, height, rgba };
}
