/** A clip in a window of an Xspice server, and the streams that a viewer has of it. */
import type { SpiceStats, VideoStreamNumbers } from '../../../web/api/public-types.ts';
import { until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';
import type { Viewer } from '../lib/viewer.ts';
import type { Box } from './psnr.ts';

export function stats(viewer: Viewer): Promise<SpiceStats> {
  return viewer.evaluate((element) => element.getStats());
}

export async function streams(viewer: Viewer): Promise<readonly VideoStreamNumbers[]> {
  return (await stats(viewer)).streams;
}

export interface Clip {
  pattern: string;
  width?: number;
  height?: number;
  fps?: number;
}

/** Plays a test pattern in a window and tells where the picture is. */
export async function play(server: Xspice, { pattern, width = 640, height = 480, fps = 25 }: Clip) {
  const caps = `video/x-raw,width=${width},height=${height},framerate=${fps}/1`;
  const source = ['videotestsrc', 'is-live=true', `pattern=${pattern}`, '!', caps];
  const player = server.spawn('gst-launch-1.0', '-q', ...source, '!', 'ximagesink');
  const id = await until(
    'the player’s window',
    async () =>
      (await server.exec('xdotool', 'search', '--onlyvisible', '--name', 'gst-launch')).trim() || undefined,
    { owner: player },
  );
  const window = id.split('\n')[0] as string;
  await server.exec('xdotool', 'windowmove', '--sync', window, '100', '80');
  const box = async (): Promise<Box> => {
    const text = await server.exec('xdotool', 'getwindowgeometry', '--shell', window);
    const number = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(text)?.[1]);
    return { x: number('X'), y: number('Y'), width: number('WIDTH'), height: number('HEIGHT') };
  };
  return { player, window, box };
}
