import {
  bitsPerGlyphPixel,
  type Glyph,
  type GlyphString,
  type Rect,
} from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

/** The rectangle around the boxes of all glyphs of a string. */
export function stringBox(string: GlyphString): Rect {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const glyph of string.glyphs) {
    const left = glyph.renderPos.x + glyph.glyphOrigin.x;
    const top = glyph.renderPos.y + glyph.glyphOrigin.y;
    box.left = Math.min(box.left, left);
    box.top = Math.min(box.top, top);
    box.right = Math.max(box.right, left + glyph.width);
    box.bottom = Math.max(box.bottom, top + glyph.height);
  }
  return box;
}

/**
 * Merges the glyphs of a string to one mask of coverage bytes over `area`. Rows of a glyph are stored from its
 * bottom, whatever TOP_DOWN says.
 */
export function glyphMask(string: GlyphString, area: Rect): Uint8Array {
  const width = area.right - area.left;
  const mask = new Uint8Array(width * (area.bottom - area.top));
  const bits = bitsPerGlyphPixel(string.flags);
  const addRow = bits === 1 ? addRowA1 : bits === 4 ? addRowA4 : addRowA8;
  for (const glyph of string.glyphs) addGlyph(glyph, bits, area, mask, addRow);
  return mask;
}

/** Adds pixels first..end of a glyph's row, which starts at `from` in data, to the mask from index `to` on. */
type AddRow = (
  data: Uint8Array,
  from: number,
  first: number,
  end: number,
  mask: Uint8Array,
  to: number,
) => void;

function addGlyph(glyph: Glyph, bits: number, area: Rect, mask: Uint8Array, addRow: AddRow): void {
  const left = glyph.renderPos.x + glyph.glyphOrigin.x;
  const top = glyph.renderPos.y + glyph.glyphOrigin.y;
  const stride = Math.ceil((glyph.width * bits) / 8);
  const width = area.right - area.left;
  const first = Math.max(0, area.left - left);
  const end = Math.min(glyph.width, area.right - left);
  if (first >= end) return;
  const lastRow = Math.min(glyph.height, area.bottom - top);
  for (let y = Math.max(0, area.top - top); y < lastRow; y++) {
    const from = (glyph.height - 1 - y) * stride;
    addRow(glyph.data, from, first, end, mask, (top + y - area.top) * width + left + first - area.left);
  }
}

const addRowA1: AddRow = (data, from, first, end, mask, to) => {
  for (let x = first; x < end; x++) {
    if (((data[from + (x >> 3)] << (x & 7)) & 0x80) !== 0) mask[to + x - first] = 255;
  }
};

/** The larger coverage wins, except that right pixels of a byte overwrite if the left one is not clear. */
const addRowA4: AddRow = (data, from, first, end, mask, to) => {
  for (let x = first; x < end; x++) {
    const byte = data[from + (x >> 1)];
    const i = to + x - first;
    if ((x & 1) === 0) mask[i] = Math.max(mask[i], byte & 0xf0);
    else if (byte > 15) mask[i] = byte << 4;
    else mask[i] = Math.max(mask[i], byte << 4);
  }
};

const addRowA8: AddRow = (data, from, first, end, mask, to) => {
  for (let x = first; x < end; x++) {
    const i = to + x - first;
    mask[i] = Math.max(mask[i], data[from + x]);
  }
};
