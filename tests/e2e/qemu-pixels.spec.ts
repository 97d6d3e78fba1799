import { needs, test } from './lib/fixtures.ts';
import { waitForEqual } from './lib/compare.ts';
import { countColours, type Pixels } from '../servers/pixels.ts';
import { until } from '../servers/process.ts';

needs('chromium', 'qemu');

const blank: Pixels = { width: 0, height: 0, rgba: new Uint8Array() };

function same(a: Pixels, b: Pixels) {
  return a.width === b.width && Buffer.from(a.rgba).equals(b.rgba);
}

for (const vga of ['qxl', 'std'] as const) {
  test(`QEMU with ${vga} graphics: firmware, boot menu and guest in every pixel`, async ({
    qemu,
    connect,
  }) => {
    const machine = await qemu({ vga, compression: vga === 'qxl' ? 'auto_glz' : 'auto_lz' });
    const viewer = await connect(machine.port);
    const shown = (what: string) => waitForEqual(what, () => viewer.pixels(), machine.screenshot);
    /** Waits for a picture other than `before` that stands still. */
    const settled = async (what: string, before: Pixels) => {
      let last = before;
      return until(
        what,
        async () => {
          const previous = last;
          last = await machine.screenshot();
          return !same(last, before) && same(last, previous) && last;
        },
        { interval: 500 },
      );
    };

    const firmware = await settled('the firmware to wait for its menu', blank);
    await shown('the firmware');
    await machine.sendKey('esc');
    const menu = await settled('the boot menu', firmware);
    await shown('the boot menu');
    await machine.sendKey('1');
    await settled('the guest', menu);
    await viewer.focus();
    for (const code of ['KeyH', 'KeyE', 'KeyL', 'KeyL', 'KeyO', 'Enter'])
      await viewer.page.keyboard.press(code);
    for (let line = 0; line < 30; line++) await machine.sendKey('a', 'ret');
    // The menu's own Enter is not the guest's.
    await until('the last line', () => machine.debugConsole().toString() === `hello\r${'a\r'.repeat(30)}`);
    await shown('text typed into the guest');

    await machine.sendKey('g');
    await until('the graphics mode', async () => countColours(await machine.screenshot()) > 200);
    await shown('256 colours of VGA mode 13h');
  });
}
