import { waitForShown } from '../e2e/display/shown.ts';
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
});
