/** Opus both ways with a real QEMU: what its guest plays is heard, and it captures what the microphone hears. */
import type { Page } from '@playwright/test';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import { captured, soundGuest } from './qemu-sound.ts';
import { withMicrophone } from './microphone-file.ts';
import { audioNumbers, expectNoGaps, heard, heardFrames, tapAudio, viewerErrors } from './tone.ts';

needs('qemu', 'chromium');

const RATE = 48_000;
/** TONE_SECONDS=60 plays a whole minute. */
const seconds = Number(process.env['TONE_SECONDS'] ?? 6);
const patient = { timeout: 60_000 + 2000 * seconds };

test.use({
  bypassCSP: true,
  launchOptions: withMicrophone(660),
});

function microphoneState(viewer: Viewer): Promise<string> {
  return viewer.evaluate((element) => element.microphoneState);
}

function microphoneCodec(viewer: Viewer): Promise<string | undefined> {
  return viewer.evaluate(async (element) => (await element.getStats()).microphone?.codec);
}

/** Before the page loads: keeps every track that the page gets. */
async function watchTracks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(globalThis, { microphoneTracks: tracks });
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
}

function liveTracks(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      (globalThis as unknown as { microphoneTracks: MediaStreamTrack[] }).microphoneTracks.filter(
        ({ readyState }) => readyState === 'live',
      ).length,
  );
}

function askedTracks(page: Page): Promise<number> {
  return page.evaluate(
    () => (globalThis as unknown as { microphoneTracks: MediaStreamTrack[] }).microphoneTracks.length,
  );
}

for (const codec of ['opus', 'raw'] as const) {
  test(`${codec}: what the guest plays is heard, its mixer counts`, async ({ page, qemu, connect }) => {
    await tapAudio(page);
    const server = await qemu({
      ...soundGuest,
      spice: [`playback-compression=${codec === 'opus' ? 'on' : 'off'}`],
    });
    const viewer = await connect(server.port);
    await server.sendKey('p');
    await expect.poll(async () => (await audioNumbers(viewer))?.codec, patient).toBe(codec);
    await expect.poll(() => heardFrames(page), patient).toBeGreaterThan(RATE * seconds);
    const numbers = await audioNumbers(viewer);
    const tone = await heard(page, RATE / 2, RATE * seconds);
    expect(Math.abs(tone.frequency - 440)).toBeLessThan(1.5);
    expectNoGaps(tone, numbers);
    // The guest mutes its master volume, and PLAYBACK_MUTE says so.
    await server.sendKey('m');
    await expect.poll(async () => (await heard(page, -4800)).loudness, patient).toBeLessThan(0.0001);
    await server.sendKey('m');
    await expect
      .poll(async () => (await heard(page, -4800)).loudness, patient)
      .toBeGreaterThan(tone.loudness / 2);
    await server.sendKey('p');
    await expect.poll(async () => (await audioNumbers(viewer))?.codec, patient).toBe('none');
  });
}

test('the microphone arrives in the guest while it records, and not a moment longer', async ({
  page,
  qemu,
  connect,
}) => {
  await watchTracks(page);
  const server = await qemu(soundGuest);
  const viewer = await connect(server.port);
  await viewer.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  // The guest records already; nobody asked the user.
  await server.sendKey('r');
  await viewer.element.locator('.grip').hover();
  const button = viewer.element.locator('button.microphone');
  await expect(button).toHaveText('Microphone');
  expect(await askedTracks(page)).toBe(0);
  await button.click();
  await expect.poll(() => microphoneState(viewer), patient).toBe('live');
  await expect(button).toHaveText('Microphone live');
  await expect(viewer.element.getByText('The guest hears your microphone')).toBeVisible();
  expect(await microphoneCodec(viewer)).toBe('opus');
  await expect.poll(async () => (await captured(server)).frames, patient).toBeGreaterThan(RATE * 4);
  const tone = await captured(server);
  expect(Math.abs(tone.frequency - 660)).toBeLessThan(5);
  expect(tone.filled).toBeGreaterThan(0.9);

  // The guest stops: the browser's own sign of a live microphone goes out as well.
  await server.sendKey('r');
  await expect.poll(() => microphoneState(viewer), patient).toBe('ready');
  expect(await liveTracks(page)).toBe(0);
  await expect(viewer.element.getByText('The guest hears your microphone')).toBeHidden();
  await server.sendKey('r');
  await expect.poll(() => microphoneState(viewer), patient).toBe('live');
  expect(await liveTracks(page)).toBe(1);
  await button.click();
  await expect.poll(() => microphoneState(viewer), patient).toBe('off');
  expect(await liveTracks(page)).toBe(0);
  await button.click();
  await expect.poll(() => microphoneState(viewer), patient).toBe('live');
  await viewer.evaluate((element) => element.disconnect());
  await expect.poll(() => liveTracks(page), patient).toBe(0);
  expect(await viewerErrors(viewer)).toEqual([]);
});

test('a microphone that the user refuses is said so, in words', async ({ page, qemu, connect }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  });
  const server = await qemu(soundGuest);
  const viewer = await connect(server.port);
  await viewer.evaluate((element) => element.setAttribute('microphone', ''));
  await expect.poll(() => microphoneState(viewer), patient).toBe('denied');
  expect(await viewer.evaluate((element) => element.hasAttribute('microphone'))).toBe(false);
  expect(await viewerErrors(viewer)).toEqual([
    {
      kind: 'microphone',
      code: 'microphone-refused',
      message: expect.stringContaining('Allow it for this site'),
    },
  ]);
  expect(await viewer.state()).toBe('connected');
});
