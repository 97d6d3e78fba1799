import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIP_INTERVAL } from './paint-clip.ts';

/** Of MJPEG, which is large, only every second frame is kept. */
export const MJPEG_STEP = 2;

/** An encoded clip that begins with a key frame. */
export interface Clip {
  readonly frames: readonly Uint8Array[];
  /** milliseconds from frame to frame */
  readonly interval: number;
}

const IVF_HEADER_SIZE = 32;
const IVF_FRAME_HEADER_SIZE = 12;

function framesOfIvf(file: Buffer): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = IVF_HEADER_SIZE; at + IVF_FRAME_HEADER_SIZE <= file.length;) {
    const start = at + IVF_FRAME_HEADER_SIZE;
    at = start + file.readUInt32LE(at);
    frames.push(file.subarray(start, at));
  }
  return frames;
}

/** JPEGs one behind the other: each ends where the next begins. */
function framesOfMjpeg(file: Buffer): Uint8Array[] {
  const border = Buffer.from([0xff, 0xd9, 0xff, 0xd8]);
  const frames: Uint8Array[] = [];
  for (let start = 0; start < file.length;) {
    const next = file.indexOf(border, start);
    const end = next < 0 ? file.length : next + 2;
    frames.push(file.subarray(start, end));
    start = end;
  }
  return frames;
}

const here = dirname(fileURLToPath(import.meta.url));

/** Beside this file, or in a folder beside the bundle that it became part of. */
function read(name: string): Buffer {
  const beside = join(here, name);
  return readFileSync(existsSync(beside) ? beside : join(here, 'clip', name));
}

const clips: { vp8?: Clip; mjpeg?: Clip } = {};

/** Read when it is first wanted. */
export function clipIn(codec: 'vp8' | 'mjpeg'): Clip {
  const clip =
    clips[codec] ??
    (codec === 'vp8'
      ? { frames: framesOfIvf(read('clip.ivf')), interval: CLIP_INTERVAL }
      : { frames: framesOfMjpeg(read('clip.mjpeg')), interval: CLIP_INTERVAL * MJPEG_STEP });
  clips[codec] = clip;
  return clip;
}
