/** A page that moves the viewer about: the session goes on, and so does the picture. */
import { waitForEqual } from './lib/compare.ts';
import { xterm } from './lib/desktop.ts';
import { expect, needs, test } from './lib/fixtures.ts';

needs('chromium', 'xspice');

test('an element that is moved goes on showing the guest, in its new size', async ({ xspice, connect }) => {
  const server = await xspice();
  const viewer = await connect(server.port);
  await waitForEqual('the desktop before', () => viewer.pixels(), server.screenshot);

  const shown = (): Promise<{ width: number; colours: number }> =>
    viewer.evaluate(async (element) => {
      const canvas = element.shadowRoot?.querySelector('canvas[part=screen]') as HTMLCanvasElement;
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      const { width } = canvas.getBoundingClientRect();
      return { width, colours: new Set(new Uint32Array(data.buffer)).size };
    });
  const before = await shown();

  await viewer.evaluate(async (element) => {
    const box = document.createElement('div');
    box.style.cssText = 'width: 300px; height: 200px; position: fixed; top: 0';
    document.body.append(box);
    element.remove();
    await Promise.resolve();
    box.append(element);
  });
  await expect.poll(async () => (await shown()).width).toBeLessThanOrEqual(300);
  await xterm(server, 'after', 'seq 1 100', '-geometry', '60x20+40+40');
  await waitForEqual('the desktop after', () => viewer.pixels(), server.screenshot);
  await expect.poll(async () => (await shown()).colours).toBeGreaterThan(before.colours);
  expect((await viewer.events()).map(({ type }) => type)).not.toContain('disconnect');

  // Out for good: that is an end.
  await viewer.evaluate((element) => {
    Object.assign(globalThis, { lastViewer: element });
    element.remove();
  });
  await expect
    .poll(() =>
      viewer.page.evaluate(() => (globalThis as never as { lastViewer: { state: string } }).lastViewer.state),
    )
    .toBe('disconnected');
});
