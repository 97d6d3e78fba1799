import { expect, needs, test } from './lib/fixtures.ts';
import type { Viewer } from './lib/viewer.ts';
import { Xev } from './lib/xev.ts';
import { sleep } from '../servers/process.ts';
import type { Xspice } from '../servers/xspice.ts';

needs('chromium', 'xspice');

const guest = { width: 1024, height: 768 };

async function pointer(server: Xspice): Promise<{ x: number; y: number }> {
  const [, x, y] = /x:(-?\d+) y:(-?\d+)/.exec(await server.exec('xdotool', 'getmouselocation')) ?? [];
  return { x: Number(x), y: Number(y) };
}

async function screenBox(viewer: Viewer) {
  const box = await viewer.canvas.boundingBox();
  if (!box) throw new Error('the screen is not shown');
  return box;
}

const clientMode = (viewer: Viewer) =>
  expect
    .poll(() => viewer.evaluate((element) => element.mouseMode), { timeout: 20_000, message: 'mouse mode' })
    .toBe('client');

const layouts = [
  { scale: 'fit', width: 1280, height: 900 },
  { scale: 'fit', width: 800, height: 500 },
  { scale: 'fit', width: 600, height: 900 },
  { scale: 'real', width: 1280, height: 900 },
  { scale: 'real', width: 700, height: 500 },
];

for (const { scale, width, height } of layouts) {
  test(`absolute positions are exact: scale ${scale}, window ${width}x${height}`, async ({
    page,
    xspice,
    connect,
  }) => {
    await page.setViewportSize({ width, height });
    const server = await xspice({ agent: true, openbox: false });
    const viewer = await connect(server.port, { scale, 'resize-session': '0' });
    await clientMode(viewer);
    const box = await screenBox(viewer);
    if (scale === 'real') expect(box).toMatchObject(guest);
    else
      expect(box.width / box.height, 'the aspect ratio is kept').toBeCloseTo(guest.width / guest.height, 1);
    let checked = 0;
    for (const [gx, gy] of [
      [512, 384],
      [0, 0],
      [1, 1],
      [1023, 767],
      [100, 300],
      [333, 211],
      [1022, 5],
      [7, 700],
    ] as const) {
      const x = Math.floor(box.x + ((gx + 0.5) * box.width) / guest.width);
      const y = Math.floor(box.y + ((gy + 0.5) * box.height) / guest.height);
      if (x < 0 || y < 0 || x >= width || y >= height || x < box.x || y < box.y) continue;
      checked++;
      await page.mouse.move(x, y);
      // The guest's pixel under the page's pixel (x, y); a fraction where the screen is scaled.
      const want = {
        x: ((x - box.x) * guest.width) / box.width,
        y: ((y - box.y) * guest.height) / box.height,
      };
      const error = async () => {
        const at = await pointer(server);
        return Math.max(Math.abs(at.x - want.x), Math.abs(at.y - want.y));
      };
      await expect
        .poll(error, { message: `the guest's pointer at ${want.x.toFixed(2)},${want.y.toFixed(2)}` })
        .toBeLessThan(scale === 'real' ? 0.5 : 1);
    }
    expect(checked).toBeGreaterThanOrEqual(3);
  });
}

test('every button, chord and wheel step arrives once, at its place', async ({ page, xspice, connect }) => {
  const server = await xspice({ agent: true, openbox: false });
  const viewer = await connect(server.port, { scale: 'real', 'resize-session': '0' });
  await clientMode(viewer);
  const xev = await Xev.start(server);
  const box = await screenBox(viewer);
  const at = { x: 400, y: 300 };
  await page.mouse.move(box.x + at.x, box.y + at.y);
  await expect.poll(() => pointer(server)).toEqual(at);

  for (const [button, number] of [
    ['left', 1],
    ['middle', 2],
    ['right', 3],
  ] as const) {
    xev.forget();
    await page.mouse.down({ button });
    await page.mouse.up({ button });
    await expect
      .poll(() => xev.short(), { message: `${button} button` })
      .toEqual([`+${number}`, `-${number}`]);
    expect(xev.events()[0]).toMatchObject({ rootX: at.x, rootY: at.y, state: 0 });
  }

  xev.forget();
  await page.mouse.down({ button: 'left' });
  await page.mouse.down({ button: 'right' });
  await page.mouse.up({ button: 'left' });
  await page.mouse.up({ button: 'right' });
  await expect.poll(() => xev.short(), { message: 'a chord' }).toEqual(['+1', '+3', '-1', '-3']);
  expect(xev.events().map((event) => event.state)).toEqual([0, 0x100, 0x500, 0x400]);

  xev.forget();
  await page.mouse.down();
  await page.mouse.move(box.x + 450, box.y + 350, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => xev.short(), { message: 'a drag' }).toEqual(['+1', '-1']);
  expect(xev.events()[1]).toMatchObject({ rootX: 450, rootY: 350 });

  for (const [deltaY, number] of [
    [120, 5],
    [-120, 4],
  ] as const) {
    xev.forget();
    await page.mouse.wheel(0, deltaY);
    await expect.poll(() => xev.short().length, { message: `wheel ${deltaY}` }).toBeGreaterThan(1);
    await sleep(300);
    expect(new Set(xev.short())).toEqual(new Set([`+${number}`, `-${number}`]));
  }
});

test('side buttons go to the guest and do not leave the page', async ({ page, xspice, connect }) => {
  const server = await xspice({ agent: true, openbox: false });
  await page.goto('about:blank');
  const viewer = await connect(server.port, { scale: 'real', 'resize-session': '0' });
  await clientMode(viewer);
  const xev = await Xev.start(server);
  const box = await screenBox(viewer);
  const url = page.url();
  const session = await page.context().newCDPSession(page);
  await page.mouse.move(box.x + 200, box.y + 200);
  await sleep(300);
  for (const [button, buttons, number] of [
    ['back', 8, 8],
    ['forward', 16, 9],
  ] as const) {
    xev.forget();
    const where = { x: box.x + 200, y: box.y + 200, button, clickCount: 1 };
    await session.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...where, buttons });
    await session.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...where, buttons: 0 });
    await expect
      .poll(() => xev.short(), { message: `${button} button` })
      .toEqual([`+${number}`, `-${number}`]);
  }
  expect(page.url()).toBe(url);
  expect(await viewer.state()).toBe('connected');
});

test('without an agent the mouse is relative, once the pointer is locked', async ({
  page,
  xspice,
  connect,
}) => {
  const server = await xspice({ openbox: false });
  // No acceleration: one mickey is one pixel.
  await server.exec('xset', 'm', '1/1', '0');
  const viewer = await connect(server.port, { scale: 'real' });
  await expect.poll(() => viewer.evaluate((element) => element.mouseMode)).toBe('server');
  const xev = await Xev.start(server);
  const box = await screenBox(viewer);
  const middle = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.click(middle.x, middle.y);
  const locked = () =>
    page.evaluate(() => {
      let at: Element | null = document.pointerLockElement;
      while (at?.shadowRoot?.pointerLockElement) at = at.shadowRoot.pointerLockElement;
      return at !== null;
    });
  await expect.poll(locked, { message: 'the pointer is locked after a click' }).toBe(true);
  await sleep(300);

  let here = { ...middle };
  let before = await pointer(server);
  for (const [dx, dy] of [
    [30, 20],
    [-50, 0],
    [0, -70],
    [11, 13],
    [1, 1],
  ] as const) {
    here = { x: here.x + dx, y: here.y + dy };
    await page.mouse.move(here.x, here.y);
    const want = { x: before.x + dx, y: before.y + dy };
    await expect.poll(() => pointer(server), { message: `moved by ${dx},${dy}` }).toEqual(want);
    before = want;
  }

  for (const [button, number] of [
    ['left', 1],
    ['middle', 2],
    ['right', 3],
  ] as const) {
    xev.forget();
    await page.mouse.down({ button });
    await page.mouse.up({ button });
    await expect
      .poll(() => xev.short(), { message: `${button} button` })
      .toEqual([`+${number}`, `-${number}`]);
    expect(xev.events()[0]).toMatchObject({ rootX: before.x, rootY: before.y });
  }
  xev.forget();
  await page.mouse.wheel(0, 120);
  await expect.poll(() => xev.short(), { message: 'wheel' }).toContain('+5');
});
