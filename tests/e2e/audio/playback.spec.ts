import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import {
  contextStates,
  frequencyOf,
  heard,
  heardFrames,
  largestStep,
  longestSilence,
  playTone,
  tapAudio,
} from './tone.ts';

needs('xspice', 'chromium');

interface AudioNumbers {
  codec: string;
  packets: number;
  bufferMilliseconds: number;
  underruns: number;
}

const audioStats = (viewer: Viewer): Promise<AudioNumbers | null> =>
  viewer.evaluate(async (element) => (await element.getStats())['audio'] as AudioNumbers | null);

const waitForSound = (viewer: Viewer): Promise<void> =>
  expect
    .poll(async () => (await audioStats(viewer))?.packets ?? 0, { message: 'sound arrives' })
    .toBeGreaterThan(0);

test('a tone played in the server is that tone in the page, without a gap or a click', async ({
  page,
  xspice,
  connect,
}) => {
  const seconds = 12;
  await tapAudio(page);
  const server = await xspice({ playbackFifo: true });
  const viewer = await connect(server.port);
  const played = playTone(server, 440, seconds);
  await waitForSound(viewer);
  expect((await audioStats(viewer))?.codec).toBe('raw');
  await played;
  await expect.poll(() => heardFrames(page), { timeout: 30_000 }).toBeGreaterThan(48_000 * (seconds - 1));
  const { samples, rate } = await heard(page);
  // What is faded in, and what the recorder had not yet got, is left out.
  const middle = samples.slice(rate / 2, rate * (seconds - 1.5));
  expect(middle.length).toBeGreaterThan(rate * 9);
  expect(Math.abs(frequencyOf(middle, rate) - 440)).toBeLessThan(2);
  expect(longestSilence(middle)).toBeLessThan(8);
  expect(largestStep(middle)).toBeLessThan(1.1 * (16_000 / 32_768) * ((2 * Math.PI * 440) / rate));
  expect((await audioStats(viewer))?.bufferMilliseconds).toBeLessThan(1000);
});

test('mute, volume and the audio attribute do what they say', async ({ page, xspice, connect }) => {
  await tapAudio(page);
  const server = await xspice({ playbackFifo: true });
  const viewer = await connect(server.port);
  const loudest = (): Promise<number> =>
    page.evaluate(() => {
      const { samples } = (globalThis as unknown as { heard: { samples: number[] } }).heard;
      return Math.max(...samples.slice(-4096).map(Math.abs));
    });
  const played = playTone(server, 440, 20);
  await waitForSound(viewer);
  await expect.poll(loudest).toBeGreaterThan(0.4);
  await viewer.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  await viewer.element.locator('.grip').hover({ timeout: 10_000 });
  await viewer.element.getByLabel('Volume').fill('0.5');
  await expect.poll(loudest).toBeLessThan(0.15);
  expect(await loudest()).toBeGreaterThan(0.1);
  await viewer.element.getByRole('button', { name: 'Mute' }).click();
  await expect.poll(loudest).toBeLessThan(0.001);
  await viewer.element.getByRole('button', { name: 'Unmute' }).click();
  await expect.poll(loudest).toBeGreaterThan(0.1);

  await viewer.evaluate((element) => element.setAttribute('audio', 'off'));
  await expect.poll(() => contextStates(page)).toEqual(['closed']);
  expect(await audioStats(viewer)).toBeNull();
  expect(await viewer.state()).toBe('connected');
  await played;

  await viewer.evaluate((element) => element.removeAttribute('audio'));
  await expect.poll(() => audioStats(viewer)).not.toBeNull();
  const again = playTone(server, 440, 5);
  await waitForSound(viewer);
  await expect.poll(() => contextStates(page)).toEqual(['closed', 'running']);
  await again;
  await viewer.evaluate((element) => element.disconnect());
  await expect.poll(() => contextStates(page)).toEqual(['closed', 'closed']);
});
