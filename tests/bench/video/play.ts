/** A server that plays a clip. */
import { until } from '../../servers/process.ts';
import { startXspice } from '../../servers/xspice.ts';
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
  const server = await startXspice({
    width: size.width + 80,
    height: size.height + 80,
    streaming: 'all',
    videoCodecs: codec,
    openbox: false,
  });
  try {
    const options = ['--no-config', '--vo=x11', '--no-audio', '--loop=inf', '--no-osc', '--osd-level=0'];
    const place = [
      '--no-border',
      '--geometry=+40+40',
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
