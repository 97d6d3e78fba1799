import {
  bytesBy,
  countedBytes,
  countOf,
  arrayBy,
  ifFlag,
  pointer,
  struct,
  tagOf,
  taggedBy,
  u16,
  u32,
  u64,
  u8,
  unlessFlag,
  type Value,
} from '../wire/layout.ts';
import { Reader } from '../wire/reader.ts';

/** Flags of the image descriptor (docs/protocol/images.md#image). */
export const imageFlag = { cacheMe: 1, highBitsSet: 2, cacheReplaceMe: 4 } as const;

/** Flags of BITMAP and LZ_PLT payloads. */
export const bitmapFlag = { palCacheMe: 1, palFromCache: 2, topDown: 4 } as const;

export const bitmapFormat = {
  bit1Le: 1,
  bit1Be: 2,
  bit4Le: 3,
  bit4Be: 4,
  bit8: 5,
  bit16: 6,
  bit24: 7,
  bit32: 8,
  rgba: 9,
  bit8A: 10,
} as const;

export const jpegAlphaFlag = { topDown: 1 } as const;

/** u64 id, u16 n, n colours: 0x00RRGGBB for 32-bit targets, x555 for 16-bit ones. */
export const palette = struct({
  unique: u64,
  count: countOf(u16, 'entries'),
  entries: arrayBy('count', u32),
});
export type Palette = Value<typeof palette>;

/** A palette is a u64 cache id with PAL_FROM_CACHE, otherwise a pointer (null where there is none). */
const paletteReference = {
  paletteId: ifFlag(bitmapFlag.palFromCache, u64),
  palette: unlessFlag(bitmapFlag.palFromCache, pointer(palette)),
} as const;

/** Payloads by image type; byte views are borrowed from the message. */
export const payloads = {
  bitmap: [
    0,
    {
      format: u8,
      flags: u8,
      width: u32,
      height: u32,
      /** bytes from row to row */
      stride: u32,
      ...paletteReference,
      data: bytesBy((owner) => owner.stride * owner.height, 'stride × height'),
    },
  ],
  quic: [1, { data: countedBytes(u32) }],
  lzPlt: [
    100,
    {
      flags: u8,
      size: countOf(u32, 'data'),
      ...paletteReference,
      data: bytesBy((owner) => owner.size, 'size'),
    },
  ],
  lzRgb: [101, { data: countedBytes(u32) }],
  glzRgb: [102, { data: countedBytes(u32) }],
  fromCache: [103, {}],
  surface: [104, { surfaceId: u32 }],
  jpeg: [105, { data: countedBytes(u32) }],
  fromCacheLossless: [106, {}],
  zlibGlzRgb: [107, { glzSize: u32, data: countedBytes(u32) }],
  /** data: a JPEG of jpegSize bytes, then an LZ stream with the alpha plane */
  jpegAlpha: [108, { flags: u8, jpegSize: u32, data: countedBytes(u32) }],
  lz4: [109, { data: countedBytes(u32) }],
} as const;

export const image = struct({
  id: u64,
  type: tagOf(u8, 'payload', payloads),
  flags: u8,
  width: u32,
  height: u32,
  payload: taggedBy('type', payloads),
});
export type Image = Value<typeof image>;
export type ImagePayload = Image['payload'];
export type PayloadOf<K extends ImagePayload['kind']> = Extract<ImagePayload, { kind: K }>;
export type Bitmap = PayloadOf<'bitmap'>;

const payloadAlone = taggedBy('type', payloads);

/** Reads a payload that stands alone, without its descriptor; pointers count from its first byte. */
export function readImagePayload(type: number, bytes: Uint8Array): ImagePayload {
  return payloadAlone.read(new Reader(bytes), { type }, {});
}
