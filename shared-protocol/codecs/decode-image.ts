import {
  bitmapFlag,
  bitmapFormat,
  type Image,
  imageFlag,
  type ImagePayload,
  type PayloadOf,
} from '../channels/image.ts';
import { decodeBitmap } from './bitmap.ts';
import { CodecError } from './codec-error.ts';
import type { DecodedImage } from './decoded-image.ts';
import type { GlzMissing, GlzWindow } from './glz.ts';
import { decodeJpeg, decodeJpegAlpha, type JpegDecoder } from './jpeg-alpha.ts';
import { decodeLz, decodeLzPalette } from './lz.ts';
import { decodeLz4 } from './lz4.ts';
import type { DecodeTarget } from './palette.ts';
import type { PixelMemory } from './pixel-pool.ts';
import { decodeQuic } from './quic.ts';
import { inflateGlz } from './zlib-glz.ts';

type Kind = ImagePayload['kind'];

/** Payloads that carry a palette, or the number of a cached one. */
export type PalettePayload = Extract<ImagePayload, { readonly paletteId: unknown }>;

/** What `decodePure` may need from the channel. */
export interface PureContext {
  /** The surface that is drawn on; palettes mean different things on 32-bit and 16-bit ones. Or mask. */
  readonly target: DecodeTarget;
  /** Raw entries from the palette cache, for payloads with PAL_FROM_CACHE; else the payload's own palette counts. */
  readonly palette?: ArrayLike<number> | undefined;
  /** Where 32-bit pixels go; by default into new memory. */
  readonly memory?: PixelMemory | undefined;
}

interface AnyCodec {
  /** Lossy pixels do not satisfy FROM_CACHE_LOSSLESS. */
  readonly lossy?: true;
}

/** Nothing but the image's own bytes: any worker can do it. */
interface PureCodec<P> extends AnyCodec {
  readonly needs: 'nothing';
  decode(payload: P, image: Image, context: PureContext): DecodedImage;
  /** From so many pixels on decoding costs more than handing the image over to another thread. */
  readonly elsewhereFrom?: number;
  /** 16-bit pixels stay so on 32-bit surfaces, until they are drawn. */
  readonly keeps16?: true;
}

/** Pure too, once the palette was looked up (`palette`) and the surface is known (`target`). */
interface PaletteCodec<P> extends AnyCodec {
  readonly needs: 'palette';
  decode(payload: P, image: Image, context: PureContext): DecodedImage;
  /** false: this image needs nothing; whatever palette it comes with is not used. */
  usesPalette?(payload: P): boolean;
  /** The image as a mask, where only its bits count and not what the palette makes of them. */
  asBits?(payload: P): P;
  /** On ARGB surfaces the palette's entries are whole words with alpha. */
  readonly argbEntries?: true;
}

/** The session's dictionary, in the order of the channel. */
interface WindowCodec<P> extends AnyCodec {
  readonly needs: 'window';
  /** The GLZ stream. Throws CodecError. */
  stream(payload: P): Uint8Array;
}

/** The browser's JPEG decoder, which is asynchronous and injected. */
interface BrowserCodec<P> extends AnyCodec {
  readonly needs: 'browser';
  /** Rejects with CodecError. */
  decode(payload: P, image: Image, decoder: JpegDecoder): Promise<DecodedImage>;
}

/** No pixels in the payload: the channel looks them up in its image cache. */
interface CacheLookup extends AnyCodec {
  readonly needs: 'cache';
  readonly lossless: boolean;
}

/** As `cache`, from a surface. */
interface SurfaceLookup<P> extends AnyCodec {
  readonly needs: 'surface';
  surfaceId(payload: P): number;
}

/** What is done with images of a kind; `needs` says what decoding them depends on, beside their own bytes. */
export type ImageCodec<P> =
  PureCodec<P> | PaletteCodec<P> | WindowCodec<P> | BrowserCodec<P> | CacheLookup | SurfaceLookup<P>;

export type ImageNeeds = ImageCodec<never>['needs'];

/** One entry for each image type of the protocol: a new codec is its file and a row here. */
export const imageKinds: { readonly [K in Kind]: ImageCodec<PayloadOf<K>> } = {
  bitmap: {
    needs: 'palette',
    argbEntries: true,
    usesPalette: ({ format }) => format <= bitmapFormat.bit8,
    asBits: (payload) => ({ ...payload, paletteId: undefined, palette: null }),
    decode: (payload, image, context) =>
      decodeBitmap(
        {
          format: payload.format,
          width: payload.width,
          height: payload.height,
          stride: payload.stride,
          topDown: (payload.flags & bitmapFlag.topDown) !== 0,
          data: payload.data,
          palette: entriesOf(payload, context),
        },
        context.target,
        image,
        context.memory,
      ),
  },
  lzPlt: {
    needs: 'palette',
    decode: (payload, image, context) => {
      const entries = entriesOf(payload, context);
      if (entries === undefined) throw new CodecError('LZ', 'no-palette', 0, 'a palette', 'none');
      const target = context.target === '555' ? '555' : '32';
      return decodeLzPalette(payload.data, entries, target, image, context.memory);
    },
  },
  quic: {
    needs: 'nothing',
    elsewhereFrom: 1 << 16,
    decode: ({ data }, image, { memory }) => decodeQuic(data, image, memory),
  },
  lzRgb: {
    needs: 'nothing',
    elsewhereFrom: 1 << 20,
    decode: ({ data }, image, { memory }) => decodeLz(data, image, memory),
  },
  lz4: {
    needs: 'nothing',
    keeps16: true,
    decode: ({ data }, image, { memory }) => decodeLz4(data, image, memory),
  },
  glzRgb: { needs: 'window', stream: ({ data }) => data },
  zlibGlzRgb: { needs: 'window', stream: ({ data, glzSize }) => inflateGlz(data, glzSize) },
  jpeg: {
    needs: 'browser',
    lossy: true,
    decode: ({ data }, image, decoder) => decodeJpeg(data, decoder, image),
  },
  jpegAlpha: {
    needs: 'browser',
    lossy: true,
    decode: ({ data, jpegSize }, image, decoder) => decodeJpegAlpha(data, jpegSize, decoder, image),
  },
  fromCache: { needs: 'cache', lossless: false },
  fromCacheLossless: { needs: 'cache', lossless: true },
  surface: { needs: 'surface', surfaceId: ({ surfaceId }) => surfaceId },
};

function entriesOf(payload: PalettePayload, context: PureContext): ArrayLike<number> | undefined {
  return context.palette ?? payload.palette?.entries;
}

/** The row of an image, to be used with that image's payload. */
export function imageCodec({ payload }: Image): ImageCodec<ImagePayload> {
  return imageKinds[payload.kind] as ImageCodec<ImagePayload>;
}

/** What this image depends on; finer than its kind, since most bitmaps have no palette. */
export function needsOf(image: Image): ImageNeeds {
  const codec = imageCodec(image);
  return codec.needs === 'palette' && codec.usesPalette?.(image.payload) === false ? 'nothing' : codec.needs;
}

/** Whether `decodePure` can do it. */
export function isPure(image: Image): boolean {
  const { needs } = imageCodec(image);
  return needs === 'nothing' || needs === 'palette';
}

/**
 * Decodes an image that needs nothing or a palette. The caller owns the result; the image's data is borrowed.
 * Throws CodecError.
 */
export function decodePure(image: Image, context: PureContext): DecodedImage {
  const codec = imageCodec(image);
  if (codec.needs !== 'nothing' && codec.needs !== 'palette') {
    throw unsupported(image, 'an image that is decoded by itself');
  }
  return withHighBits(image, codec.decode(image.payload, image, context), false);
}

/**
 * Decodes an image with the session's window, or says which image must come first (then call again once
 * `window.onImage` called). The result is read-only. Throws CodecError.
 */
export function decodeWithGlz(image: Image, window: GlzWindow): DecodedImage | GlzMissing {
  const codec = imageCodec(image);
  if (codec.needs !== 'window') throw unsupported(image, 'a GLZ image');
  const result = window.tryDecode(codec.stream(image.payload), image);
  return 'missing' in result ? result : withHighBits(image, result, true);
}

/** Decodes an image with the browser's decoder. The caller owns the result. Rejects with CodecError. */
export async function decodeWithJpeg(image: Image, decoder: JpegDecoder): Promise<DecodedImage> {
  const codec = imageCodec(image);
  if (codec.needs !== 'browser') throw unsupported(image, 'a JPEG image');
  return withHighBits(image, await codec.decode(image.payload, image, decoder), false);
}

function unsupported({ payload }: Image, expected: string): CodecError {
  return new CodecError('image', 'unsupported', 0, expected, payload.kind);
}

/** HIGH_BITS_SET: every pixel of a 32-bit image without alpha gets the top byte 255, which ARGB surfaces see. */
function withHighBits(image: Image, decoded: DecodedImage, borrowed: boolean): DecodedImage {
  if ((image.flags & imageFlag.highBitsSet) === 0 || decoded.format !== 'xrgb32') return decoded;
  const pixels = borrowed ? decoded.pixels.slice() : decoded.pixels;
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i] | 0xff000000;
  return { ...decoded, pixels };
}
