import { expect, needs, test } from './lib/fixtures.ts';
import { waitForEqual } from './lib/compare.ts';
import { makePhotograph, openWindow, place, xterm } from './lib/desktop.ts';
import { countColours } from '../servers/pixels.ts';
import type { XspiceOptions } from '../servers/xspice.ts';

needs('chromium', 'xspice');

const cases: XspiceOptions[] = [
  { compression: 'off' },
  { compression: 'lz' },
  { compression: 'quic' },
  { compression: 'auto_lz' },
  { compression: 'glz' },
  { compression: 'auto_glz' },
  { compression: 'glz', zlibGlzWan: 'always' },
];

for (const options of cases) {
  const name = `${options.compression}${options.zlibGlzWan === 'always' ? ' with zlib' : ''}`;
  test(`image compression ${name}: the desktop is shown in every pixel`, async ({ xspice, connect }) => {
    const server = await xspice(options);
    const viewer = await connect(server.port);
    const same = (what: string) => waitForEqual(what, () => viewer.pixels(), server.screenshot);

    await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
    await same('the patterned root window');

    const text = await xterm(server, 'scrolling', 'seq 1 5000', '-geometry', '60x20+20+20');
    const colours =
      'for i in $(seq 1 60); do printf "\\033[3$((i%8));4$(((i/8)%8))m line $i \\033[0m %s\\n" $i; done';
    await xterm(
      server,
      'colours',
      colours,
      '-geometry',
      '50x30+420+180',
      '-fa',
      'DejaVu Sans Mono',
      '-fs',
      '11',
    );
    await same('terminals with scrolled text');

    const icons = await openWindow(server, 'Icon Browser', 'gtk3-icon-browser');
    await place(server, icons, { x: 40, y: 60, width: 640, height: 480 });
    await same('the icon browser');

    const demo = await openWindow(server, 'Application Class', 'gtk3-demo');
    await place(server, demo, { x: 200, y: 120, width: 720, height: 520 });
    for (let step = 0; step < 12; step++) {
      await server.exec('xdotool', 'windowmove', demo, `${200 + step * 17}`, `${120 - step * 9}`);
    }
    const full = await same('the demo window, moved over the others');
    expect(countColours(full), 'a picture worth comparing').toBeGreaterThan(500);

    const photo = await makePhotograph(server, { width: 500, height: 380, seed: 7 });
    const picture = await openWindow(server, 'photo-7', 'display', '-title', 'photo-7', photo);
    await place(server, picture, { x: 480, y: 330, width: 500, height: 380 });
    await same('a photograph');

    const drawings = [
      '-rect100',
      '-tilerect100',
      '-orect100',
      '-circle100',
      '-line100',
      '-dline100',
      '-seg100',
    ];
    const copies = ['-copywinwin100', '-copypixwin100', '-scroll100', '-putimage100', '-ftext', '-aa10text'];
    await server.exec('x11perf', '-repeat', '1', '-reps', '10', ...drawings, ...copies);
    await same('what x11perf leaves behind');

    await server.exec('xdotool', 'windowclose', demo);
    await server.exec('xdotool', 'windowmove', icons, '300', '250', 'windowactivate', text);
    await same('after one window closed and another moved');
  });
}
