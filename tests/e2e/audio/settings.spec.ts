/** Volume, mute and the `audio` attribute, while a tone plays in Xspice. */
import type { Page } from '@playwright/test';
import { expect, needs, test } from '../lib/fixtures.ts';
import { audioNumbers, contextCount, heard, heardFrames, playTone, tapAudio, viewerErrors } from './tone.ts';

needs('xspice', 'chromium');
test.use({ bypassCSP: true });

const patient = { timeout: 60_000 };
/** Of the tone: amplitude 16000 of 32768, over the root of two. */
const whole = 16_000 / 32_768 / Math.SQRT2;

/** Root mean square of the last tenth of a second. */
async function loudness(page: Page): Promise<number> {
  return (await heard(page, -4800)).loudness;
}

test('the toolbar mutes and turns down; the attribute closes and opens the channel', async ({
  page,
  xspice,
  connect,
}) => {
  await tapAudio(page);
  const server = await xspice({ playbackFifo: true });
  const viewer = await connect(server.port);
  await viewer.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  const { stop } = playTone(server, 440, 200);
  await expect.poll(() => loudness(page), patient).toBeCloseTo(whole, 2);

  await viewer.element.locator('.grip').hover();
  const bar = viewer.element.locator('.volume');
  await bar.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect.poll(() => loudness(page), patient).toBeLessThan(0.0001);
  await bar.getByRole('button', { name: 'Unmute' }).click();
  await expect.poll(() => loudness(page), patient).toBeCloseTo(whole, 2);
  await bar.getByRole('slider').fill('0.5');
  await expect.poll(() => loudness(page), patient).toBeCloseTo(whole / 4, 3);

  await viewer.evaluate((element) => element.setAttribute('audio', 'off'));
  await expect.poll(() => audioNumbers(viewer), patient).toBeNull();
  await expect(bar).toBeHidden();
  const before = await contextCount(page);
  await viewer.evaluate((element) => element.removeAttribute('audio'));
  await expect.poll(async () => (await audioNumbers(viewer))?.packets ?? 0, patient).toBeGreaterThan(0);
  await expect.poll(() => contextCount(page), patient).toBe(before + 1);
  await expect.poll(() => heardFrames(page), patient).toBeGreaterThan(4800);
  // The volume is still what the user made it.
  await expect.poll(() => loudness(page), patient).toBeCloseTo(whole / 4, 3);
  expect(await viewer.state()).toBe('connected');
  expect(await viewerErrors(viewer)).toEqual([]);
  stop();
});
