/** A clip that flashes and beeps at each full second, played in Xspice: seen and heard together in the page. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Xspice } from '../../servers/xspice.ts';

needs('xspice', 'chromium', 'gstreamer');

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

/** Before the page loads: the AudioContext's output can be looked at. */
function tap(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const connect = AudioNode.prototype.connect as (this: AudioNode, ...args: unknown[]) => unknown;
    AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
      if (args[0] instanceof AudioDestinationNode) {
        const analyser = new AnalyserNode(this.context, { fftSize: 1024 });
        Object.assign(globalThis, { analyser });
        connect.call(this, analyser);
      }
      return connect.apply(this, args);
    } as typeof AudioNode.prototype.connect;
  });
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

test('what flashes and beeps at the same time is seen and heard together', async ({
  page,
  xspice,
  connect,
}) => {
  await tap(page);
  const server = await xspice({
    playbackFifo: true,
    streaming: 'all',
    videoCodecs: 'spice:mjpeg',
    openbox: false,
  });
  const viewer = await connect(server.port);
  play(server);
  const stats = () => viewer.evaluate((element) => element.getStats());
  await expect
    .poll(async () => ((await stats())['streams'] as unknown[]).length, { timeout: 60_000 })
    .toBeGreaterThan(0);
  await expect
    .poll(async () => (await stats())['audio'], { timeout: 60_000 })
    .toMatchObject({ codec: 'raw' });
  const { flashes, beeps } = await watch(page, 12_000);
  // Of each beep: how much later than the nearest flash.
  const later = beeps
    .map(
      (beep) => beep - flashes.reduce((a, b) => (Math.abs(b - beep) < Math.abs(a - beep) ? b : a), Infinity),
    )
    .filter((milliseconds) => Math.abs(milliseconds) < 500)
    .sort((a, b) => a - b);
  console.log(`  sound after picture, ms: ${later.map((one) => one.toFixed(0)).join(' ')}`);
  console.log(`  ${JSON.stringify((await stats())['audio'])}`);
  expect(later.length).toBeGreaterThanOrEqual(6);
  // The middle one: a busy machine may miss single frames.
  expect(Math.abs(later[later.length >> 1] as number)).toBeLessThan(120);
});
