/**
 * `npx tsx tools/demo-clip.ts`: paints the demo desktop's clip and encodes it with ffmpeg to bridge/demo/clip/clip.ivf
 * (VP8) and clip.mjpeg (every second frame). Both are in the repository; run it again when paint-clip.ts changes.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  clipHeight,
  clipInterval,
  clipLength,
  clipWidth,
  paintClip,
} from '../bridge/demo/clip/paint-clip.ts';
import { mjpegStep } from '../bridge/demo/clip/clip.ts';

const folder = join(import.meta.dirname, '..', 'bridge', 'demo', 'clip');

const rgbOf = (frame: number): Buffer => {
  const { pixels } = paintClip(frame);
  const bytes = Buffer.alloc(pixels.length * 3);
  pixels.forEach((pixel, i) => bytes.writeUIntBE(pixel & 0xffffff, i * 3, 3));
  return bytes;
};

const encode = (frames: readonly number[], rate: number, file: string, options: readonly string[]): void => {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${clipWidth}x${clipHeight}`, '-r', `${rate}`];
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
};

const all = Array.from({ length: clipLength }, (_, i) => i);
const rate = 1000 / clipInterval;
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
encode(all, rate, 'clip.ivf', [...vp8, '-f', 'ivf']);
const some = all.filter((i) => i % mjpegStep === 0);
encode(some, rate / mjpegStep, 'clip.mjpeg', [
  '-c:v',
  'mjpeg',
  '-pix_fmt',
  'yuvj420p',
  '-q:v',
  '5',
  '-f',
  'mjpeg',
]);
