/** A clip that flashes and beeps at each full second, played in Xspice: seen and heard together in the page. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { SpiceViewerElement } from '../../web/api/page-types.ts';
import { startBridge } from '../servers/bridge.ts';
import { until } from '../servers/process.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import { median, type Bench, type BenchRow } from './bench.ts';
import { openMeasuredBrowser } from './lib/measured-browser.ts';

/** Milliseconds by which sound may be earlier than its picture before viewers notice; later may be 125 (ITU-R BT.1359). */
const NOTICED = 45;
const SECONDS = 20;
const [width, height, fps, rate] = [320, 240, 25, 48_000];
/** Seconds of each flash and beep. */
const LENGTH = 0.2;

function play(xspice: Xspice): void {
  const [video, sound, fifo] = ['clip.gray', 'clip.s16', 'fifo/clip'].map((name) => join(xspice.dir, name));
  if (video === undefined || sound === undefined || fifo === undefined) return;
  const frames = Buffer.alloc(width * height * fps * SECONDS);
  for (let n = 0; n < fps * SECONDS; n++) {
    const isFlash = (n / fps) % 1 < LENGTH;
    const at = n * width * height;
    // Between the flashes something moves, so that the server goes on taking it for video.
    for (let i = 0; i < width * height; i++) frames[at + i] = isFlash ? 235 : ((i % width) + n * 4) & 63;
  }
  writeFileSync(video, frames);
  const samples = Buffer.alloc(rate * SECONDS * 4);
  for (let i = 0; i < rate * SECONDS; i++) {
    const isBeep = (i / rate) % 1 < LENGTH;
    const sample = isBeep ? Math.round(16_000 * Math.sin((2 * Math.PI * 1000 * i) / rate)) : 0;
    samples.writeInt16LE(sample, i * 4);
    samples.writeInt16LE(sample, i * 4 + 2);
  }
  writeFileSync(sound, samples);
  execFileSync('mkfifo', [fifo]);
  const parse = `format=gray8 width=${width} height=${height} framerate=${fps}/1`;
  const pcm = `format=pcm pcm-format=s16le sample-rate=${rate} num-channels=2`;
  const args =
    `-q filesrc location=${video} blocksize=${width * height} ! rawvideoparse ${parse} ! videoconvert ! queue ! ` +
    `ximagesink sync=true filesrc location=${sound} blocksize=1920 ! rawaudioparse ${pcm} ! queue ! ` +
    `filesink location=${fifo} sync=true buffer-mode=unbuffered`;
  xspice.spawn('gst-launch-1.0', ...args.split(' '));
}

interface Moments {
  flashes: number[];
  beeps: number[];
}

/** Runs before the page's own scripts: the AudioContext's output can be looked at. */
function tapOutput(): void {
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...args: unknown[]) => unknown;
  AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
    if (args[0] instanceof AudioDestinationNode) {
      const analyser = new AnalyserNode(this.context, { fftSize: 1024 });
      Object.assign(globalThis, { analyser });
      connect.call(this, analyser);
    }
    return connect.apply(this, args);
  } as typeof AudioNode.prototype.connect;
}

/** Numbers of the viewer in the page that the bridge serves. */
function stats(page: Page) {
  return page.locator('spice-viewer').evaluate((found) => (found as SpiceViewerElement).getStats());
}

/** Looks at each animation frame for a flash in the picture and a beep on its way to the ear: milliseconds of both. */
function watch(page: Page, milliseconds: number): Promise<Moments> {
  return page.evaluate(async (duration) => {
    const viewer = document.querySelector('spice-viewer-app')!.shadowRoot!.querySelector('spice-viewer')!;
    const screen = viewer.shadowRoot!.querySelector<HTMLCanvasElement>('canvas[part~="screen"]')!;
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const moments: Moments = { flashes: [], beeps: [] };
    const { analyser } = globalThis as unknown as { analyser: AnalyserNode };
    const audio = analyser.context as AudioContext;
    const heard = new Float32Array(analyser.fftSize);
    let [wasFlash, wasBeep] = [true, true];
    const begin = performance.now();
    while (performance.now() - begin < duration) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      context.drawImage(screen, 160, 120, 1, 1, 0, 0, 1, 1);
      const isFlash = context.getImageData(0, 0, 1, 1).data[0] > 150;
      analyser.getFloatTimeDomainData(heard);
      const isBeep = heard.some((sample) => Math.abs(sample) > 0.2);
      if (isFlash && !wasFlash) moments.flashes.push(now);
      if (isBeep && !wasBeep) moments.beeps.push(now + (audio.baseLatency + audio.outputLatency) * 1000);
      [wasFlash, wasBeep] = [isFlash, isBeep];
    }
    return moments;
  }, milliseconds);
}

async function run(log: (line: string) => void): Promise<BenchRow[]> {
  const owned: { stop(): Promise<void> }[] = [];
  const own = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    owned.push(started);
    return started;
  };
  try {
    const server = await own(
      startXspice({ playbackFifo: true, streaming: 'all', videoCodecs: 'spice:mjpeg', openbox: false }),
    );
    const bridge = await own(startBridge({ xspice: `spice://127.0.0.1:${server.port}` }));
    const { page } = await own(
      openMeasuredBrowser(
        bridge.pageUrl('xspice', { embed: '1' }),
        { width: 1280, height: 900 },
        `(${String(tapOutput)})()`,
      ),
    );
    await until('the desktop', async () => (await stats(page)).channels['display:0'] !== undefined);
    play(server);
    await until(
      'picture and sound',
      async () => {
        const { streams, audio } = await stats(page);
        return streams.length > 0 && audio?.codec === 'raw';
      },
      { timeout: 60_000 },
    );
    const { flashes, beeps } = await watch(page, 12_000);
    // Of each beep: how much later than the nearest flash.
    const later = beeps
      .map((beep) =>
        flashes.map((flash) => beep - flash).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), Infinity),
      )
      .filter((milliseconds) => Math.abs(milliseconds) < 500);
    log(`lip-sync: sound after picture, ms: ${later.map((one) => one.toFixed(0)).join(' ')}`);
    if (later.length < 6) throw new Error(`of ${SECONDS} beeps only ${later.length} had a flash`);
    const row = (metric: string, ours: number): BenchRow => ({
      bench: 'lip-sync',
      metric,
      unit: 'ms',
      ours,
      reference: NOTICED,
      referenceName: 'what viewers notice (ITU-R BT.1359)',
      better: 'lower',
    });
    const apart = later.map((one) => Math.abs(one));
    return [
      row('sound and picture apart, median', median(apart)),
      row('sound and picture apart, most', Math.max(...apart)),
    ];
  } finally {
    for (const one of owned.toReversed()) await one.stop();
  }
}

/** A clip of Xspice that flashes and beeps at the same time: how far apart both are in the page. */
export const lipSyncBench: Bench = { name: 'lip-sync', run };
