import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { mixColors, palette } from './color.ts';
import type { CursorName } from './cursors.ts';
import { drawText, regularFont } from './font.ts';
import { Picture } from './picture.ts';
import { paintPlate } from './pictures.ts';
import { contains, rectOf } from './region.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

const PLATE_WIDTH = 112;
const PLATE_HEIGHT = 44;
const GAP = 8;
const TEXT_ROW = 24;

/** Regions by cursor, in rows of three, and what they are called. */
const regions: readonly (readonly [CursorName, string])[] = [
  ['arrow', 'alpha'],
  ['beam', 'mono beam'],
  ['cross', 'mono cross'],
  ['color4', '4-bit'],
  ['color16', '16-bit'],
  ['color32', '32-bit'],
  ['large', '160 x 160'],
  ['hidden', 'hidden'],
  ['move', 'move'],
];

const colors = [0xb4552d, 0x4c5f8a, 0x5b4a7d, 0x9a7b1f, 0x35715a, 0x2f6f86, 0xa8434f, 0x4a4f5c, 0x6b7a2f];

/** Every kind of cursor, each over its own plate. */
export class PointersWindow extends DesktopWindow {
  readonly #plates: readonly { readonly name: CursorName; readonly box: Rect }[];

  constructor(x: number, y: number) {
    super({
      x,
      y,
      width: 3 * PLATE_WIDTH + 4 * GAP + 2,
      height: TEXT_ROW + 3 * PLATE_HEIGHT + 4 * GAP + TITLE_HEIGHT + 2,
      title: 'Pointers',
      background: palette.paper,
    });
    const { left, top } = this.content;
    const hint = 'Move the pointer over a plate to see its shape.';
    drawText(this.bitmap, regularFont, left + GAP, top + 7, hint, palette.ink);
    this.#plates = regions.map(([name, label], i) => {
      const box = rectOf(
        left + GAP + (i % 3) * (PLATE_WIDTH + GAP),
        top + TEXT_ROW + GAP + Math.floor(i / 3) * (PLATE_HEIGHT + GAP),
        PLATE_WIDTH,
        PLATE_HEIGHT,
      );
      const picture = new Picture(
        paintPlate(PLATE_WIDTH, PLATE_HEIGHT, label, mixColors(colors[i], 0xffffff, 0.12)),
      );
      this.draw({ kind: 'picture', box, picture });
      return { name, box };
    });
  }

  override cursorAt(x: number, y: number): CursorName {
    const plate = this.#plates.find(({ box }) => contains(box, x, y));
    return plate?.name ?? super.cursorAt(x, y);
  }
}
