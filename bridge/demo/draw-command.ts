import type { Glyph, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Bitmap } from './bitmap.ts';
import type { Picture } from './picture.ts';
import {
  heightOf,
  intersect,
  intersectRects,
  offset,
  offsetRect,
  rectOf,
  widthOf,
  type Region,
} from './region.ts';

interface Drawn {
  /** where it draws */
  readonly box: Rect;
  /** the parts of the box that it draws; undefined for all of it */
  readonly clip?: Region | undefined;
}

/** What the desktop draws with: each is one SPICE message, and means the same on a bitmap of our own. */
export type DrawCommand =
  | (Drawn & { readonly kind: 'fill'; readonly color: number })
  /** the box's pixels come from the same surface, with the top left at `from` */
  | (Drawn & { readonly kind: 'copy'; readonly from: { readonly x: number; readonly y: number } })
  /** the picture has the box's size */
  | (Drawn & { readonly kind: 'picture'; readonly picture: Picture })
  /** one-bit glyphs over a filled background */
  | (Drawn & {
      readonly kind: 'text';
      readonly glyphs: readonly Glyph[];
      readonly color: number;
      readonly background: number;
    });

/** The same drawing elsewhere, and only inside `clip`. */
export function translated(command: DrawCommand, dx: number, dy: number, clip: Region): DrawCommand {
  const box = offsetRect(command.box, dx, dy);
  const inner = command.clip === undefined ? [box] : offset(command.clip, dx, dy);
  const moved = { box, clip: intersect(inner, clip) };
  switch (command.kind) {
    case 'copy':
      return { ...command, ...moved, from: { x: command.from.x + dx, y: command.from.y + dy } };
    case 'text':
      return { ...command, ...moved, glyphs: command.glyphs.map((glyph) => movedGlyph(glyph, dx, dy)) };
    default:
      return { ...command, ...moved };
  }
}

function movedGlyph(glyph: Glyph, dx: number, dy: number): Glyph {
  return {
    ...glyph,
    renderPos: { x: glyph.renderPos.x + dx, y: glyph.renderPos.y + dy },
  };
}

/** Does to a bitmap what a client does to its surface. */
export function applyCommand(bitmap: Bitmap, command: DrawCommand): void {
  const { box } = command;
  const clips = command.clip ?? [box];
  // Overlapping copies read what was there before any of their parts is drawn.
  const source =
    command.kind === 'copy'
      ? bitmap.crop(rectOf(command.from.x, command.from.y, widthOf(box), heightOf(box)))
      : undefined;
  for (const clip of clips) {
    const area = intersectRects(box, clip);
    switch (command.kind) {
      case 'fill':
        bitmap.fill(area, command.color);
        break;
      case 'copy':
        bitmap.blit(source as Bitmap, box.left, box.top, area);
        break;
      case 'picture':
        bitmap.blit(command.picture.bitmap, box.left, box.top, area);
        break;
      case 'text':
        bitmap.fill(area, command.background);
        for (const glyph of command.glyphs) drawGlyph(bitmap, glyph, area, command.color);
        break;
    }
  }
}

/** Glyph rows are stored from the bottom, the leftmost pixel in the highest bit (docs/protocol/drawing.md#text). */
function drawGlyph(bitmap: Bitmap, glyph: Glyph, area: Rect, color: number): void {
  const left = glyph.renderPos.x + glyph.glyphOrigin.x;
  const top = glyph.renderPos.y + glyph.glyphOrigin.y;
  const stride = Math.ceil(glyph.width / 8);
  const visible = intersectRects(rectOf(left, top, glyph.width, glyph.height), area);
  for (let y = visible.top; y < visible.bottom; y++) {
    const row = (glyph.height - 1 - (y - top)) * stride;
    for (let x = visible.left; x < visible.right; x++) {
      const column = x - left;
      if (((glyph.data[row + (column >> 3)] >> (7 - (column & 7))) & 1) === 1) bitmap.set(x, y, color);
    }
  }
}
