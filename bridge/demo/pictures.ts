import { Bitmap } from './bitmap.ts';
import { mixColors, palette } from './color.ts';
import { boldFont, drawText, regularFont, textWidth } from './font.ts';
import { Picture } from './picture.ts';
import { rectOf } from './region.ts';
import { circle, coverageAt, either, paintShape, polygon, ring, roundedBox } from './shapes.ts';

export const ICON_WIDTH = 84;
export const ICON_HEIGHT = 76;

export type IconName = 'Terminal' | 'Sketch' | 'Pointers';

type Paint = (bitmap: Bitmap) => void;

function flat(color: number) {
  return (): number => color;
}

/** The picture inside the 48x48 tile whose top left is (18, 4). */
const drawings: Record<IconName, Paint> = {
  Terminal(bitmap) {
    paintShape(bitmap, roundedBox(18, 6, 66, 50, 8), (_x, y) => mixColors(0x2b3650, 0x10151f, y / 50));
    paintShape(bitmap, polygon([26, 17], [29, 14], [39, 24], [29, 34], [26, 31], [33, 24]), flat(0x5fd38d));
    paintShape(bitmap, roundedBox(40, 33, 56, 37, 2), flat(palette.white));
  },
  Sketch(bitmap) {
    paintShape(bitmap, roundedBox(18, 6, 66, 50, 8), (_x, y) => mixColors(0xfffdf7, 0xe2dccb, y / 50));
    paintShape(bitmap, polygon([28, 44], [25, 33], [49, 12], [57, 20], [34, 42]), flat(palette.accent));
    paintShape(bitmap, polygon([28, 44], [25, 33], [34, 42]), flat(0xf2c79c));
    paintShape(bitmap, polygon([28, 44], [27, 40], [31, 43]), flat(palette.ink));
  },
  Pointers(bitmap) {
    paintShape(bitmap, roundedBox(18, 6, 66, 50, 8), (_x, y) => mixColors(0x35cfbd, 0x0f8578, y / 50));
    const arrow = polygon([33, 12], [54, 32], [44, 33], [50, 44], [45, 46], [40, 35], [33, 41]);
    paintShape(bitmap, arrow, flat(palette.white));
  },
};

export interface IconPictures {
  readonly idle: Picture;
  readonly hovered: Picture;
}

/** An icon with its label on the wallpaper that it stands on. */
export function paintIcon(name: IconName, ground: Bitmap): IconPictures {
  const paint = (hovered: boolean): Picture => {
    const bitmap = ground.crop(ground.bounds);
    if (hovered) {
      const { pixels } = bitmap;
      const plate = roundedBox(0, 0, ICON_WIDTH, ICON_HEIGHT, 8);
      paintShape(bitmap, plate, (x, y) => mixColors(pixels[y * ICON_WIDTH + x], palette.white, 0.28));
    }
    drawings[name](bitmap);
    const left = Math.floor((ICON_WIDTH - textWidth(regularFont, name)) / 2);
    drawText(bitmap, regularFont, left + 1, 57, name, 0x101428);
    drawText(bitmap, regularFont, left, 56, name, palette.white);
    return new Picture(bitmap, { cached: true });
  };
  return { idle: paint(false), hovered: paint(true) };
}

export const LOGO_SIZE = 72;

/** The bouncing logo in several colours, on its window's flat ground. */
export function paintLogos(ground: number): readonly Picture[] {
  return [0xe4572e, 0x17b3a3, 0xf2b134, 0x7d5ba6, 0x4f9d4f, 0xd1495b].map((color) => {
    const bitmap = new Bitmap(LOGO_SIZE, LOGO_SIZE);
    bitmap.fill(bitmap.bounds, ground);
    const middle = LOGO_SIZE / 2;
    paintShape(bitmap, circle(middle, middle, middle), (_x, y) =>
      mixColors(mixColors(color, 0xffffff, 0.35), color, y / LOGO_SIZE),
    );
    paintShape(bitmap, ring(middle, middle, middle - 5, middle - 8), flat(mixColors(color, 0xffffff, 0.75)));
    const flame = either(
      polygon([36, 12], [50, 32], [36, 40], [26, 30]),
      circle(36, 41, 13),
      polygon([24, 36], [27, 26], [36, 40]),
    );
    paintShape(bitmap, flame, flat(palette.white));
    paintShape(bitmap, circle(36, 44, 6), flat(color));
    return new Picture(bitmap, { cached: true });
  });
}

/** A plate with a word, for the cursors' regions. */
export function paintPlate(width: number, height: number, word: string, color: number): Bitmap {
  const bitmap = new Bitmap(width, height);
  bitmap.fill(bitmap.bounds, palette.paper);
  const plate = roundedBox(0, 0, width, height, 6);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shade = mixColors(mixColors(color, 0xffffff, 0.25), color, y / height);
      bitmap.set(x, y, mixColors(palette.paper, shade, coverageAt(plate, x, y)));
    }
  }
  const left = Math.floor((width - textWidth(boldFont, word)) / 2);
  drawText(bitmap, boldFont, left, Math.floor((height - boldFont.height) / 2), word, palette.white);
  return bitmap;
}

/** A title bar of that width. */
export function paintTitleBar(bitmap: Bitmap, height: number, title: string, active: boolean): void {
  const top = active ? palette.titleTop : palette.titleIdleTop;
  const bottom = active ? palette.titleBottom : palette.titleIdleBottom;
  for (let y = 0; y < height; y++) {
    bitmap.fill(rectOf(1, y + 1, bitmap.width - 2, 1), mixColors(top, bottom, y / height));
  }
  const marks = [palette.accent, 0xf2b134, 0x4f9d4f];
  marks.forEach((color, i) => paintDot(bitmap, 16 + i * 16, 1 + height / 2, active ? color : 0xa9b0bf));
  const left = Math.floor((bitmap.width - textWidth(boldFont, title)) / 2);
  drawText(bitmap, boldFont, left, Math.floor((height - boldFont.height) / 2) + 1, title, palette.white);
}

function paintDot(bitmap: Bitmap, cx: number, cy: number, color: number): void {
  const shape = circle(cx, cy, 5);
  for (let y = Math.floor(cy - 6); y < cy + 6; y++) {
    for (let x = cx - 6; x < cx + 6; x++) {
      bitmap.set(x, y, mixColors(bitmap.pixels[y * bitmap.width + x], color, coverageAt(shape, x, y)));
    }
  }
}
