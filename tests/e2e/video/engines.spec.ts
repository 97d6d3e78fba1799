/** What Firefox and WebKit decode of a real server’s streams; Chromium is in streams.spec.ts. */
import { openFirefox } from '../../browsers/firefox.ts';
import { openWebkit } from '../../browsers/webkit.ts';
import { waitForEqual } from '../lib/compare.ts';
import { BrowserViewer } from '../lib/browser-viewer.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { play } from './clip.ts';
import { psnr } from './psnr.ts';

needs('firefox', 'webkit', 'xspice', 'gstreamer');

const engines = [
  // No H.264 in 4:4:4, which is what the server makes.
  { name: 'Firefox', open: openFirefox, decodes: { mjpeg: 'mjpeg', vp8: 'vp8', vp9: 'vp9', h264: 'mjpeg' } },
  // No VP9 in 4:4:4.
  { name: 'WebKit', open: openWebkit, decodes: { mjpeg: 'mjpeg', vp8: 'vp8', vp9: 'mjpeg', h264: 'h264' } },
] as const;

const offers = {
  mjpeg: 'spice:mjpeg',
  vp8: 'gstreamer:vp8;spice:mjpeg',
  vp9: 'gstreamer:vp9;spice:mjpeg',
  h264: 'gstreamer:h264;spice:mjpeg',
};

for (const { name, open, decodes } of engines) {
  for (const [offered, videoCodecs] of Object.entries(offers)) {
    const codec = decodes[offered as keyof typeof decodes];
    test(`${name}, a server that prefers ${offered}: ${codec} is shown as the server draws it`, async ({
      xspice,
      bridge,
    }) => {
      const server = await xspice({ streaming: 'all', videoCodecs });
      await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
      const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` });
      const page = await open(pageUrl('server', { embed: '1' }));
      try {
        const viewer = new BrowserViewer(page);
        await viewer.waitConnected();
        const { player, box } = await play(server, { pattern: 'smpte75' });
        await expect
          .poll(async () => (await viewer.stats()).streams[0]?.framesPresented ?? 0, { timeout: 40_000 })
          .toBeGreaterThan(30);
        const before = (await viewer.stats()).streams[0];
        expect(before).toMatchObject({ codec });
        const expected = await server.screenshot();
        const place = await box();
        // Encoders begin coarse; a clip that stands still gets better with every frame.
        await expect
          .poll(async () => psnr(await viewer.pixels(), expected, place), { message: 'PSNR in dB' })
          .toBeGreaterThan(30);
        await expect
          .poll(async () => (await viewer.stats()).streams[0]?.framesPresented)
          .toBeGreaterThan(before?.framesPresented ?? Infinity);

        await player.stop();
        await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
        await expect.poll(async () => (await viewer.stats()).streams, { timeout: 20_000 }).toEqual([]);
        expect((await viewer.stats()).openVideoFrames, 'video frames not closed').toBe(0);
        expect((await viewer.errors()).filter(({ kind }) => kind !== 'server')).toEqual([]);
      } finally {
        await page.close();
      }
    });
  }
}
