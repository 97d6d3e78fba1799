/** Pointer and keyboard on a Debian desktop. */
import type { Viewer } from '../e2e/lib/viewer.ts';
import type { Vm } from '../servers/vm.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();

const long = { timeout: 60_000 };

function mouseMode(viewer: Viewer, mode: string) {
  return expect.poll(() => viewer.evaluate((element) => element.mouseMode), long).toBe(mode);
}

/** As `640,480`. */
async function pointer(guest: Vm): Promise<string> {
  return (
    /x:(-?\d+) y:(-?\d+)/
      .exec(await guest.exec('xdotool getmouselocation'))
      ?.slice(1)
      .join(',') ?? ''
  );
}

/**
 * What the agent's tablet says, as `640,480`: the newest of its events (struct input_event: 16 bytes of time, u16 type,
 * u16 code, s32 value; type 3 is EV_ABS, its codes 0 and 1 are X and Y).
 */
async function tablet(guest: Vm) {
  await guest.exec('touch /tmp/tablet');
  await guest.spawn(
    `cat /dev/input/$(grep -A5 -i 'vdagent tablet' /proc/bus/input/devices | grep -o 'event[0-9]*') >> /tmp/tablet`,
  );
  return async (): Promise<string> => {
    const rows = (await guest.exec('od -An -v -tu2 -w24 /tmp/tablet')).trim().split('\n');
    const at: (number | undefined)[] = [undefined, undefined];
    for (const row of rows) {
      const words = row.trim().split(/\s+/).map(Number);
      const [type, code = NaN, low = NaN] = words.slice(8);
      if (type === 3 && code < 2) at[code] = low;
    }
    return at.join(',');
  };
}

test('with the agent the pointer is exact to a pixel', async ({ vm, connect }) => {
  const guest = await vm();
  const viewer = await connect(guest.port, { scale: 'real', 'resize-session': '0' });
  await mouseMode(viewer, 'client');
  const box = await viewer.canvas.boundingBox();
  if (!box) throw new Error('the screen is not shown');
  const tabletAt = await tablet(guest);
  let step = 0;
  await expect
    .poll(async () => {
      // Until the guest has begun to read it.
      step++;
      await viewer.page.mouse.move(box.x + 100 + (step % 50), box.y + 100 + (step % 50));
      return tabletAt();
    }, long)
    .toMatch(/^\d+,\d+$/);
  for (const [x, y] of [
    [300, 200],
    [7, 9],
    [511, 383],
  ] as const) {
    await viewer.page.mouse.move(box.x + x, box.y + y);
    await expect.poll(tabletAt, long).toBe(`${x},${y}`);
    // What comes to the guest is exact. Its X may make it the pixel before: the libinput driver scales the tablet to
    // 0xffffff steps, X takes them for 0x1000000, and what comes of it, 299.99998 for 300, is rounded down.
    const error = async () => {
      const [gx = NaN, gy = NaN] = (await pointer(guest)).split(',').map(Number);
      return Math.max(Math.abs(gx - x), Math.abs(gy - y));
    };
    await expect.poll(error, long).toBeLessThanOrEqual(1);
  }
});

test('without the agent’s mouse the pointer is the guest’s own', async ({ vm, connect }) => {
  const guest = await vm({ spiceOptions: ['agent-mouse=off'] });
  const viewer = await connect(guest.port, { scale: 'real', 'resize-session': '0' });
  await mouseMode(viewer, 'server');
  await expect.poll(() => viewer.evaluate((element) => element.agentConnected), long).toBe(true);
  const box = await viewer.canvas.boundingBox();
  if (!box) throw new Error('the screen is not shown');
  const { page } = viewer;
  const middle = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  await guest.exec('xset m 1/1 0; xdotool mousemove 400 300');
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.click(middle.x, middle.y);
  await expect
    .poll(() => page.evaluate(() => document.pointerLockElement !== null), {
      message: 'the pointer is locked after a click',
    })
    .toBe(true);
  // A relative mouse is accelerated by the guest: only directions are certain.
  await page.mouse.move(middle.x + 60, middle.y);
  await expect.poll(async () => Number((await pointer(guest)).split(',')[0]), long).toBeGreaterThan(400);
  await page.mouse.move(middle.x + 60, middle.y - 60);
  await expect.poll(async () => Number((await pointer(guest)).split(',')[1]), long).toBeLessThan(300);
});

test('lock keys: the guest’s LEDs', async ({ vm, connect }) => {
  const guest = await vm();
  const viewer = await connect(guest.port);
  await viewer.focus();
  const leds = async (): Promise<string[]> => {
    const text = await guest.exec('xset q');
    return ['Caps Lock', 'Num Lock'].filter((name) => new RegExp(`${name}:\\s+on`).test(text));
  };
  expect(await leds()).toEqual([]);
  await viewer.evaluate((element) => {
    element.sendKey('CapsLock', true);
    element.sendKey('CapsLock', false);
  });
  await expect.poll(leds, long).toEqual(['Caps Lock']);
  await viewer.evaluate((element) => {
    element.sendKey('CapsLock', true);
    element.sendKey('CapsLock', false);
  });
  await expect.poll(leds, long).toEqual([]);
});
