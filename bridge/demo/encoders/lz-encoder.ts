import type { Bitmap } from '../bitmap.ts';
import { ByteSink, lzPass } from './lz-matcher.ts';

/** Image types of the LZ header (docs/protocol/images.md#lz). */
const lzType = { plt1Be: 2, plt4Be: 4, plt8: 5, rgb32: 8 } as const;

const MAGIC = 0x20205a4c;
const VERSION = 0x00010001;

function startImage(type: number, width: number, height: number, stride: number): ByteSink {
  const out = new ByteSink();
  for (const word of [MAGIC, VERSION, type, width, height, stride, 1]) out.u32be(word);
  return out;
}

/** An LZ_RGB payload, type RGB32, top-down. */
export function encodeLzRgb32({ width, height, pixels }: Bitmap): Uint8Array {
  const out = startImage(lzType.rgb32, width, height, width * 4);
  lzPass(
    {
      count: pixels.length,
      bias: 0,
      at: (i) => pixels[i],
      literal(sink, i) {
        const pixel = pixels[i];
        sink.u8(pixel & 0xff);
        sink.u8((pixel >> 8) & 0xff);
        sink.u8((pixel >> 16) & 0xff);
      },
    },
    out,
  );
  return out.finish();
}

export interface PaletteImage {
  /** the LZ stream */
  readonly data: Uint8Array;
  /** 0x00RRGGBB, at most 256 */
  readonly entries: readonly number[];
}

/** An LZ_PLT payload with 1, 4 or 8 bits per pixel, top-down; undefined for more than 256 colours. */
export function encodeLzPalette({ width, height, pixels }: Bitmap): PaletteImage | undefined {
  const indices = indexColors(pixels);
  if (indices === undefined) return undefined;
  const { entries, byPixel } = indices;
  const bits = entries.length <= 2 ? 1 : entries.length <= 16 ? 4 : 8;
  const packed = bits === 8 ? byPixel : packRows(byPixel, width, height, bits);
  const type = bits === 1 ? lzType.plt1Be : bits === 4 ? lzType.plt4Be : lzType.plt8;
  const out = startImage(type, width, height, packed.length / height);
  lzPass(
    { count: packed.length, bias: 2, at: (i) => packed[i], literal: (sink, i) => sink.u8(packed[i]) },
    out,
  );
  return { data: out.finish(), entries };
}

function indexColors(pixels: Uint32Array): { entries: number[]; byPixel: Uint8Array } | undefined {
  const byColor = new Map<number, number>();
  const byPixel = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    let index = byColor.get(pixels[i]);
    if (index === undefined) {
      index = byColor.size;
      if (index === 256) return undefined;
      byColor.set(pixels[i], index);
    }
    byPixel[i] = index;
  }
  return { entries: [...byColor.keys()], byPixel };
}

/** Several pixels per byte, the leftmost in the highest bits, rows padded to whole bytes. */
function packRows(indices: Uint8Array, width: number, height: number, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const stride = Math.ceil(width / perByte);
  const packed = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits - (x % perByte) * bits;
      packed[y * stride + Math.floor(x / perByte)] |= indices[y * width + x] << shift;
    }
  }
  return packed;
}
