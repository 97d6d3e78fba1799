/** The demo desktop’s clip is a SPICE stream like any other. */
import { CLIP_HEIGHT, CLIP_LENGTH, CLIP_WIDTH, paintClip } from '../../../bridge/demo/clip/paint-clip.ts';
import { TITLE_HEIGHT } from '../../../bridge/demo/window.ts';
import type { Pixels } from '../../servers/pixels.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import { stats, streams } from './clip.ts';
import { psnr } from './psnr.ts';

needs('chromium');

const size = { width: CLIP_WIDTH, height: CLIP_HEIGHT };
/** Where the window starts, and what of it is not the clip. */
const start = { x: 20, y: 400 };
const frame = { x: 1, y: TITLE_HEIGHT + 1 };

const painted = Array.from({ length: CLIP_LENGTH }, (_, i): Pixels => {
  const rgba = new Uint8Array(CLIP_WIDTH * CLIP_HEIGHT * 4);
  paintClip(i).pixels.forEach((pixel, at) => {
    rgba.set([pixel >> 16, (pixel >> 8) & 255, pixel & 255, 255], at * 4);
  });
  return { ...size, rgba };
});

/** How well what is shown there is one of the clip’s pictures: dB of the most similar one, and which. */
async function bestMatch(viewer: Viewer, at: { x: number; y: number }) {
  const { width, rgba } = await viewer.pixels();
  const shown = new Uint8Array(CLIP_WIDTH * CLIP_HEIGHT * 4);
  for (let y = 0; y < CLIP_HEIGHT; y++) {
    const from = ((at.y + frame.y + y) * width + at.x + frame.x) * 4;
    shown.set(rgba.subarray(from, from + CLIP_WIDTH * 4), y * CLIP_WIDTH * 4);
  }
  const qualities = painted.map((one) => psnr({ ...size, rgba: shown }, one, { x: 0, y: 0, ...size }));
  const decibels = Math.max(...qualities);
  return { decibels, index: qualities.indexOf(decibels) };
}

test('the demo desktop plays a clip in VP8, or what the viewer asks for, wherever its window is', async ({
  bridge,
  open,
}) => {
  const viewer = await open(await bridge(), 'demo', { scale: 'real' });
  await viewer.waitConnected();
  await expect
    .poll(async () => (await streams(viewer))[0], { timeout: 30_000 })
    .toMatchObject({ codec: 'vp8', ...size });
  await expect.poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0).toBeGreaterThan(40);
  const first = await bestMatch(viewer, start);
  expect(first.decibels, 'PSNR in dB').toBeGreaterThan(28);
  await expect.poll(async () => (await bestMatch(viewer, start)).index, 'it moves').not.toBe(first.index);

  await viewer.evaluate((element) => element.setAttribute('video-codecs', 'mjpeg'));
  await expect.poll(async () => (await streams(viewer))[0]?.codec).toBe('mjpeg');
  await expect.poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0).toBeGreaterThan(10);
  expect((await bestMatch(viewer, start)).decibels, 'PSNR in dB').toBeGreaterThan(28);

  // Dragged by its title it plays on where it was let go.
  const canvas = await viewer.canvas.boundingBox();
  if (canvas === null) throw new Error('the canvas is not shown');
  const { mouse } = viewer.page;
  await mouse.move(canvas.x + start.x + 90, canvas.y + start.y + 12);
  await mouse.down();
  await mouse.move(canvas.x + start.x + 330, canvas.y + start.y + 112, { steps: 8 });
  await mouse.up();
  const moved = { x: start.x + 240, y: start.y + 100 };
  await expect
    .poll(async () => (await bestMatch(viewer, moved)).decibels, { message: 'PSNR in dB at its new place' })
    .toBeGreaterThan(28);
  await expect.poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0).toBeGreaterThan(10);
  const { index } = await bestMatch(viewer, moved);
  await expect.poll(async () => (await bestMatch(viewer, moved)).index, 'it moves').not.toBe(index);
  expect((await stats(viewer)).openVideoFrames).toBeLessThan(3);
  expect((await viewer.events()).filter(({ type }) => type === 'error')).toEqual([]);
});

test('the toolbar says what is played, and asks for another codec and decoder', async ({ bridge, page }) => {
  const { pageUrl } = await bridge();
  await page.goto(pageUrl('demo'));
  const viewer = page.locator('spice-viewer');
  await expect(viewer).toHaveJSProperty('state', 'connected', { timeout: 60_000 });
  await viewer.locator('.grip').hover();
  await viewer.locator('summary', { hasText: 'Video' }).click();
  const now = viewer.locator('.video .now');
  await expect(now).toHaveText('Now: VP8, software, 160×120', { timeout: 30_000 });
  await viewer.getByLabel('Codec').selectOption('MJPEG');
  await expect(now).toHaveText('Now: MJPEG, software, 160×120', { timeout: 30_000 });
  await viewer.getByLabel('Codec').selectOption('VP8');
  await viewer.getByLabel('Decoder').selectOption('Software');
  await expect(now).toHaveText('Now: VP8, software, 160×120', { timeout: 30_000 });
  await expect(viewer).toHaveJSProperty('videoDecoder', 'software');
  await viewer.getByRole('button', { name: 'Statistics' }).click();
  await expect(viewer.locator('.stats')).toContainText('vp8 software 160×120');
});
