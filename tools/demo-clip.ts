/**
 * `npx tsx tools/demo-clip.ts`: paints the demo desktop's clip and encodes it with ffmpeg to bridge/demo/clip/clip.ivf
 * (VP8) and clip.mjpeg (every second frame). Both are in the repository; run it again when paint-clip.ts changes.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLIP_HEIGHT,
  CLIP_INTERVAL,
  CLIP_LENGTH,
  CLIP_WIDTH,
  paintClip,
} from '../bridge/demo/clip/paint-clip.ts';
import { MJPEG_STEP } from '../bridge/demo/clip/clip.ts';

const folder = join(import.meta.dirname, '..', 'bridge', 'demo', 'clip');

function rgbOf(frame: number): Buffer {
  const { pixels } = paintClip(frame);
  const bytes = Buffer.alloc(pixels.length * 3);
  pixels.forEach((pixel, i) => bytes.writeUIntBE(pixel & 0xffffff, i * 3, 3));
  return bytes;
}

function encode(frames: readonly number[], rate: number, file: string, options: readonly string[]): void {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${CLIP_WIDTH}x${CLIP_HEIGHT}`,
    '-r',
    `${rate}`,
  ];
  const exact = ['-fflags', '+bitexact', '-flags', '+bitexact'];
  const path = join(folder, file);
  const { status, stderr } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-y', ...input, '-i', '-', ...options, ...exact, path],
    {
      input: Buffer.concat(frames.map(rgbOf)),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
  console.log(`${file}: ${statSync(path).size} bytes`);
}

const all = Array.from({ length: CLIP_LENGTH }, (_, i) => i);
const RATE = 1000 / CLIP_INTERVAL;
// One key frame, at the start; no hidden frames, which would share a message with a shown one.
const vp8 = [
  '-c:v',
  'libvpx',
  '-b:v',
  '160k',
  '-g',
  '1000',
  '-auto-alt-ref',
  '0',
  '-lag-in-frames',
  '0',
  '-threads',
  '1',
];
encode(all, RATE, 'clip.ivf', [...vp8, '-f', 'ivf']);
const some = all.filter((i) => i % MJPEG_STEP === 0);
encode(some, RATE / MJPEG_STEP, 'clip.mjpeg', [
  '-c:v',
  'mjpeg',
  '-pix_fmt',
  'yuvj420p',
  '-q:v',
  '5',
  '-f',
  'mjpeg',
]);
