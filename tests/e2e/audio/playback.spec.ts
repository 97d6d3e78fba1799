/**
 * Raw sound of Xspice. TONE_SECONDS=60 plays a whole minute.
 */
import { expect, needs, test } from '../lib/fixtures.ts';
import { audioNumbers, expectNoGaps, heard, heardFrames, playTone, tapAudio } from './tone.ts';

needs('xspice', 'chromium');
test.use({ bypassCSP: true });

const seconds = Number(process.env['TONE_SECONDS'] ?? 12);
const RATE = 48_000;
const patient = { timeout: 60_000 + seconds * 2000 };

test('a tone played in the server is that tone in the page, without a gap', async ({
  page,
  xspice,
  connect,
}) => {
  await tapAudio(page);
  const server = await xspice({ playbackFifo: true });
  const viewer = await connect(server.port);
  const { stop } = playTone(server, 440, seconds * 1.5 + 10);
  await expect.poll(async () => (await audioNumbers(viewer))?.codec, patient).toBe('raw');
  await expect.poll(() => heardFrames(page), patient).toBeGreaterThan(RATE * seconds);
  // The tone still plays: its end is no underrun.
  const numbers = await audioNumbers(viewer);
  stop();
  // The fade at the start is left out.
  const tone = await heard(page, RATE / 10, RATE * seconds);
  expect(tone.rate).toBe(RATE);
  expect(tone.frames).toBe(RATE * (seconds - 0.1));
  // Drift is followed by three in a thousand at most.
  expect(Math.abs(tone.frequency - 440)).toBeLessThan(1.5);
  expectNoGaps(tone, numbers);
});
