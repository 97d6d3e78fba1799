import { until } from '../servers/process.ts';
import { waitForShown } from '../e2e/display/shown.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();

const long = { timeout: 60_000 };

test.describe('clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('text goes both ways between xclip and the browser', async ({ vm, connect }) => {
    const guest = await vm();
    const viewer = await connect(guest.port);
    await viewer.focus();
    await expect.poll(() => viewer.evaluate((element) => element.capabilities['clipboard']), long).toBe(true);
    const text = 'Grüße, 世界! 😀\nsecond line, without line end';
    await viewer.page.evaluate((given) => navigator.clipboard.writeText(given), text);
    // As when the user comes back from another window.
    await viewer.page.evaluate(() => {
      globalThis.dispatchEvent(new Event('focus'));
    });
    await until(
      'the text in the guest',
      async () => (await guest.exec('xclip -selection clipboard -o -t UTF8_STRING')) === text,
      long,
    );
    await guest.spawn(`printf '%s' 'copied in the guest: ß 😀' | xclip -selection clipboard -i -quiet`);
    await expect
      .poll(() => viewer.page.evaluate(() => navigator.clipboard.readText()), long)
      .toBe('copied in the guest: ß 😀');
  });
});

test('resize-session: the guest follows the element, pixel for pixel', async ({ vm, connect }) => {
  const guest = await vm();
  const viewer = await connect(guest.port, { 'resize-session': '1' });
  const rootSize = async () =>
    /current (\d+) x (\d+)/
      .exec(await guest.exec('xrandr --current'))
      ?.slice(1)
      .join('x');
  for (const [width, height] of [
    [1280, 900],
    [1000, 700],
  ] as const) {
    await viewer.page.setViewportSize({ width, height });
    await expect.poll(rootSize, long).toBe(`${width}x${height}`);
    const shown = await waitForShown(`${width}x${height}`, viewer, guest.screendump, long);
    expect([shown.width, shown.height]).toEqual([width, height]);
  }
});
