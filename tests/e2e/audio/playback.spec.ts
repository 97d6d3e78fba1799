/**
 * Raw sound of Xspice. TONE_SECONDS=60 plays a whole minute.
 */
import { expect, needs, test } from '../lib/fixtures.ts';
import { audioNumbers, heard, heardFrames, playTone, tapAudio } from './tone.ts';

needs('xspice', 'chromium');
test.use({ bypassCSP: true });

const seconds = Number(process.env['TONE_SECONDS'] ?? 12);
const rate = 48_000;
/** What the buffer holds at the start, milliseconds: packets that are no later than this leave no gap. */
const held = 100;
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
  await expect.poll(() => heardFrames(page), patient).toBeGreaterThan(rate * seconds);
  // The tone still plays: its end is no underrun.
  const numbers = await audioNumbers(viewer);
  if (numbers === null) throw new Error('there is no playback channel');
  stop();
  // The fade at the start is left out.
  const tone = await heard(page, rate / 10, rate * seconds);
  const told = `${JSON.stringify(numbers)}, silent: ${JSON.stringify(tone.silences)}`;
  console.log(`  ${(tone.frames / tone.rate).toFixed(1)} s of ${tone.frequency.toFixed(2)} Hz; ${told}`);
  expect(tone.rate).toBe(rate);
  expect(tone.frames).toBe(rate * (seconds - 0.1));
  // Drift is followed by three in a thousand at most.
  expect(Math.abs(tone.frequency - 440)).toBeLessThan(1.5);
  // A gap is either the server's own, by its own clock, or one for which packets came too late. On a machine that
  // delays none by what the buffer holds there is no gap at all.
  expect(tone.silences.length, told).toBeLessThanOrEqual(numbers.underruns + numbers.pauses);
  if (numbers.latestMilliseconds < held) expect(numbers.underruns, told).toBe(0);
});
