import { palette } from './color.ts';
import type { CursorName } from './cursors.ts';
import { drawText, regularFont } from './font.ts';
import { contains, intersectRects, isEmpty, rectOf } from './region.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

const PEN = 4;
const LONGEST_STROKE = 64;

const inks: Readonly<Record<number, number>> = { 1: palette.accent, 2: palette.teal, 4: 0x5b4a7d };

/** A sheet to draw on: a button held and moved draws small DRAW_FILLs, one colour per button. */
export class SketchWindow extends DesktopWindow {
  #last: { readonly x: number; readonly y: number } | undefined;

  constructor(x: number, y: number) {
    super({ x, y, width: 322, height: 190 + TITLE_HEIGHT + 2, title: 'Sketch', background: 0xfffdf7 });
    const { left, top } = this.content;
    drawText(
      this.bitmap,
      regularFont,
      left + 12,
      top + 10,
      'Draw here: each button has a colour.',
      palette.muted,
    );
  }

  override cursorAt(x: number, y: number): CursorName {
    return this.inTitle(x, y) ? 'move' : 'cross';
  }

  override pointer(x: number, y: number, buttons: number): void {
    const color = inks[buttons & -buttons];
    if (color === undefined) {
      this.#last = undefined;
      return;
    }
    const from = this.#last ?? { x, y };
    const steps = Math.min(LONGEST_STROKE, Math.max(1, Math.ceil(Math.hypot(x - from.x, y - from.y) / 2)));
    for (let i = 1; i <= steps; i++) {
      const px = Math.round(from.x + ((x - from.x) * i) / steps);
      const py = Math.round(from.y + ((y - from.y) * i) / steps);
      if (contains(this.content, px, py)) this.#dot(px, py, color);
    }
    this.#last = { x, y };
  }

  #dot(x: number, y: number, color: number): void {
    const box = intersectRects(rectOf(x - PEN / 2, y - PEN / 2, PEN, PEN), this.content);
    if (!isEmpty(box)) this.draw({ kind: 'fill', box, color });
  }
}
