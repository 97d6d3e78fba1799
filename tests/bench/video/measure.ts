/** Both clients in front of a server that plays a clip. */
import type { SpiceStats } from '../../../web/api/public-types.ts';
import { startBridge } from '../../servers/bridge.ts';
import { sleep, until } from '../../servers/process.ts';
import { startSpiceHtml5 } from '../../servers/spice-html5.ts';
import { startWebsockify } from '../../servers/websockify.ts';
import { openMeasuredBrowser, type MeasuredBrowser } from '../lib/measured-browser.ts';
import { processorTimes, type Processes, type VideoFigures } from './figures.ts';
import type { ClipSize } from './clip.ts';
import type { PlayingServer } from './play.ts';

const MEASURED = 10_000;
/** Until the frames that waited at the start are shown: they would count as more than was sent. */
const WARM_UP = 12_000;
const viewport = { width: 2000, height: 1180 };

type Measured = Pick<
  VideoFigures,
  | 'sentFps'
  | 'shownFps'
  | 'shown'
  | 'dropped'
  | 'megabytesPerSecond'
  | 'serverCores'
  | 'bridgeCores'
  | 'browserCores'
  | 'longTasks'
>;

interface Counts {
  readonly sent: number | null;
  readonly shown: number;
  readonly dropped: number | null;
  readonly bytes: number;
}

async function measure(
  browser: MeasuredBrowser,
  processes: Processes,
  counts: () => Promise<Counts>,
): Promise<Measured> {
  await until('the clip to be shown', async () => (await counts()).shown > 30, { timeout: 60_000 });
  await sleep(WARM_UP);
  await browser.takeLongTasks();
  const [from, cpuFrom, start] = [await counts(), processorTimes(processes), performance.now()];
  await sleep(MEASURED);
  const [to, cpuTo, end] = [await counts(), processorTimes(processes), performance.now()];
  const seconds = (end - start) / 1000;
  return {
    sentFps: to.sent === null || from.sent === null ? null : (to.sent - from.sent) / seconds,
    shownFps: (to.shown - from.shown) / seconds,
    shown: to.shown - from.shown,
    dropped: to.dropped === null || from.dropped === null ? null : to.dropped - from.dropped,
    megabytesPerSecond: (to.bytes - from.bytes) / seconds / 1e6,
    serverCores: (cpuTo.server - cpuFrom.server) / seconds,
    bridgeCores: (cpuTo.bridge - cpuFrom.bridge) / seconds,
    browserCores: (cpuTo.browser - cpuFrom.browser) / seconds,
    longTasks: (await browser.takeLongTasks()).length,
  };
}

/** @param preferred goes to the server as PREFERRED_VIDEO_CODEC_TYPE */
export async function measureSpiceViewer(
  server: PlayingServer,
  clip: ClipSize,
  preferred?: string,
): Promise<Measured> {
  const bridge = await startBridge({ playing: `spice://127.0.0.1:${server.port}` });
  try {
    const query = {
      embed: '1',
      scale: 'real',
      ...(preferred === undefined ? {} : { 'video-codecs': preferred }),
    };
    const browser = await openMeasuredBrowser(bridge.pageUrl('playing', query), viewport);
    try {
      const stats = (): Promise<SpiceStats> =>
        browser.page.evaluate(
          'document.querySelector("spice-viewer-app").shadowRoot.querySelector("spice-viewer").getStats()',
        );
      const counts = async (): Promise<Counts> => {
        const stream = (await stats()).streams[0];
        if (stream === undefined) throw new Error('there is no stream');
        // The first stream may be of a part, while the window opens.
        if (stream.width < clip.width || stream.height < clip.height) {
          throw new Error(`the stream has ${stream.width}x${stream.height}`);
        }
        return {
          sent: stream.framesReceived,
          shown: stream.framesPresented,
          dropped: stream.framesDropped,
          bytes: stream.bytes,
        };
      };
      return await measure(browser, { server: server.pid, bridge: bridge.pid, browser: browser.pid }, counts);
    } finally {
      await browser.stop();
    }
  } finally {
    await bridge.stop();
  }
}

/**
 * spice-html5 draws each MJPEG frame on a canvas once, and gives VP8 to a video element. Its frames are counted there,
 * its bytes at its WebSockets.
 */
const COUNT_SHOWN = `
  globalThis.drawnFrames = 0;
  globalThis.receivedBytes = 0;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
    if (image.width > 600) globalThis.drawnFrames++;
    return draw.call(this, image, ...rest);
  };
  const WebSocketOfPage = globalThis.WebSocket;
  globalThis.WebSocket = class extends WebSocketOfPage {
    constructor(...rest) {
      super(...rest);
      this.addEventListener('message', ({ data }) => { globalThis.receivedBytes += data.byteLength ?? data.size ?? 0; });
    }
  };`;
const SHOWN_FRAMES = `(() => {
  const videos = [...document.querySelectorAll('video')].map((video) => video.getVideoPlaybackQuality());
  return {
    sent: null,
    shown: globalThis.drawnFrames + videos.reduce((sum, { totalVideoFrames, droppedVideoFrames }) => sum + totalVideoFrames - droppedVideoFrames, 0),
    dropped: videos.length === 0 ? null : videos.reduce((sum, { droppedVideoFrames }) => sum + droppedVideoFrames, 0),
    bytes: globalThis.receivedBytes,
  };
})()`;

export async function measureSpiceHtml5(server: PlayingServer): Promise<Measured> {
  const websockify = await startWebsockify(server.port);
  const html5 = await startSpiceHtml5();
  try {
    const browser = await openMeasuredBrowser(html5.pageUrl(websockify.port), viewport, COUNT_SHOWN);
    try {
      const processes = { server: server.pid, bridge: websockify.pid, browser: browser.pid };
      return await measure(browser, processes, () => browser.page.evaluate(SHOWN_FRAMES));
    } finally {
      await browser.stop();
    }
  } finally {
    await html5.stop();
    await websockify.stop();
  }
}
