/** Pictures and video of a Debian guest, as QEMU sends them. */
import type { VideoStreamNumbers } from '../../web/api/public-types.ts';
import { waitForShown } from '../e2e/display/shown.ts';
import { countColours } from '../servers/pixels.ts';
import { until } from '../servers/process.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();

const long = { timeout: 90_000 };

test('a terminal that scrolls, auto_glz: every pixel', async ({ vm, connect }) => {
  const guest = await vm({ compression: 'auto_glz' });
  const viewer = await connect(guest.port, { 'resize-session': '0' });
  const before = await waitForShown('the desktop', viewer, guest.screendump, long);
  const fresh = '-title second -geometry 100x30+200+150 -bg "#102030" -fg "#e0d0c0"';
  await guest.spawn(`xterm ${fresh} -e sh -c 'seq 1 400; touch /tmp/written; exec sleep 10000'`);
  await until('the text', async () => (await guest.run('test -e /tmp/written')).code === 0, long);
  await guest.exec('xdotool search --sync --onlyvisible --name second windowactivate --sync');
  const after = await waitForShown('a terminal that has scrolled', viewer, guest.screendump, long);
  expect(countColours(after)).toBeGreaterThan(countColours(before));
});

/** The codec that QEMU takes by itself, and one that it takes when the viewer asks for it. */
for (const codec of ['mjpeg', 'vp8'] as const) {
  test(`${codec} streams of QEMU, and exact pixels again afterwards`, async ({ vm, connect }) => {
    const guest = await vm({ streamingVideo: 'all' });
    // Programs start slowly in the guest: the clip runs before the viewer comes.
    const caps = 'video/x-raw,width=320,height=240,framerate=15/1';
    await guest.spawn(
      `exec gst-launch-1.0 -q videotestsrc is-live=true pattern=ball ! ${caps} ! ximagesink sync=false`,
    );
    await guest.exec('xdotool search --sync --onlyvisible --name gst-launch');
    const viewer = await connect(guest.port, {
      'resize-session': '0',
      ...(codec === 'mjpeg' ? {} : { 'video-codecs': codec }),
    });
    const streams = async (): Promise<readonly VideoStreamNumbers[]> => {
      const stats = await viewer.evaluate((element) => element.getStats());
      return stats.streams;
    };
    await expect
      .poll(async () => (await streams()).find((one) => one.codec === codec)?.framesPresented ?? 0, {
        ...long,
        message: 'frames of the stream',
      })
      .toBeGreaterThan(20);
    await guest.exec('pkill -x gst-launch-1.0');
    await waitForShown('the desktop without the clip', viewer, guest.screendump, long);
    await expect.poll(streams, { ...long, message: 'the stream is over' }).toEqual([]);
  });
}
