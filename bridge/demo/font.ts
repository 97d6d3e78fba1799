import type { Glyph } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Bitmap } from './bitmap.ts';
import { boldData, largeData, regularData, TERMINAL_GLYPHS, type FontData } from './font-data.ts';
import { mixColors } from './color.ts';

export interface Font {
  readonly height: number;
  readonly ascent: number;
  /** by character; coverage is 0..15 per pixel */
  readonly glyphs: ReadonlyMap<string, { readonly width: number; readonly coverage: Uint8Array }>;
}

function load({ height, ascent, characters, widths, coverage }: FontData): Font {
  const bytes = Buffer.from(coverage, 'base64');
  const glyphs = new Map<string, { width: number; coverage: Uint8Array }>();
  let at = 0;
  [...characters].forEach((character, index) => {
    const width = widths[index];
    const count = width * height;
    const pixels = Uint8Array.from(
      { length: count },
      (_, i) => (bytes[at + (i >> 1)] >> (i % 2 === 0 ? 4 : 0)) & 15,
    );
    at += Math.ceil(count / 2);
    glyphs.set(character, { width, coverage: pixels });
  });
  return { height, ascent, glyphs };
}

export const regularFont = load(regularData);
export const boldFont = load(boldData);
/** only digits and the letters of our own name */
export const largeFont = load(largeData);

/** pixels */
export function textWidth(font: Font, text: string): number {
  return [...text].reduce((sum, character) => sum + (font.glyphs.get(character)?.width ?? 0), 0);
}

/** Smooth text over what the bitmap already shows; (x, y) is its top left. Unknown characters are left out. */
export function drawText(
  bitmap: Bitmap,
  font: Font,
  x: number,
  y: number,
  text: string,
  color: number,
): void {
  let left = x;
  for (const character of text) {
    const glyph = font.glyphs.get(character);
    if (glyph === undefined) continue;
    glyph.coverage.forEach((coverage, i) => {
      if (coverage === 0) return;
      const px = left + (i % glyph.width);
      const py = y + Math.floor(i / glyph.width);
      if (px < 0 || px >= bitmap.width || py < 0 || py >= bitmap.height) return;
      bitmap.set(px, py, mixColors(bitmap.pixels[py * bitmap.width + px], color, coverage / 15));
    });
    left += glyph.width;
  }
}

export const CELL_WIDTH = 8;
export const CELL_HEIGHT = 16;
const BASELINE = 12;

const terminalBytes = Buffer.from(TERMINAL_GLYPHS, 'base64');

/** A terminal character for DRAW_TEXT: one bit per pixel, rows from the bottom, in the cell at (x, y). */
export function terminalGlyph(character: string, x: number, y: number): Glyph {
  const code = character.charCodeAt(0);
  const index = code >= 32 && code < 127 ? code - 32 : 31; // '?'
  const data = Uint8Array.from(
    terminalBytes.subarray(index * CELL_HEIGHT, (index + 1) * CELL_HEIGHT),
  ).toReversed();
  return {
    renderPos: { x, y: y + BASELINE },
    glyphOrigin: { x: 0, y: -BASELINE },
    width: CELL_WIDTH,
    height: CELL_HEIGHT,
    data,
  };
}
