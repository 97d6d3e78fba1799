/** A page on plain http that is not this machine’s own: browsers give it no WebCodecs. */
import { chromiumLaunch } from '../../browsers/chromium.ts';
import { openFirefox } from '../../browsers/firefox.ts';
import { waitForEqual } from '../lib/compare.ts';
import { BrowserViewer } from '../lib/browser-viewer.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { Viewer } from '../lib/viewer.ts';
import { play, stats, streams } from './clip.ts';
import { psnr } from './psnr.ts';

needs('chromium', 'firefox', 'xspice', 'gstreamer');

const HOST = 'desktop.test';
const offered = { streaming: 'all', videoCodecs: 'gstreamer:vp8;gstreamer:h264;spice:mjpeg' } as const;
/** No WebCodecs at all in the page; in its workers the same holds. */
const LACKS = `[isSecureContext, typeof VideoDecoder, typeof ImageDecoder, typeof crypto.subtle].join()`;

function elsewhere(url: string): string {
  return url.replace('127.0.0.1', HOST);
}

test.use({
  launchOptions: {
    ...chromiumLaunch,
    args: [...(chromiumLaunch.args ?? []), `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  },
});

test('Chromium plays MJPEG on a plain-http page', async ({ page, xspice, bridge }) => {
  const server = await xspice(offered);
  await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` }, ['--allow-host', HOST]);
  const viewer = await Viewer.open(page, elsewhere(pageUrl('server', { embed: '1' })));
  await viewer.waitConnected();
  expect(await page.evaluate(LACKS)).toBe('false,undefined,undefined,undefined');
  const { player, box } = await play(server, { pattern: 'smpte75' });
  await expect
    .poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0, { timeout: 30_000 })
    .toBeGreaterThan(50);
  expect((await streams(viewer))[0]).toMatchObject({ codec: 'mjpeg', hardware: false });
  expect(psnr(await viewer.pixels(), await server.screenshot(), await box())).toBeGreaterThan(30);
  await player.stop();
  await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
  expect((await stats(viewer)).openVideoFrames).toBe(0);
});

test('Firefox plays MJPEG on a plain-http page', async ({ xspice, bridge }) => {
  const server = await xspice(offered);
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` }, ['--allow-host', HOST]);
  const page = await openFirefox(elsewhere(pageUrl('server', { embed: '1' })), undefined, {
    'network.dns.localDomains': HOST,
  });
  try {
    const viewer = new BrowserViewer(page);
    await viewer.waitConnected();
    expect(await page.evaluate(LACKS)).toBe('false,undefined,undefined,undefined');
    const { player, box } = await play(server, { pattern: 'smpte75' });
    await expect
      .poll(async () => (await viewer.stats()).streams[0]?.framesPresented ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(50);
    expect((await viewer.stats()).streams[0]).toMatchObject({ codec: 'mjpeg', hardware: false });
    expect(psnr(await viewer.pixels(), await server.screenshot(), await box())).toBeGreaterThan(30);
    await player.stop();
    await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
  } finally {
    await page.close();
  }
});
