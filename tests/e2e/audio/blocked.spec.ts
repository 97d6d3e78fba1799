/** Sound only after a gesture. Playwright's own evaluations count as gestures, so the page's AudioContext plays the strict browser. */
import { expect, needs, test } from '../lib/fixtures.ts';
import { heardFrames, playTone, tapAudio } from './tone.ts';

needs('xspice', 'chromium');
test.use({ bypassCSP: true });

test('blocked sound is announced, hinted at, and plays from the next gesture on', async ({
  page,
  xspice,
  connect,
}) => {
  await tapAudio(page);
  await page.addInitScript(() => {
    let isAllowed = false;
    addEventListener('pointerdown', () => (isAllowed = true), { capture: true });
    const { resume } = AudioContext.prototype;
    globalThis.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        void this.suspend();
      }
      override resume(): Promise<void> {
        return isAllowed ? resume.call(this) : new Promise(() => undefined);
      }
    };
  });
  const server = await xspice({ playbackFifo: true });
  const viewer = await connect(server.port);
  const { finished } = playTone(server, 440, 15);
  const hint = viewer.element.getByRole('button', { name: 'Click to hear sound' });
  await expect(hint).toBeVisible();
  expect((await viewer.events()).map(({ type }) => type)).toContain('audioblocked');
  await viewer.canvas.click();
  await expect(hint).toBeHidden();
  await expect.poll(() => heardFrames(page), { timeout: 15_000 }).toBeGreaterThan(48_000);
  await finished;
});
