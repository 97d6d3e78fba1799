import { Bitmap } from '../bitmap.ts';
import { mixColors } from '../color.ts';

export const CLIP_WIDTH = 160;
export const CLIP_HEIGHT = 120;
/** frames; the last leads to the first again */
export const CLIP_LENGTH = 100;
/** milliseconds from frame to frame */
export const CLIP_INTERVAL = 50;

const turn = 2 * Math.PI;

/** Waves from far to near: height, how long and how high, how many lengths they move in the whole clip. */
const waves = [
  { level: 0.58, length: 80, height: 2, moves: 1, color: 0x2f7f9a },
  { level: 0.68, length: 120, height: 4, moves: -2, color: 0x226580 },
  { level: 0.82, length: 160, height: 6, moves: 3, color: 0x174a66 },
] as const;

/** A sun that goes in a circle over the sea, at `frame` of the clip. */
export function paintClip(frame: number): Bitmap {
  const bitmap = new Bitmap(CLIP_WIDTH, CLIP_HEIGHT);
  const angle = (frame / CLIP_LENGTH) * turn;
  const sun = {
    x: CLIP_WIDTH * (0.5 - 0.3 * Math.cos(angle)),
    y: CLIP_HEIGHT * (0.36 - 0.2 * Math.sin(angle)),
  };
  const dusk = 0.5 - 0.5 * Math.sin(angle);
  for (let x = 0; x < CLIP_WIDTH; x++) {
    const tops = waves.map(
      ({ level, length, height, moves }) =>
        level * CLIP_HEIGHT + height * Math.sin((x / length) * turn + moves * angle),
    );
    for (let y = 0; y < CLIP_HEIGHT; y++) {
      const distance = Math.hypot(x - sun.x, y - sun.y);
      const sky = mixColors(
        mixColors(0x6fb7e8, 0x5a3f7d, dusk),
        mixColors(0xd7eefc, 0xffa46b, dusk),
        Math.min(1, y / (CLIP_HEIGHT * 0.6)),
      );
      let color = mixColors(sky, 0xfff3c4, Math.min(0.6, 12 / (distance + 12)));
      color = mixColors(color, 0xfff8dc, Math.min(1, Math.max(0, 15 - distance)));
      waves.forEach((wave, i) => {
        const inside = Math.min(1, Math.max(0, y + 1 - (tops[i] as number)));
        color = mixColors(color, wave.color, inside);
      });
      bitmap.set(x, y, color);
    }
  }
  return bitmap;
}
