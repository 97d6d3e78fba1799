import { waitForEqual } from '../lib/compare.ts';
import { openWindow } from '../lib/desktop.ts';
import { AgentTap } from '../lib/agent-tap.ts';
import { sizeRests } from '../lib/fence.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { ViewerElement } from '../lib/viewer.ts';
import type { Xspice } from '../../servers/xspice.ts';

needs('chromium', 'xspice');

/** `1280x900`; X agents make widths multiples of 8 */
async function rootSize(server: Xspice): Promise<string | undefined> {
  return /current (\d+) x (\d+)/
    .exec(await server.exec('xrandr', '--current'))
    ?.slice(1)
    .join('x');
}

/** As `rootSize`: what the viewer has asked the guest for so far. */
function asked(tap: AgentTap): string[] {
  return tap.toGuest('monitorsConfig').map(({ monitors: [{ width, height }] }) => `${width}x${height}`);
}

test('the guest follows the element, once, and is then shown pixel for pixel', async ({
  xspice,
  connect,
  owned,
}) => {
  const server = await xspice({ agent: true });
  const tap = owned(await AgentTap.start(server.port));
  const viewer = await connect(tap.port, { 'resize-session': '1' });
  await expect.poll(() => rootSize(server)).toBe('1280x900');
  await openWindow(server, 'Application Class', 'gtk3-demo');
  for (let i = 1; i <= 10; i++) {
    await viewer.page.setViewportSize({ width: 1280 - i * 31, height: 900 - i * 17 });
  }
  await expect.poll(() => rootSize(server)).toBe('968x730');
  await expect
    .poll(() => viewer.evaluate(({ displays }) => displays.map(({ width, height }) => `${width}x${height}`)))
    .toEqual(['968x730']);
  expect(asked(tap), 'no size between').toEqual(['1280x900', '970x730']);
  await waitForEqual('the desktop after it was resized', () => viewer.pixels(), server.screenshot);
  const box = await viewer.canvas.boundingBox();
  expect([box?.width, box?.height]).toEqual([968, 730]);
  await viewer.page.setViewportSize({ width: 800, height: 600 });
  await expect.poll(() => rootSize(server)).toBe('800x600');
  expect(asked(tap), 'nor one after it').toEqual(['1280x900', '970x730', '800x600']);
});

test('a size that the guest cannot have exactly is shown unblurred; without resize-session nothing changes', async ({
  page,
  xspice,
  connect,
  owned,
}) => {
  await page.clock.install();
  const server = await xspice({ agent: true });
  const tap = owned(await AgentTap.start(server.port));
  const viewer = await connect(tap.port);
  await expect.poll(() => viewer.evaluate((element) => element.capabilities['resizeSession'])).toBe(true);
  await page.setViewportSize({ width: 901, height: 701 });
  await sizeRests(viewer);
  await tap.settled(viewer);
  expect(asked(tap)).toEqual([]);
  await viewer.element.evaluate((element) => element.setAttribute('resize-session', ''));
  await expect.poll(() => rootSize(server)).toBe('896x700');
  await expect
    .poll(async () => {
      const box = await viewer.canvas.boundingBox();
      return [box?.width, box?.height];
    })
    .toEqual([896, 700]);
  await viewer.element.evaluate((element) => element.removeAttribute('resize-session'));
  await page.setViewportSize({ width: 800, height: 600 });
  await sizeRests(viewer);
  await tap.settled(viewer);
  expect(asked(tap)).toEqual(['900x700']);
});

test('setMonitors arranges heads', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true, heads: 2 });
  const viewer = await connect(server.port);
  await expect.poll(() => viewer.evaluate((element) => element.capabilities['resizeSession'])).toBe(true);
  await viewer.evaluate((element: ViewerElement) =>
    element.setMonitors([
      { width: 1000, height: 700, x: 0, y: 0 },
      { width: 800, height: 600, x: 1000, y: 0 },
    ]),
  );
  await expect
    .poll(() => viewer.evaluate(({ displays }) => displays))
    .toMatchObject([
      { width: 1000, height: 700 },
      { width: 800, height: 600 },
    ]);
  expect(await rootSize(server)).toBe('1800x700');
});
