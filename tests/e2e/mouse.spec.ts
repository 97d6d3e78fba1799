import { expect, needs, test } from './lib/fixtures.ts';
import type { Viewer } from './lib/viewer.ts';
import { Xev } from './lib/xev.ts';
import { until } from '../servers/process.ts';
import type { Qemu } from '../servers/qemu.ts';
import type { Xspice } from '../servers/xspice.ts';

needs('chromium', 'qemu', 'xspice');

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

function clientMode(viewer: Viewer) {
  return expect
    .poll(() => viewer.evaluate((element) => element.mouseMode), { timeout: 20_000, message: 'mouse mode' })
    .toBe('client');
}

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
    // The other button is the fence: it comes after all that the wheel was.
    await page.mouse.click(box.x + 450, box.y + 350, { button: 'middle' });
    await expect.poll(() => xev.short().slice(-2), { message: `wheel ${deltaY}` }).toEqual(['+2', '-2']);
    expect(new Set(xev.short().slice(0, -2))).toEqual(new Set([`+${number}`, `-${number}`]));
  }
});

/** A PC without a tablet: its PS/2 mouse is relative, and its guest records every packet. */
async function connectPc(
  qemu: (options: { guest: 'mouse'; bootMenu: number }) => Promise<Qemu>,
  connect: (port: number, query: Record<string, string>) => Promise<Viewer>,
) {
  const machine = await qemu({ guest: 'mouse', bootMenu: 0 });
  const viewer = await connect(machine.port, { scale: 'real' });
  await expect.poll(() => viewer.evaluate((element) => element.mouseMode)).toBe('server');
  const nudge = { events: [{ type: 'rel', data: { axis: 'x', value: 1 } }] };
  await until('the guest to take the mouse', async () => {
    await machine.qmp.execute('input-send-event', nudge);
    return machine.debugConsole().length > 0;
  });
  let from = 0;
  /** Whole packets since `from`. */
  const packets = (): MousePacket[] => {
    const bytes = machine.debugConsole().subarray(from);
    return Array.from({ length: bytes.length >> 2 }, (_, index) => {
      const at = index * 4;
      const flags = bytes.readUInt8(at);
      const extra = bytes.readUInt8(at + 3);
      return {
        buttons: (flags & 7) | ((extra & 0x30) >> 1),
        dx: bytes.readUInt8(at + 1) - (flags & 0x10 ? 256 : 0),
        dy: (flags & 0x20 ? 256 : 0) - bytes.readUInt8(at + 2),
        wheel: ((extra & 0x0f) ^ 8) - 8,
      };
    });
  };
  const forget = () => {
    from = machine.debugConsole().length;
  };
  /** A fence: what was sent before the wheel turned has come before it. Empty packets may follow. */
  const turned = () =>
    expect
      .poll(() => packets().some(({ wheel }) => wheel !== 0), { message: 'a turn of the wheel' })
      .toBe(true);
  for (const down of [true, false]) {
    const turn = { type: 'btn', data: { button: 'wheel-down', down } };
    await machine.qmp.execute('input-send-event', { events: [turn] });
  }
  await turned();
  forget();

  const { page } = viewer;
  await expect(viewer.canvas).toBeVisible();
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
  await page.mouse.wheel(0, 120);
  await turned();
  expect(
    packets().filter(({ buttons }) => buttons > 0),
    "the click that takes the pointer is not the guest's",
  ).toEqual([]);
  forget();
  return {
    viewer,
    page,
    middle,
    packets,
    forget,
    moved: () => packets().reduce((sum, { dx, dy }) => ({ x: sum.x + dx, y: sum.y + dy }), { x: 0, y: 0 }),
    /** The button masks that the guest saw, without repetitions. */
    buttons: () =>
      packets()
        .map(({ buttons }) => buttons)
        .filter((mask, index, all) => mask !== (all[index - 1] ?? 0)),
  };
}

interface MousePacket {
  /** left 1, right 2, middle 4, side 8, extra 16 */
  buttons: number;
  dx: number;
  /** Downwards. */
  dy: number;
  wheel: number;
}

test('without a tablet the mouse is relative, once the pointer is locked', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  let here = pc.middle;
  for (const [dx, dy] of [
    [30, 20],
    [-50, 0],
    [0, -70],
    [11, 13],
    [1, 1],
    [-1, 0],
  ] as const) {
    pc.forget();
    here = { x: here.x + dx, y: here.y + dy };
    await pc.page.mouse.move(here.x, here.y);
    await expect.poll(pc.moved, { message: `moved by ${dx},${dy}` }).toEqual({ x: dx, y: dy });
  }
});

test('relative mode: every button, side button, chord and wheel step arrives once', async ({
  qemu,
  connect,
}) => {
  const pc = await connectPc(qemu, connect);
  const { page } = pc;
  for (const [button, mask] of [
    ['left', 1],
    ['right', 2],
    ['middle', 4],
  ] as const) {
    pc.forget();
    await page.mouse.down({ button });
    await page.mouse.up({ button });
    await expect.poll(pc.buttons, { message: `${button} button` }).toEqual([mask, 0]);
  }

  pc.forget();
  await page.mouse.down({ button: 'left' });
  await page.mouse.down({ button: 'right' });
  await page.mouse.up({ button: 'left' });
  await page.mouse.up({ button: 'right' });
  await expect.poll(pc.buttons, { message: 'a chord' }).toEqual([1, 3, 2, 0]);

  const url = page.url();
  const session = await page.context().newCDPSession(page);
  for (const [button, buttons, mask] of [
    ['back', 8, 8],
    ['forward', 16, 16],
  ] as const) {
    pc.forget();
    const where = { ...pc.middle, button, clickCount: 1 };
    await session.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...where, buttons });
    await session.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...where, buttons: 0 });
    await expect.poll(pc.buttons, { message: `${button} button` }).toEqual([mask, 0]);
  }
  expect(page.url(), 'the page was not left').toBe(url);
  expect(await pc.viewer.state()).toBe('connected');

  for (const deltaY of [120, -120]) {
    pc.forget();
    await page.mouse.wheel(0, deltaY);
    const turned = () => pc.packets().reduce((sum, { wheel }) => sum + wheel, 0);
    await expect.poll(turned, { message: `wheel ${deltaY}` }).toBe(Math.sign(deltaY));
  }
});
