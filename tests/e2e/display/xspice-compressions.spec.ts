import { countColours } from '../../servers/pixels.ts';
import type { Xspice, XspiceOptions } from '../../servers/xspice.ts';
import { makePhotograph, openWindow, place, xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { freezeX11perf, sampleRendercheck, startXspiceWithSurfaces } from './drawing.ts';
import { waitForShown } from './shown.ts';
import { startTap } from './tap.ts';

needs('chromium', 'xspice');

/** Large enough for eight of x11perf's windows. */
const desktop = { width: 2560, height: 1600 };
const COLUMNS = 4;

/** Pages of x11perf tests. The first moves images and reads back what was drawn, so every compression gets it. */
const perfPages = [
  'putimage100 shmput100 copypixwin100 copywinwin100 scroll100 comppixwin100 aa24text tilerect100',
  'rect100 circle100 fcircle100 dline100 wline100 orect100 seg100 wdcircle100',
  'ftext f8itext polytext16 tr24text rgb10text aa10text ca24text copyplane100',
  'bigosrect100 eschertilerect100 tiletrap100 ostrap100 aatrapezoid100 complex100 64poly100complex triangle100',
  'magpixwin100 minpixwin100 compwinwin100 putimagexy100 shmputxy100 copywinpix100 copypixpix100 ellipse100',
].map((page) => page.split(' '));

interface Case {
  options: XspiceOptions;
  /** Kinds of images of which at least one must have come. */
  images: string[];
  everything?: boolean;
}

const cases: Record<string, Case> = {
  off: { options: { compression: 'off' }, images: ['bitmap'] },
  lz: { options: { compression: 'lz' }, images: ['lzRgb'] },
  quic: { options: { compression: 'quic' }, images: ['quic'] },
  glz: { options: { compression: 'glz' }, images: ['glzRgb'] },
  auto_lz: { options: { compression: 'auto_lz' }, images: ['lzRgb', 'quic'] },
  auto_glz: { options: { compression: 'auto_glz' }, images: ['glzRgb', 'quic'], everything: true },
  'glz with zlib': { options: { compression: 'glz', zlibGlzWan: 'always' }, images: ['zlibGlzRgb'] },
};

/** GTK's programs, moved over each other and scrolled. Gives the window that is on top. */
async function gtkSession(server: Xspice, same: (what: string) => Promise<unknown>): Promise<void> {
  const icons = await openWindow(server, 'Icon Browser', 'gtk3-icon-browser');
  await place(server, icons, { x: 40, y: 60, width: 1000, height: 700 });
  const demo = await openWindow(server, 'Application Class', 'gtk3-demo');
  await place(server, demo, { x: 700, y: 400, width: 1100, height: 800 });
  await same('gtk3-demo over the icon browser');
  for (let step = 1; step <= 20; step++) {
    await server.exec('xdotool', 'windowmove', demo, `${700 + step * 31}`, `${400 - step * 13}`);
  }
  await server.exec('xdotool', 'windowmove', icons, '400', '500', 'windowraise', icons);
  await same('windows moved');
  await server.exec(
    'xdotool',
    'windowactivate',
    '--sync',
    icons,
    'mousemove',
    '--window',
    icons,
    '700',
    '400',
  );
  for (const button of ['5', '5', '5', '5', '5', '4', '4']) await server.exec('xdotool', 'click', button);
  await same('the icon browser scrolled');
  await server.exec('xdotool', 'mousemove', '5', '5', 'windowclose', demo);
  await same('gtk3-demo closed');
}

async function photograph(server: Xspice, seed: number): Promise<void> {
  const file = await makePhotograph(server, { width: 900, height: 640, seed });
  const id = await openWindow(server, `photo-${seed}`, 'display', '-title', `photo-${seed}`, file);
  await place(server, id, { x: 1500, y: 800, width: 900, height: 640 });
}

for (const [name, { options, images, everything }] of Object.entries(cases)) {
  test(`compression ${name}, off-screen surfaces: every pixel`, async ({ owned, connect }) => {
    test.setTimeout(240_000);
    const server = owned(await startXspiceWithSurfaces({ ...desktop, ...options }));
    const tap = owned(await startTap(server.port));
    const viewer = await connect(tap.port);
    const same = (what: string) => waitForShown(what, viewer, server.screenshot, { timeout: 30_000 });

    await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
    await xterm(server, 'scrolling', 'seq 1 3000', '-geometry', '90x30+20+900');
    await gtkSession(server, same);
    await photograph(server, 3);
    const full = await same('a photograph');
    expect(countColours(full), 'a picture worth comparing').toBeGreaterThan(500);

    for (const page of everything ? perfPages : perfPages.slice(0, 1)) {
      const frozen = await freezeX11perf(server, page, COLUMNS);
      await same(`x11perf ${page[0]}`);
      await frozen.stop();
    }
    const sets = ['blend,composite,cacomposite', 'fill,scoords,mcoords,repeat,gradients,triangles'];
    for (const tests of everything ? sets : sets.slice(0, 1)) {
      await sampleRendercheck(server, tests, everything ? 4 : 2, 100, (sample) =>
        same(`rendercheck ${tests} ${sample}`),
      );
    }
    await same('what is left at the end');

    test.info().annotations.push({ type: 'messages', description: tap.summary() });
    for (const kind of [...images, 'surface']) {
      expect(tap.seen.get(`image:${kind}`) ?? 0, `images of kind ${kind} (${tap.summary()})`).toBeGreaterThan(
        0,
      );
    }
    for (const kind of ['copyBits', 'drawCopy', 'drawFill', 'surface:32', 'surface:96']) {
      expect(tap.seen.get(kind) ?? 0, `${kind} (${tap.summary()})`).toBeGreaterThan(0);
    }
    // A picture was never given up: that would have been an error event (`server` is what the server itself notifies).
    const errors = (await viewer.events()).filter(({ type }) => type === 'error');
    expect(errors.filter(({ detail }) => (detail as { kind: string }).kind !== 'server')).toEqual([]);
  });
}
