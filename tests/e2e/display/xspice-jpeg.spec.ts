import type { Pixels } from '../../servers/pixels.ts';
import { until } from '../../servers/process.ts';
import { compare } from '../lib/compare.ts';
import { openWindow, xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { crop, psnr, startXspiceWithSurfaces } from './drawing.ts';
import { canvasPixels, waitForShown } from './shown.ts';
import { startTap } from './tap.ts';

needs('chromium', 'xspice');

function same(a: Pixels, b: Pixels) {
  return compare(a, b).count === 0;
}

/** The desktop: text on the left, a photograph on the right, nothing of one over the other. */
const photo = { x: 620, y: 100, width: 640, height: 480 };
const text = { x: 0, y: 0, width: 600, height: 768 };

for (const zlibGlzWan of ['never', 'always'] as const) {
  test(`JPEG over slow networks, zlib ${zlibGlzWan}: lossy only in pictures, within JPEG's own error`, async ({
    owned,
    connect,
  }) => {
    const options = { width: 1280, height: 800, compression: 'auto_glz', jpegWan: 'always' } as const;
    // Without a window manager: the gradients of its title bars would be JPEGs too.
    const server = owned(await startXspiceWithSurfaces({ ...options, zlibGlzWan, openbox: false }));
    const tap = owned(await startTap(server.port));
    const viewer = await connect(tap.port);
    const jpegs = () => (tap.seen.get('image:jpeg') ?? 0) + (tap.seen.get('image:jpegAlpha') ?? 0);
    /** Both pictures once neither changes any more. */
    const settled = async (what: string): Promise<{ actual: Pixels; expected: Pixels }> => {
      let before: Pixels | undefined;
      return until(
        what,
        async () => {
          const expected = await server.screenshot();
          const actual = await viewer.pixels();
          const still = before !== undefined && same(actual, before);
          before = actual;
          if (!still || !same(expected, await server.screenshot())) return undefined;
          return same(actual, await canvasPixels(viewer, 0)) && { actual, expected };
        },
        { interval: 400, timeout: 30_000 },
      );
    };

    await server.exec('xsetroot', '-solid', '#336699');
    await xterm(server, 'scrolling', 'seq 1 3000', '-geometry', '80x40+10+10');
    // Less noisy than most photographs of the tests: noise is what JPEG takes away.
    const file = `${server.dir}/photo.png`;
    const plasma = `-seed 5 -size 160x120 plasma: -resize ${photo.width}x${photo.height}! -attenuate 0.15 +noise Gaussian`;
    await server.exec('convert', ...plasma.split(' '), '-depth', '8', file);
    const id = await openWindow(server, 'photo-5', 'display', '-title', 'photo-5', file);
    await server.exec('xdotool', 'windowmove', id, `${photo.x}`, `${photo.y}`);
    await until('a JPEG', () => jpegs() > 0);

    const shown = await settled('the photograph');
    const inText = [shown.actual, shown.expected].map((one) =>
      crop(one, text.x, text.y, text.width, text.height),
    );
    expect(compare(inText[0], inText[1]).count, 'text stays exact').toBe(0);
    const inPhoto = [shown.actual, shown.expected].map((one) =>
      crop(one, photo.x, photo.y, photo.width, photo.height),
    );
    const quality = psnr(inPhoto[0], inPhoto[1]);
    const lossy = compare(inPhoto[0], inPhoto[1]).count;
    expect(lossy, 'JPEG is lossy').toBeGreaterThan(0);
    expect(quality, 'decibels within the photograph').toBeGreaterThan(30);

    // A window over the picture, and copies of it: what is lossy stays that, and nothing else becomes it.
    for (let step = 1; step <= 15; step++) {
      await server.exec('xdotool', 'windowmove', id, `${photo.x + step}`, `${photo.y + step * 9}`);
    }
    const moved = await settled('the photograph moved');
    expect(psnr(moved.actual, moved.expected), 'decibels after it was moved').toBeGreaterThan(30);

    await server.exec('xdotool', 'windowclose', id);
    await waitForShown('what the photograph covered', viewer, server.screenshot);

    const description = `${lossy} pixels, ${quality.toFixed(1)} dB, ${tap.summary()}`;
    test.info().annotations.push({ type: 'JPEG', description });
  });
}
