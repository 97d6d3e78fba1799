import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countColours, pixelsOfPng, type Pixels } from '../../servers/pixels.ts';
import { until } from '../../servers/process.ts';
import type { QemuOptions } from '../../servers/qemu.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { waitForShown } from './shown.ts';
import { startTap } from './tap.ts';

needs('chromium', 'qemu');

/** Each with the kind of image that must have come. */
const cases: Record<string, QemuOptions & { image: string }> = {
  off: { compression: 'off', image: 'bitmap' },
  lz: { compression: 'lz', image: 'lzRgb' },
  quic: { compression: 'quic', image: 'quic' },
  glz: { compression: 'glz', image: 'glzRgb' },
  auto_lz: { compression: 'auto_lz', image: 'lzRgb' },
  auto_glz: { compression: 'auto_glz', image: 'glzRgb' },
  'auto_glz, JPEG and zlib over slow networks': {
    compression: 'auto_glz',
    image: 'zlibGlzRgb',
    spice: ['jpeg-wan-compression=always', 'zlib-glz-wan-compression=always'],
  },
};

for (const [name, { image, ...options }] of Object.entries(cases)) {
  test(`QEMU, image compression ${name}: every pixel`, async ({ owned, qemu, connect }) => {
    const machine = await qemu({ ...options, bootMenu: 0 });
    const tap = owned(await startTap(machine.port));
    const viewer = await connect(tap.port);
    const same = (what: string) => waitForShown(what, viewer, machine.screenshot);

    await until('the guest to echo', async () => {
      await machine.sendKey('a');
      return countColours(await machine.screenshot()) > 1;
    });
    for (const key of [...'spice0123456789', ...Array<string>(30).fill('ret'), 'x'])
      await machine.sendKey(key);
    await until('the last key', () =>
      machine
        .debugConsole()
        .toString()
        .endsWith(`${'\r'.repeat(30)}x`),
    );
    await same('text that has scrolled');
    await machine.sendKey('g');
    await until('the graphics mode', async () => countColours(await machine.screenshot()) > 200);
    const graphics = await same('256 colours of VGA mode 13h');
    expect([graphics.width, graphics.height]).toEqual([640, 400]);
    expect(tap.seen.get(`image:${image}`) ?? 0, `images of kind ${image} (${tap.summary()})`).toBeGreaterThan(
      0,
    );
    test.info().annotations.push({ type: 'messages', description: tap.summary() });
  });
}

/** A display channel beside the first, and what it shows without a guest system: QXL nothing, VGA a notice. */
const seconds = { qxl: ['qxl,id=second', 0], 'secondary-vga': ['secondary-vga,id=second', 1] } as const;

for (const [name, [device, pictures]] of Object.entries(seconds)) {
  test(`QEMU with a second device ${name}: two display channels, each with its own picture`, async ({
    qemu,
    connect,
  }) => {
    const machine = await qemu({ args: ['-device', device] });
    const viewer = await connect(machine.port);
    const second = async (): Promise<Pixels> => {
      const filename = join(machine.dir, 'second.png');
      await machine.qmp.execute('screendump', { filename, format: 'png', device: 'second' });
      return pixelsOfPng(readFileSync(filename));
    };
    await until('the firmware', async () => countColours(await machine.screenshot()) > 1);
    const first = await waitForShown('the first device', viewer, machine.screenshot);
    const stats = await viewer.evaluate((element) => element.getStats());
    expect(Object.keys(stats.channels)).toEqual(expect.arrayContaining(['display:0', 'display:1']));
    const expected = [{ id: 0, width: first.width, height: first.height }];
    if (pictures > 0) {
      const picture = await waitForShown('the second device', viewer, second, { display: 1 });
      expect(countColours(picture), 'the notice').toBeGreaterThan(1);
      expected.push({ id: 1, width: picture.width, height: picture.height });
    }
    expect(await viewer.evaluate((element) => element.displays)).toMatchObject(expected);
  });
}
