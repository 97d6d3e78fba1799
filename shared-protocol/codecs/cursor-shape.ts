import { cursorType, type CursorHeader } from '../channels/cursor-messages.ts';
import { ProtocolError } from '../wire/protocol-error.ts';

/** A pointer's picture, ready for a browser: RGBA, not premultiplied, rows from the top. */
export interface CursorShape {
  readonly width: number;
  readonly height: number;
  /** inside the picture */
  readonly hotSpotX: number;
  readonly hotSpotY: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** white where the pixel inverts the screen under it, transparent elsewhere; null when none does */
  readonly invert: Uint8ClampedArray<ArrayBuffer> | null;
}

/** Largest side of a cursor, pixels: the protocol has u16, guests use up to 256. */
export const MAX_CURSOR_SIDE = 1024;

/** RGBA with alpha, as one little-endian word. */
const OPAQUE_BLACK = 0xff000000;
const OPAQUE_WHITE = 0xffffffff;

/** Pixels of the picture, and in white those that invert the screen. */
interface Picture {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly inverts: Uint32Array<ArrayBuffer>;
}

type Decode = (data: Uint8Array, width: number, height: number) => Picture;

/**
 * Decodes the data of a cursor (docs/protocol/cursor.md#shapes). Pixels that invert the screen come as a picture of
 * their own: drawn with `difference` blending they are exact.
 * @throws ProtocolError when the data is shorter than the shape or the type is unknown
 */
export function decodeCursorShape(header: CursorHeader, data: Uint8Array): CursorShape {
  const { width, height } = header;
  if (width > MAX_CURSOR_SIDE || height > MAX_CURSOR_SIDE) {
    throw new ProtocolError(
      'too-large',
      `a cursor of at most ${MAX_CURSOR_SIDE} pixels`,
      `${width}x${height}`,
    );
  }
  const decode = decoders.get(header.type);
  if (decode === undefined) throw new ProtocolError('bad-tag', 'a known cursor type', `${header.type}`);
  const picture = decode(data, width, height);
  return {
    width,
    height,
    hotSpotX: Math.max(0, Math.min(header.hotSpotX, width - 1)),
    hotSpotY: Math.max(0, Math.min(header.hotSpotY, height - 1)),
    rgba: new Uint8ClampedArray(picture.words.buffer),
    invert: picture.inverts.includes(OPAQUE_WHITE) ? new Uint8ClampedArray(picture.inverts.buffer) : null,
  };
}

function needBytes(data: Uint8Array, length: number): void {
  if (data.length < length) {
    throw new ProtocolError('truncated', `${length} bytes of cursor data`, `${data.length}`);
  }
}

function emptyPicture(pixels: number): Picture {
  return {
    words: new Uint32Array(pixels),
    inverts: new Uint32Array(pixels),
  };
}

function rgbaWord(red: number, green: number, blue: number, alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function unpremultiply(value: number, alpha: number): number {
  return Math.min(255, Math.round((value * 255) / Math.max(1, alpha)));
}

const decodeAlpha: Decode = (data, width, height) => {
  needBytes(data, width * height * 4);
  const picture = emptyPicture(width * height);
  for (let i = 0, at = 0; i < width * height; i++, at += 4) {
    const alpha = data[at + 3];
    if (alpha === 0) continue;
    picture.words[i] = rgbaWord(
      unpremultiply(data[at + 2], alpha),
      unpremultiply(data[at + 1], alpha),
      unpremultiply(data[at], alpha),
      alpha,
    );
  }
  return picture;
};

/** AND plane, then XOR plane; rows padded to bytes, leftmost pixel in the highest bit. */
const decodeMono: Decode = (data, width, height) => {
  const stride = (width + 7) >> 3;
  needBytes(data, stride * height * 2);
  const picture = emptyPicture(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + (x >> 3);
      const bit = 0x80 >> (x & 7);
      const and = (data[at] & bit) !== 0;
      const xor = (data[stride * height + at] & bit) !== 0;
      const i = y * width + x;
      if (!and) picture.words[i] = xor ? OPAQUE_WHITE : OPAQUE_BLACK;
      else if (xor) picture.inverts[i] = OPAQUE_WHITE;
    }
  }
  return picture;
};

/** Colours by index, then a mask of one bit a pixel without row padding. */
function maskedPicture(
  data: Uint8Array,
  maskAt: number,
  pixels: number,
  colour: (i: number) => number,
): Picture {
  needBytes(data, maskAt + ((pixels + 7) >> 3));
  const picture = emptyPicture(pixels);
  for (let i = 0; i < pixels; i++) {
    const masked = (data[maskAt + (i >> 3)] & (0x80 >> (i & 7))) !== 0;
    const word = colour(i);
    if (!masked) picture.words[i] = word;
    else if (word === OPAQUE_WHITE) picture.inverts[i] = OPAQUE_WHITE;
  }
  return picture;
}

function bgrxAt(data: Uint8Array, at: number): number {
  return rgbaWord(data[at + 2], data[at + 1], data[at], 255);
}

function widen(five: number): number {
  return (five << 3) | (five >> 2);
}

const decodeColor4: Decode = (data, width, height) => {
  const paletteAt = ((width + 1) >> 1) * height;
  return maskedPicture(data, paletteAt + 64, width * height, (i) => {
    const index = (i & 1) === 0 ? data[i >> 1] >> 4 : data[i >> 1] & 15;
    return bgrxAt(data, paletteAt + index * 4);
  });
};

const decodeColor8: Decode = (data, width, height) => {
  const pixels = width * height;
  return maskedPicture(data, pixels + 1024, pixels, (i) => bgrxAt(data, pixels + data[i] * 4));
};

const decodeColor16: Decode = (data, width, height) => {
  const pixels = width * height;
  return maskedPicture(data, pixels * 2, pixels, (i) => {
    const word = data[i * 2] | (data[i * 2 + 1] << 8);
    return rgbaWord(widen((word >> 10) & 31), widen((word >> 5) & 31), widen(word & 31), 255);
  });
};

const decodeColor24: Decode = (data, width, height) => {
  const pixels = width * height;
  return maskedPicture(data, pixels * 3, pixels, (i) => bgrxAt(data, i * 3));
};

const decodeColor32: Decode = (data, width, height) => {
  const pixels = width * height;
  return maskedPicture(data, pixels * 4, pixels, (i) => bgrxAt(data, i * 4));
};

const decoders: ReadonlyMap<number, Decode> = new Map([
  [cursorType.alpha, decodeAlpha],
  [cursorType.mono, decodeMono],
  [cursorType.color4, decodeColor4],
  [cursorType.color8, decodeColor8],
  [cursorType.color16, decodeColor16],
  [cursorType.color24, decodeColor24],
  [cursorType.color32, decodeColor32],
]);
