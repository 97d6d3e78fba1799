/** A server that plays a clip. */
import { until } from '../../servers/process.ts';
import { startVm } from '../../servers/vm.ts';
import { startXspice } from '../../servers/xspice.ts';
import { ensureImage, whyNoVm } from '../../vm/lib/image.ts';
import { imageDirectory } from '../../vm/lib/recipe.ts';
import { makeClip, type ClipSize } from './clip.ts';
import type { Codec } from './figures.ts';

export interface PlayingServer {
  readonly port: number;
  /** The process that encodes. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** mpv on Xspice, as large as the clip, without controls and sound. The order of SpiceVideoCodecs decides the codec. */
export async function playOnXspice(codec: Codec, size: ClipSize): Promise<PlayingServer> {
  const file = await makeClip(size);
  // A size that the driver does not know would silently become 1024x768.
  const screen = size.height > 720 ? { width: 1920, height: 1200 } : { width: 1440, height: 900 };
  const server = await startXspice({
    ...screen,
    streaming: 'all',
    videoCodecs: codec,
    openbox: false,
  });
  try {
    const options = ['--no-config', '--vo=x11', '--no-audio', '--loop=inf', '--no-osc', '--osd-level=0'];
    const place = [
      '--no-border',
      '--geometry=+0+40',
      '--no-keepaspect-window',
      '--title=clip',
      '--sws-fast=yes',
    ];
    const player = server.spawn('mpv', ...options, ...place, file);
    await until('the player’s window', async () => (await server.exec('xwininfo', '-name', 'clip')) !== '', {
      owner: player,
    });
    return { port: server.port, pid: server.pid, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What a guest without hardware virtualisation manages to draw. */
export const GUEST_CLIP = { width: 320, height: 240, rate: 15 } as const;

/** A Debian guest in QEMU that plays a small test clip; undefined, after a line, where there is no guest. */
export async function playOnQemu(log: (line: string) => void): Promise<PlayingServer | undefined> {
  const missing = whyNoVm();
  if (missing !== undefined) {
    log(`video: QEMU left out, as the Debian guest ${missing}`);
    return undefined;
  }
  await ensureImage();
  const guest = await startVm(imageDirectory(), { streamingVideo: 'all' });
  try {
    const { width, height, rate } = GUEST_CLIP;
    const caps = `video/x-raw,width=${width},height=${height},framerate=${rate}/1`;
    await guest.spawn(
      `exec gst-launch-1.0 -q videotestsrc is-live=true pattern=ball ! ${caps} ! ximagesink sync=false`,
    );
    await guest.exec('xdotool search --sync --onlyvisible --name gst-launch');
    return { port: guest.port, pid: guest.pid, stop: () => guest.stop() };
  } catch (error) {
    await guest.stop();
    throw error;
  }
}
