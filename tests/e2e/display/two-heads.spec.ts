import type { Pixels } from '../../servers/pixels.ts';
import type { Xspice } from '../../servers/xspice.ts';
import { openWindow, place, xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { crop, startXspiceWithSurfaces } from './drawing.ts';
import { waitForShown } from './shown.ts';

needs('chromium', 'xspice');

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function partOfRoot(server: Xspice, { x, y, width, height }: Place) {
  return async (): Promise<Pixels> => crop(await server.screenshot(), x, y, width, height);
}

test('two heads on one display channel: each shows its part of the root window', async ({
  owned,
  connect,
}) => {
  const server = owned(await startXspiceWithSurfaces({ width: 1024, height: 768, heads: 2 }));
  const viewer = await connect(server.port);
  await waitForShown('one head', viewer, server.screenshot);

  await server.exec('xrandr', '--addmode', 'qxl-1', '800x600');
  await server.exec('xrandr', '--output', 'qxl-1', '--mode', '800x600', '--right-of', 'qxl-0');
  const heads = [
    { x: 0, y: 0, width: 1024, height: 768 },
    { x: 1024, y: 0, width: 800, height: 600 },
  ];
  const displays = () => viewer.evaluate((element) => element.displays);
  await expect.poll(displays, { timeout: 20_000 }).toEqual(heads.map((head, id) => ({ id, ...head })));

  await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
  await xterm(server, 'scrolling', 'seq 1 500', '-geometry', '80x24+900+100');
  const icons = await openWindow(server, 'Icon Browser', 'gtk3-icon-browser');
  await place(server, icons, { x: 1100, y: 60, width: 640, height: 480 });
  for (let step = 1; step <= 10; step++) {
    await server.exec('xdotool', 'windowmove', icons, `${1100 - step * 37}`, `${60 + step * 7}`);
  }
  for (const [display, head] of heads.entries()) {
    await waitForShown(`head ${display}`, viewer, partOfRoot(server, head), { display });
  }

  await server.exec('xrandr', '--output', 'qxl-1', '--off');
  await expect.poll(displays, { timeout: 20_000 }).toEqual([{ id: 0, ...heads[0] }]);
  await waitForShown('one head again', viewer, partOfRoot(server, heads[0]));
});
