import { Bitmap } from './bitmap.ts';
import { mixColors } from './color.ts';
import { drawText, largeFont, textWidth } from './font.ts';

/** Colours of the sky from the top (0) to the horizon (1). */
const sky = [
  [0, 0x16224a],
  [0.35, 0x3d3a78],
  [0.6, 0x8d4f86],
  [0.8, 0xe0766a],
  [1, 0xffc38a],
] as const;

function skyAt(height: number): number {
  const above = sky.findIndex(([at]) => at >= height);
  if (above <= 0) return sky[above === 0 ? 0 : sky.length - 1][1];
  const [from, a] = sky[above - 1];
  const [to, b] = sky[above];
  return mixColors(a, b, (height - from) / (to - from));
}

/** Rows of hills from far to near: mean height, waves, colour. */
const ridges = [
  { level: 0.66, waves: [0.05, 0.02, 0.008], length: 310, shift: 1.2, color: 0x7a4a78 },
  { level: 0.74, waves: [0.04, 0.025, 0.006], length: 230, shift: 4.1, color: 0x543b6b },
  { level: 0.83, waves: [0.045, 0.018, 0.01], length: 270, shift: 0.4, color: 0x33305a },
  { level: 0.92, waves: [0.035, 0.02, 0.006], length: 200, shift: 2.6, color: 0x1b2142 },
] as const;

function ridgeTop({ level, waves, length, shift }: (typeof ridges)[number], x: number): number {
  return waves.reduce<number>(
    (top, wave, i) => top + wave * Math.sin(((x / length) * (i * 1.7 + 1) + shift * (i + 1)) * 2),
    level,
  );
}

let painted: Bitmap | undefined;

/** An evening over hills; smooth everywhere, which is what QUIC is for. Painted once per size, copied after that. */
export function paintWallpaper(width: number, height: number): Bitmap {
  if (painted?.width !== width || painted.height !== height) painted = paint(width, height);
  return painted.crop(painted.bounds);
}

function paint(width: number, height: number): Bitmap {
  const bitmap = new Bitmap(width, height);
  const sun = { x: width * 0.53, y: height * 0.6, radius: height * 0.075 };
  const skyRows = Array.from({ length: height }, (_, y) => skyAt(Math.min(1, y / (height * 0.8))));
  const skyWithSun = (x: number, y: number): number => {
    const dx = (x - sun.x) / sun.radius;
    const dy = (y - sun.y) / sun.radius;
    const distance = Math.sqrt(dx * dx + dy * dy);
    const glow = mixColors(skyRows[y], 0xffe0a8, 0.55 / (1 + (distance * distance) / 4));
    return mixColors(glow, 0xfff3d6, Math.min(1, Math.max(0, (1 - distance) * sun.radius * 0.5)));
  };
  const tops = new Float64Array(ridges.length);
  for (let x = 0; x < width; x++) {
    ridges.forEach((ridge, i) => (tops[i] = ridgeTop(ridge, x) * height));
    for (let y = 0; y < height; y++) {
      // Only what shows: the nearest hill, and through its edge what is behind it.
      let first = ridges.length - 1;
      while (first >= 0 && y + 1 - tops[first] < 1) first--;
      let color = first < 0 ? skyWithSun(x, y) : 0;
      for (let i = Math.max(0, first); i < ridges.length; i++) {
        const inside = Math.min(1, y + 1 - tops[i]);
        if (inside > 0) color = mixColors(color, hazy(ridges[i].color, (y - tops[i]) / height), inside);
      }
      bitmap.set(x, y, color);
    }
  }
  const name = 'SPICE demo';
  drawText(bitmap, largeFont, width - textWidth(largeFont, name) - 28, height - 92, name, 0x8f86b5);
  return bitmap;
}

/** Hills are lighter at their feet. */
function hazy(color: number, depth: number): number {
  return mixColors(color, 0xffb08a, Math.min(0.35, depth * 1.6));
}
