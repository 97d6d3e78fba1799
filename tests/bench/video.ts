import { chromium, type Page } from '@playwright/test';
import type { SpiceStats } from '../../web/element/public-types.ts';
import { chromiumLaunch } from '../browsers/chromium.ts';
import { startBridge } from '../servers/bridge.ts';
import { sleep, until } from '../servers/process.ts';
import { startSpiceHtml5 } from '../servers/spice-html5.ts';
import { startWebsockify } from '../servers/websockify.ts';
import { startXspice, type Xspice } from '../servers/xspice.ts';
import type { Bench, BenchRow } from './bench.ts';
import { processorSeconds } from './process-figures.ts';

const codecs = ['spice:mjpeg', 'gstreamer:mjpeg', 'gstreamer:vp8', 'gstreamer:vp9', 'gstreamer:h264'];
/** What spice-html5 plays. */
const reference = 'spice:mjpeg';
const seconds = 10;
/** Until the frames that waited at the start are shown: they would count as more than was sent. */
const warmUp = 12_000;
const size = { width: 1280, height: 720 };
const rate = 30;

interface Figures {
  sentFps: number;
  shownFps: number;
  shown: number;
  dropped: number;
  megabytesPerSecond: number;
  browserCores: number;
}

/** Waves that move all over a window. */
function play(server: Xspice): void {
  const source = ['videotestsrc', 'is-live=true', 'pattern=zone-plate', 'kx2=10', 'ky2=10', 'kt=3'];
  const caps = `video/x-raw,width=${size.width},height=${size.height},framerate=${rate}/1`;
  server.spawn('gst-launch-1.0', '-q', ...source, '!', caps, '!', 'ximagesink');
}

/** In a browser of its own, so that its processes are only this page's. */
async function inBrowser<T>(use: (page: Page, cores: () => number) => Promise<T>): Promise<T> {
  const browser = await chromium.launchServer(chromiumLaunch);
  try {
    const client = await chromium.connect(browser.wsEndpoint());
    const page = await client.newPage({ viewport: { width: 1440, height: 900 } });
    const pid = browser.process().pid;
    if (pid === undefined) throw new Error('the browser has no process');
    return await use(page, () => processorSeconds(pid));
  } finally {
    await browser.close();
  }
}

async function measureOurs(server: Xspice): Promise<Figures> {
  const bridge = await startBridge({ xspice: `spice://127.0.0.1:${server.port}` });
  try {
    return await inBrowser(async (page, processor) => {
      await page.goto(bridge.pageUrl('xspice', { embed: '1', scale: 'real' }));
      const stats = (): Promise<SpiceStats> =>
        page.evaluate(
          'document.querySelector("spice-viewer-app").shadowRoot.querySelector("spice-viewer").getStats()',
        );
      await until(
        'a stream',
        async () => ((await stats().catch(() => undefined))?.streams[0]?.framesPresented ?? 0) > 30,
        {
          timeout: 40_000,
        },
      );
      await sleep(warmUp);
      const [first, cpu, start] = [await stats(), processor(), performance.now()];
      await sleep(seconds * 1000);
      const [last, cpuAfter, end] = [await stats(), processor(), performance.now()];
      const took = (end - start) / 1000;
      const [a, b] = [first.streams[0], last.streams[0]];
      if (a === undefined || b === undefined) throw new Error('the stream ended');
      return {
        sentFps: (b.framesReceived - a.framesReceived) / took,
        shownFps: (b.framesPresented - a.framesPresented) / took,
        shown: b.framesPresented - a.framesPresented,
        dropped: b.framesDropped - a.framesDropped,
        megabytesPerSecond: (b.bytes - a.bytes) / took / 1e6,
        browserCores: (cpuAfter - cpu) / took,
      };
    });
  } finally {
    await bridge.stop();
  }
}

/** Large pictures drawn on a canvas: spice-html5 does that once for each frame. */
const countDrawn = `
  globalThis.drawnFrames = 0;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
    if (image.width > 600) globalThis.drawnFrames += 1;
    return draw.call(this, image, ...rest);
  };`;

async function measureSpiceHtml5(server: Xspice): Promise<Pick<Figures, 'shownFps' | 'browserCores'>> {
  const websockify = await startWebsockify(server.port);
  const html5 = await startSpiceHtml5();
  try {
    return await inBrowser(async (page, processor) => {
      await page.addInitScript(countDrawn);
      await page.goto(html5.pageUrl(websockify.port));
      const drawn = (): Promise<number> => page.evaluate('globalThis.drawnFrames');
      await until('frames', async () => (await drawn()) > 60, { timeout: 40_000 });
      const [first, cpu, start] = [await drawn(), processor(), performance.now()];
      await sleep(seconds * 1000);
      const [last, cpuAfter, end] = [await drawn(), processor(), performance.now()];
      const took = (end - start) / 1000;
      return { shownFps: (last - first) / took, browserCores: (cpuAfter - cpu) / took };
    });
  } finally {
    await html5.stop();
    await websockify.stop();
  }
}

async function run(log: (line: string) => void): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const codec of codecs) {
    const server = await startXspice({ width: 1400, height: 900, streaming: 'all', videoCodecs: codec });
    try {
      play(server);
      const ours = await measureOurs(server);
      const figures = [
        `sent ${ours.sentFps.toFixed(1)} fps`,
        `shown ${ours.shownFps.toFixed(1)} fps`,
        `dropped ${ours.dropped}`,
        `${ours.megabytesPerSecond.toFixed(2)} MB/s`,
        `browser ${ours.browserCores.toFixed(2)} cores`,
      ];
      log(`video: ${codec} ${size.width}x${size.height}: ${figures.join(', ')}`);
      rows.push({
        bench: 'video',
        metric: `${codec}: frames shown`,
        unit: '',
        ours: ours.shown,
        reference: ours.shown + ours.dropped,
        referenceName: 'frames shown or dropped meanwhile',
        better: 'higher',
      });
      if (codec !== reference) continue;
      const html5 = await measureSpiceHtml5(server);
      log(
        `video: ${codec} in spice-html5: ${html5.shownFps.toFixed(1)} fps, ${html5.browserCores.toFixed(2)} cores`,
      );
      rows.push({
        bench: 'video',
        metric: `${codec}: browser, for each frame a second`,
        unit: 'core-ms',
        ours: (ours.browserCores / ours.shownFps) * 1000,
        reference: (html5.browserCores / html5.shownFps) * 1000,
        referenceName: 'spice-html5 with websockify',
        better: 'lower',
      });
    } finally {
      await server.stop();
    }
  }
  return rows;
}

/** A 720p clip inside Xspice in each codec that it encodes: frames shown of those sent, network, browser's processor. */
export const videoBench: Bench = { name: 'video', run };
