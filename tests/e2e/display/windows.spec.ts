/** Displays in one view and in windows of their own, on one Xspice with two heads and its agent. */
import type { Page } from '@playwright/test';
import { canvasDigest, heldDigest } from './shown.ts';
import { crop } from './drawing.ts';
import { startCuttableRelay } from '../../servers/cuttable-relay.ts';
import { Xev } from '../lib/xev.ts';
import { openWindow } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import type { Xspice, XspiceOptions } from '../../servers/xspice.ts';

needs('chromium', 'xspice');

type Start = (options?: XspiceOptions) => Promise<Xspice>;
type Connect = (port: number, query?: Record<string, string>) => Promise<Viewer>;

const left = { width: 1000, height: 700, x: 0, y: 0 };
const right = { width: 800, height: 600, x: 1000, y: 0 };

async function twoHeads(xspice: Start, connect: Connect, query: Record<string, string> = {}) {
  const server = await xspice({ agent: true, heads: 2, openbox: false });
  const viewer = await connect(server.port, query);
  await arrangeHeads(viewer);
  return { server, viewer };
}

async function arrangeHeads(viewer: Viewer): Promise<void> {
  await expect
    .poll(() => viewer.evaluate(({ capabilities, mouseMode }) => [capabilities['resizeSession'], mouseMode]))
    .toEqual([true, 'client']);
  await viewer.evaluate((element, monitors) => element.setMonitors(monitors), [left, right]);
  await expect
    .poll(() => viewer.evaluate(({ displays }) => displays))
    .toEqual([
      { id: 0, ...left },
      { id: 1, ...right },
    ]);
}

async function pointer(server: Xspice): Promise<string> {
  const [, x, y] = /x:(-?\d+) y:(-?\d+)/.exec(await server.exec('xdotool', 'getmouselocation')) ?? [];
  return `${x},${y}`;
}

function screen(page: Page, display: number) {
  return page.locator(`canvas[part~="screen"][data-display="${display}"]`);
}

async function boxOf(page: Page, display: number) {
  const box = await screen(page, display).boundingBox();
  if (!box) throw new Error(`display ${display} is not shown`);
  return box;
}

async function openDisplay(viewer: Viewer, id: number): Promise<Page> {
  const popup = viewer.page.waitForEvent('popup');
  await viewer.evaluate((element, id) => void element.openDisplay(id), id);
  const page = await popup;
  await expect(screen(page, id)).toBeVisible();
  return page;
}

for (const { scale, dpr } of [
  { scale: 'fit', dpr: 1 },
  { scale: 'real', dpr: 1 },
  { scale: 'full', dpr: 1 },
  { scale: 'fit', dpr: 2 },
]) {
  test.describe(`scale ${scale}, ${dpr} device pixels a pixel`, () => {
    test.use({ deviceScaleFactor: dpr });
    test('the pointer is right on both heads', async ({ page, xspice, connect }) => {
      await page.setViewportSize(
        scale === 'real' ? { width: 1900, height: 800 } : { width: 1240, height: 777 },
      );
      const { server } = await twoHeads(xspice, connect, { scale });
      for (const [display, head] of [left, right].entries()) {
        const box = await boxOf(page, display);
        for (const [fx, fy] of [
          [0.02, 0.03],
          [0.5, 0.5],
          [0.97, 0.98],
        ] as const) {
          const at = { x: Math.round(box.x + box.width * fx), y: Math.round(box.y + box.height * fy) };
          await page.mouse.move(at.x, at.y);
          const x = head.x + Math.floor(((at.x - box.x) * head.width) / box.width + 1e-6);
          const y = head.y + Math.floor(((at.y - box.y) * head.height) / box.height + 1e-6);
          await expect
            .poll(() => pointer(server), { message: `display ${display} at ${fx},${fy}` })
            .toBe(`${x},${y}`);
        }
      }
    });
  });
}

test('clip-viewport: the picture moves at the edge, and the pointer stays right', async ({
  page,
  xspice,
  connect,
}) => {
  await page.setViewportSize({ width: 900, height: 500 });
  const { server, viewer } = await twoHeads(xspice, connect, { scale: 'real' });
  await viewer.evaluate((element) => element.setAttribute('clip-viewport', ''));
  await page.mouse.move(450, 250);
  await expect.poll(() => pointer(server)).toBe('450,250');
  await page.mouse.move(890, 250);
  await expect.poll(() => pointer(server), { message: 'the far side comes' }).toBe('1790,250');
  await page.mouse.move(890, 490);
  await expect.poll(() => pointer(server)).toBe('1790,599');
  const scrolled = () =>
    viewer.evaluate(({ shadowRoot }) => shadowRoot?.querySelector('.viewport')?.scrollTop);
  await expect.poll(scrolled, { message: 'to its end' }).toBe(200);
  await page.mouse.move(500, 250);
  await expect.poll(() => pointer(server), { message: 'and stays' }).toBe('1400,450');
});

test('heads lie in the view as on the guest’s desktop', async ({ page, xspice, connect }) => {
  const { viewer } = await twoHeads(xspice, connect, { scale: 'real' });
  const below = [
    { width: 800, height: 600, x: 200, y: 0 },
    { width: 1000, height: 304, x: 0, y: 600 },
  ];
  await viewer.evaluate((element, monitors) => element.setMonitors(monitors), below);
  await expect.poll(() => viewer.evaluate(({ displays }) => displays.map(({ y }) => y))).toEqual([0, 600]);
  const [first, second] = [await boxOf(page, 0), await boxOf(page, 1)];
  expect([first.x - second.x, second.y - first.y]).toEqual([200, 600]);
  expect([first.width, first.height, second.width, second.height]).toEqual([800, 600, 1000, 304]);
});

test('a drag goes from one head to the other', async ({ page, xspice, connect }) => {
  await page.setViewportSize({ width: 1900, height: 800 });
  const { server } = await twoHeads(xspice, connect, { scale: 'real' });
  const xev = await Xev.start(server, 1800, 700);
  const [first, second] = [await boxOf(page, 0), await boxOf(page, 1)];
  await page.mouse.move(first.x + 900, first.y + 300);
  await page.mouse.down();
  await page.mouse.move(second.x + 50, second.y + 320, { steps: 12 });
  await expect.poll(() => pointer(server)).toBe('1050,320');
  await page.mouse.move(second.x + 50, second.y + second.height + 20);
  await expect.poll(() => pointer(server), { message: 'the nearest head’s edge' }).toBe('1050,599');
  await page.mouse.move(second.x + 70, second.y + 330);
  await page.mouse.up();
  await expect.poll(() => xev.short()).toEqual(['+1', '-1']);
  expect(xev.events().map(({ rootX, rootY }) => [rootX, rootY])).toEqual([
    [900, 300],
    [1070, 330],
  ]);
});

test('a display in a window of its own is live, takes input and comes back', async ({
  page,
  xspice,
  connect,
}) => {
  const { server, viewer } = await twoHeads(xspice, connect);
  await openWindow(server, 'Application Class', 'gtk3-demo');
  const popup = await openDisplay(viewer, 1);
  await expect(screen(page, 1)).toHaveCount(0);
  await expect(screen(page, 0)).toBeVisible();
  await expect(popup).toHaveTitle(/^Display 2/);

  const part = async () => crop(await server.screenshot(), right.x, right.y, right.width, right.height);
  for (const colour of ['#204060', '#c08040']) {
    await server.exec('xsetroot', '-solid', colour);
    await expect
      .poll(async () => (await canvasDigest(popup, 1)) === heldDigest(await part()), { timeout: 20_000 })
      .toBe(true);
  }

  const xev = await Xev.start(server, 1800, 700);
  const box = await boxOf(popup, 1);
  const at = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  await popup.mouse.click(at.x, at.y);
  // The X server reads its pointer and its keyboard one after the other, whichever was first.
  await expect.poll(() => xev.short()).toEqual(['+1', '-1']);
  await popup.keyboard.press('KeyQ');
  await expect.poll(() => xev.short()).toEqual(['+1', '-1', '+q', '-q']);
  const [press] = xev.events();
  expect(press?.rootX).toBe(right.x + Math.floor(((at.x - box.x) * right.width) / box.width));
  expect(press?.rootY).toBe(Math.floor(((at.y - box.y) * right.height) / box.height));
  xev.forget();
  await page.bringToFront();
  await viewer.focus();
  await page.keyboard.press('KeyW');
  await expect.poll(() => xev.short(), { message: 'the element still has a keyboard' }).toEqual(['+w', '-w']);

  await popup.close();
  await expect(screen(page, 1)).toBeVisible();
  await server.exec('xsetroot', '-solid', '#306030');
  await expect
    .poll(async () => (await canvasDigest(page, 1)) === heldDigest(await part()), { timeout: 20_000 })
    .toBe(true);
});

test('windows close with the session, say when their display is off, and show it again', async ({
  page,
  xspice,
  connect,
}) => {
  const { server, viewer } = await twoHeads(xspice, connect);
  const popup = await openDisplay(viewer, 1);
  await server.exec('xrandr', '--output', 'qxl-1', '--off');
  await expect(popup.getByRole('status')).toHaveText('Display 2 is off.');
  await expect(screen(popup, 1)).toHaveCount(0);
  await server.exec('xrandr', '--output', 'qxl-1', '--auto', '--right-of', 'qxl-0');
  await expect(screen(popup, 1)).toBeVisible();
  await expect(popup.getByRole('status')).toHaveText('');
  const closed = popup.waitForEvent('close');
  await viewer.evaluate((element) => element.disconnect());
  await closed;
  expect(page.isClosed()).toBe(false);
});

test('windows outlive a session that breaks and comes back', async ({
  xspice,
  bridge,
  open,
  owned,
  page,
}) => {
  const server = await xspice({ agent: true, heads: 2, openbox: false });
  const tunnel = await bridge({ server: `spice://127.0.0.1:${server.port}` });
  const relay = owned(await startCuttableRelay(Number(new URL(tunnel.url).port)));
  const pageUrl: typeof tunnel.pageUrl = (target, query) => {
    const url = new URL(tunnel.pageUrl(target, query));
    url.port = String(relay.port);
    return url.href;
  };
  const viewer = await open({ ...tunnel, pageUrl }, 'server');
  await viewer.waitConnected();
  await arrangeHeads(viewer);
  const popup = await openDisplay(viewer, 1);
  relay.cut({ refuse: true });
  await viewer.waitForState('reconnecting');
  await expect(popup.getByRole('status')).toHaveText('Reconnecting…');
  await expect(screen(popup, 1)).toBeVisible();
  relay.heal();
  await viewer.waitConnected();
  await expect(popup.getByRole('status')).toHaveText('');
  await server.exec('xsetroot', '-solid', '#205080');
  const part = async () => crop(await server.screenshot(), right.x, right.y, right.width, right.height);
  await expect
    .poll(async () => (await canvasDigest(popup, 1)) === heldDigest(await part()), { timeout: 20_000 })
    .toBe(true);
  const box = await boxOf(popup, 1);
  await popup.mouse.move(box.x + 10, box.y + 10);
  await expect.poll(async () => (await pointer(server)).startsWith('10')).toBe(true);
  await popup.close();
  await expect(screen(page, 1)).toBeVisible();
});

test('with resize-session each window’s display has its window’s size', async ({ page, xspice, connect }) => {
  const { server, viewer } = await twoHeads(xspice, connect, { 'resize-session': '1' });
  await page.setViewportSize({ width: 1104, height: 620 });
  const popup = await openDisplay(viewer, 1);
  for (let step = 1; step <= 10; step++) {
    await popup.setViewportSize({ width: 640 + step * 16, height: 440 + step * 10 });
    await page.setViewportSize({ width: 1104 - step * 8, height: 620 - step * 2 });
  }
  await expect
    .poll(() => viewer.evaluate(({ displays }) => displays), { timeout: 20_000 })
    .toEqual([
      { id: 0, width: 1024, height: 600, x: 0, y: 0 },
      { id: 1, width: 800, height: 540, x: 1024, y: 0 },
    ]);
  await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
  for (const [display, at] of [page, popup].entries()) {
    const head = await viewer.evaluate(({ displays }, id) => displays[id], display);
    await expect
      .poll(async () => {
        const picture = crop(await server.screenshot(), head.x, head.y, head.width, head.height);
        return (await canvasDigest(at, display)) === heldDigest(picture);
      })
      .toBe(true);
    const box = await boxOf(at, display);
    expect([box.width, box.height], 'pixel for pixel').toEqual([head.width, head.height]);
  }
});

test('a blocked window is told in words, one that is not there is a RangeError', async ({
  page,
  xspice,
  connect,
}) => {
  const { viewer } = await twoHeads(xspice, connect);
  await page.evaluate(() => {
    window.open = () => null;
  });
  expect(await viewer.evaluate((element) => element.openDisplay(1) === undefined)).toBe(true);
  expect(await viewer.visibleText()).toContain('The browser blocked the window for display 2.');
  const errors = (await viewer.events()).map(({ type, detail }) => ({ type, ...(detail as object) }));
  expect(errors.filter((error) => 'kind' in error && error.kind === 'popup')).toHaveLength(1);
  expect(
    await viewer.evaluate((element) => {
      try {
        element.openDisplay(7);
      } catch (error) {
        return error instanceof RangeError ? error.message : 'another error';
      }
      return 'no error';
    }),
  ).toBe('The guest has no display 7.');
  await expect(screen(page, 1)).toBeVisible();
});
