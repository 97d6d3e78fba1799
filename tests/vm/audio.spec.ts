/** Opus with a real guest's sound card: its tone is heard, and it records the browser's microphone. */
import { analyse } from '../e2e/audio/captured.ts';
import { withMicrophone } from '../e2e/audio/microphone-file.ts';
import { audioNumbers, heard, heardFrames, tapAudio } from '../e2e/audio/tone.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();
test.use({ bypassCSP: true, launchOptions: withMicrophone(660) });

const RATE = 48_000;
const long = { timeout: 120_000 };
const WAV_HEADER = 44;

test('a tone that ALSA plays in the guest is heard as Opus', async ({ vm, connect, page }) => {
  await tapAudio(page);
  const guest = await vm();
  const viewer = await connect(guest.port);
  await guest.exec('amixer -q sset Master 100% unmute || true');
  await guest.spawn('speaker-test -D plughw:0 -c 2 -r 48000 -t sine -f 440');
  await expect.poll(async () => (await audioNumbers(viewer))?.codec, long).toBe('opus');
  await expect.poll(() => heardFrames(page), long).toBeGreaterThan(RATE * 12);
  // speaker-test is on one side after the other; this is the left one.
  const tone = await heard(page, 0, RATE * 12);
  expect(Math.abs(tone.frequency - 440)).toBeLessThan(2);
  expect(tone.loudness).toBeGreaterThan(0.01);
  await guest.exec('pkill speaker-test || true');
  await expect.poll(async () => (await audioNumbers(viewer))?.codec, long).toBe('none');
});

test('arecord in the guest gets what the microphone hears', async ({ vm, connect }) => {
  const guest = await vm();
  const viewer = await connect(guest.port);
  await guest.exec('amixer -q sset Capture 100% cap || true');
  await viewer.evaluate((element) => element.setAttribute('microphone', ''));
  const state = (): Promise<string> => viewer.evaluate((element) => element.microphoneState);
  await expect.poll(state, long).toBe('ready');
  await guest.spawn(
    'arecord -q -D plughw:0 -f S16_LE -c 2 -r 48000 -d 10 /tmp/recorded.wav; touch /tmp/recorded',
  );
  await expect.poll(state, long).toBe('live');
  await expect.poll(state, long).toBe('ready');
  await guest.exec('while [ ! -e /tmp/recorded ]; do sleep 0.2; done');
  const wav = Buffer.from(await guest.exec('base64 -w0 /tmp/recorded.wav'), 'base64');
  const tone = analyse(wav.subarray(WAV_HEADER));
  expect(Math.abs(tone.frequency - 660)).toBeLessThan(5);
  expect(tone.frames).toBeGreaterThan(RATE * 5);
  expect(tone.filled).toBeGreaterThan(0.8);
});
