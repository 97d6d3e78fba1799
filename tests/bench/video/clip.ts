/** What is played: a film-like clip, made once by ffmpeg and kept outside the repository. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execFileAsync } from '../../servers/process.ts';

export interface ClipSize {
  readonly width: number;
  readonly height: number;
}

export const CLIP_RATE = 30;
const SECONDS = 10;

/**
 * The camera moves over a cloudy picture with some grain, thirty frames a second. Cheap to decode, as the player shares
 * the machine with what is measured.
 */
export async function makeClip({ width, height }: ClipSize): Promise<string> {
  const directory = join(homedir(), '.cache', 'spice-viewer', 'clips');
  const file = join(directory, `plasma-${width}x${height}-${CLIP_RATE}.mkv`);
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true });
  const [wide, high] = [Math.round(width * 1.5), Math.round(height * 1.5)];
  const picture = join(directory, `plasma-${process.pid}.png`);
  const small = `${wide >> 3}x${high >> 3}`;
  await execFileAsync('convert', [
    '-seed',
    '7',
    '-size',
    small,
    'plasma:',
    '-resize',
    `${wide}x${high}!`,
    picture,
  ]);
  // A whole number of swings, so that the clip's end meets its beginning.
  const swing = (room: number, turns: number) => `${room / 2}*(1+sin(2*PI*${turns}*t/${SECONDS}))`;
  const camera = `crop=${width}:${height}:x='${swing(wide - width, 1)}':y='${swing(high - height, 2)}'`;
  const made = join(directory, `making-${process.pid}.mkv`);
  const input = [
    '-y',
    '-loglevel',
    'error',
    '-loop',
    '1',
    '-framerate',
    `${CLIP_RATE}`,
    '-t',
    `${SECONDS}`,
    '-i',
    picture,
  ];
  const filter = ['-vf', `${camera},noise=alls=4:allf=t,format=yuv420p`];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'fastdecode', '-crf', '20'];
  await execFileAsync('ffmpeg', [...input, ...filter, ...encoder, made], { timeout: 600_000 });
  rmSync(picture);
  renameSync(made, file);
  return file;
}
