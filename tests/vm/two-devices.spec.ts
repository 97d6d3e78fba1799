import type { Page } from '@playwright/test';
import { canvasDigest, heldDigest, waitForShown } from '../e2e/display/shown.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();

test('two QXL devices are two displays, each with its own picture', async ({ vm, connect }) => {
  const guest = await vm({ snapshot: 'two' });
  const viewer = await connect(guest.port, { 'resize-session': '0' });
  await expect
    .poll(() => viewer.evaluate(({ displays }) => displays.map(({ id }) => id)), { timeout: 60_000 })
    .toEqual([0, 1]);
  for (const [display, device] of (['q0', 'q1'] as const).entries()) {
    const picture = await waitForShown(device, viewer, () => guest.screendump(device), {
      display,
      timeout: 60_000,
    });
    const [shown] = await viewer.evaluate(({ displays }) => displays).then((all) => all.slice(display));
    expect([shown?.width, shown?.height]).toEqual([picture.width, picture.height]);
  }
  // In the order that the guest's X gives them, or in a row where each device has its own 0,0.
  const screen = (page: Page, id: number) => page.locator(`canvas[part~="screen"][data-display="${id}"]`);
  const boxes = [await screen(viewer.page, 0).boundingBox(), await screen(viewer.page, 1).boundingBox()];
  const [left, right] = boxes.toSorted((a, b) => (a?.x ?? 0) - (b?.x ?? 0));
  expect(right?.x).toBeCloseTo((left?.x ?? 0) + (left?.width ?? 0), 0);
  expect(right?.y).toBe(left?.y);

  const opening = viewer.page.waitForEvent('popup');
  await viewer.evaluate((element) => void element.openDisplay(1));
  const popup = await opening;
  await expect
    .poll(async () => (await canvasDigest(popup, 1)) === heldDigest(await guest.screendump('q1')), {
      timeout: 60_000,
    })
    .toBe(true);
  await expect(screen(viewer.page, 1)).toHaveCount(0);
  await popup.close();
  await expect(screen(viewer.page, 1)).toBeVisible();
});
