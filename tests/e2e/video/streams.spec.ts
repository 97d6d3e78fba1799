import type { Pixels } from '../../servers/pixels.ts';
import { compare, waitForEqual } from '../lib/compare.ts';
import { xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { play, streams } from './clip.ts';
import { inStudioRange, psnr } from './psnr.ts';

needs('chromium', 'xspice', 'gstreamer');

for (const [codec, name] of [
  ['spice:mjpeg', 'mjpeg'],
  ['gstreamer:mjpeg', 'mjpeg'],
  ['gstreamer:vp8', 'vp8'],
  ['gstreamer:vp9', 'vp9'],
  ['gstreamer:h264', 'h264'],
] as const) {
  test(`${codec}: the stream is shown as the server draws it, and the desktop is exact again afterwards`, async ({
    xspice,
    connect,
  }) => {
    // `filter` would look for gradual pictures, which colour bars are not.
    const server = await xspice({ streaming: 'all', videoCodecs: codec });
    await server.exec('xsetroot', '-mod', '16', '12', '-fg', '#204060', '-bg', '#88aacc');
    const viewer = await connect(server.port);
    const { player, box } = await play(server, { pattern: 'smpte75' });
    await expect
      .poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(50);
    const before = (await streams(viewer))[0];
    expect(before).toMatchObject({ codec: name });
    expect(before.bytes).toBeGreaterThan(1000);
    const [expected, actual] = [await server.screenshot(), await viewer.pixels()];
    const wanted = codec === 'gstreamer:mjpeg' ? inStudioRange(expected) : expected;
    const quality = psnr(actual, wanted, await box());
    const after = (await streams(viewer))[0];
    expect(quality, 'PSNR in dB').toBeGreaterThan(30);
    expect(after.framesPresented, 'it goes on').toBeGreaterThan(before.framesPresented);
    // How many are shown in time depends on the machine (npm run bench -- video); that each is counted once does not.
    const waiting = after.framesReceived - after.framesPresented - after.framesDropped;
    expect(waiting, 'frames neither shown nor dropped').toBeGreaterThanOrEqual(0);
    expect(waiting, 'frames neither shown nor dropped').toBeLessThan(32);

    await player.stop();
    await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
    // The server ends a stream a while after its last frame.
    await expect.poll(() => streams(viewer)).toEqual([]);
    const stats = await viewer.evaluate((element) => element.getStats());
    expect(stats.openVideoFrames, 'video frames not closed').toBe(0);
    const errors = (await viewer.events()).filter(({ type }) => type === 'error');
    expect(errors.filter(({ detail }) => (detail as { kind: string }).kind !== 'server')).toEqual([]);
  });
}

test('the codec follows the viewer’s wish, where the server would choose another', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ streaming: 'all', videoCodecs: 'spice:mjpeg;gstreamer:vp9;gstreamer:vp8' });
  const viewer = await connect(server.port, { 'video-codecs': 'vp8,mjpeg', stats: '1' });
  await play(server, { pattern: 'ball' });
  await expect.poll(async () => (await streams(viewer))[0]?.codec, { timeout: 20_000 }).toBe('vp8');
  const overlay = viewer.page.locator('spice-viewer [part~="stats"]');
  await expect(overlay).toContainText('vp8 software 640×480');
  await expect(overlay).toContainText(/[1-9]\d* fps/);

  await viewer.evaluate((element) => element.setAttribute('video-codecs', 'vp9'));
  await expect.poll(async () => (await streams(viewer))[0]?.codec, { timeout: 30_000 }).toBe('vp9');
});

test('a 720p clip with a window over it: nothing of the clip is painted over the window', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ width: 1440, height: 900, streaming: 'all', videoCodecs: 'gstreamer:vp8' });
  const viewer = await connect(server.port);
  await play(server, { pattern: 'ball', width: 1280, height: 720, fps: 30 });
  await expect
    .poll(async () => (await streams(viewer))[0]?.framesPresented ?? 0, { timeout: 20_000 })
    .toBeGreaterThan(30);
  await xterm(server, 'over', 'seq 1 2000', '-geometry', '50x20+400+300');
  const id = (await server.exec('xdotool', 'search', '--name', 'over')).trim().split('\n')[0];
  await server.exec('xdotool', 'windowactivate', '--sync', id);
  const text = await server.exec('xdotool', 'getwindowgeometry', '--shell', id);
  const number = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(text)?.[1]);
  const box = { x: number('X'), y: number('Y'), width: number('WIDTH'), height: number('HEIGHT') };
  const crop = (pixels: Pixels): Pixels => {
    const rgba = new Uint8Array(box.width * box.height * 4);
    for (let y = 0; y < box.height; y++) {
      const from = ((box.y + y) * pixels.width + box.x) * 4;
      rgba.set(pixels.rgba.subarray(from, from + box.width * 4), y * box.width * 4);
    }
    return { width: box.width, height: box.height, rgba };
  };
  const same = (what: string) =>
    waitForEqual(
      what,
      async () => crop(await viewer.pixels()),
      async () => crop(await server.screenshot()),
    );
  await same('the terminal over the clip');
  const shown = async (): Promise<number> => (await streams(viewer))[0]?.framesPresented ?? 0;
  const moreAreShown = async (count: number): Promise<void> => {
    const before = await shown();
    await expect
      .poll(shown, { message: 'the clip goes on', timeout: 30_000 })
      .toBeGreaterThan(before + count);
  };
  for (let i = 0; i < 5; i++) {
    await moreAreShown(5);
    const [actual, expected] = [crop(await viewer.pixels()), crop(await server.screenshot())];
    expect(compare(actual, expected).count, 'pixels of the terminal that differ').toBe(0);
  }
  await moreAreShown(30);
});
