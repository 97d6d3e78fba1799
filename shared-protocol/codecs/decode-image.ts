import {
  type Bitmap,
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

/**
 * What decoding an image depends on, beside its own bytes.
 * - nothing: pure; any worker can do it
 * - palette: pure too, once the palette was looked up (`palette`) and the surface is known (`target`)
 * - jpeg: pure, but asynchronous, through the injected decoder
 * - glz: the session's dictionary, in the order of the channel
 * - cache, surface: no pixels in the payload; the channel looks them up
 */
export type ImageNeeds = 'nothing' | 'palette' | 'jpeg' | 'glz' | 'cache' | 'surface';

/** What `decodePure` may need from the channel. */
export interface PureContext {
  /** The surface that is drawn on; palettes mean different things on 32-bit and 16-bit ones. Or mask. */
  readonly target: DecodeTarget;
  /** Raw entries from the palette cache, for payloads with PAL_FROM_CACHE; else the payload's own palette counts. */
  readonly palette?: ArrayLike<number> | undefined;
  /** Where 32-bit pixels go; by default into new memory. */
  readonly memory?: PixelMemory | undefined;
}

interface KindInfo<K extends Kind> {
  readonly needs: ImageNeeds;
  /** Lossy pixels do not satisfy FROM_CACHE_LOSSLESS. */
  readonly lossy: boolean;
  readonly decode?: (payload: PayloadOf<K>, image: Image, context: PureContext) => DecodedImage;
}

/** One entry for each image type of the protocol. */
export const imageKinds: { readonly [K in Kind]: KindInfo<K> } = {
  bitmap: {
    needs: 'palette',
    lossy: false,
    decode: (payload, image, context) =>
      decodeBitmap(
        {
          format: payload.format,
          width: payload.width,
          height: payload.height,
          stride: payload.stride,
          topDown: (payload.flags & bitmapFlag.topDown) !== 0,
          data: payload.data,
          palette: paletteOf(payload, context),
        },
        context.target,
        image,
        context.memory,
      ),
  },
  lzPlt: {
    needs: 'palette',
    lossy: false,
    decode: (payload, image, context) => {
      const palette = paletteOf(payload, context);
      if (palette === undefined) throw new CodecError('LZ', 'no-palette', 0, 'a palette', 'none');
      return decodeLzPalette(
        payload.data,
        palette,
        context.target === '555' ? '555' : '32',
        image,
        context.memory,
      );
    },
  },
  quic: {
    needs: 'nothing',
    lossy: false,
    decode: (payload, image, { memory }) => decodeQuic(payload.data, image, memory),
  },
  lzRgb: {
    needs: 'nothing',
    lossy: false,
    decode: (payload, image, { memory }) => decodeLz(payload.data, image, memory),
  },
  lz4: {
    needs: 'nothing',
    lossy: false,
    decode: (payload, image, { memory }) => decodeLz4(payload.data, image, memory),
  },
  glzRgb: { needs: 'glz', lossy: false },
  zlibGlzRgb: { needs: 'glz', lossy: false },
  jpeg: { needs: 'jpeg', lossy: true },
  jpegAlpha: { needs: 'jpeg', lossy: true },
  fromCache: { needs: 'cache', lossy: false },
  fromCacheLossless: { needs: 'cache', lossy: false },
  surface: { needs: 'surface', lossy: false },
};

function paletteOf(
  payload: Bitmap | PayloadOf<'lzPlt'>,
  context: PureContext,
): ArrayLike<number> | undefined {
  return context.palette ?? payload.palette?.entries;
}

/** What this image depends on; finer than its kind, since most bitmaps have no palette. */
export function needsOf(image: Image): ImageNeeds {
  const { payload } = image;
  if (payload.kind === 'bitmap' && payload.format > bitmapFormat.bit8) return 'nothing';
  return imageKinds[payload.kind].needs;
}

/** Whether `decodePure` can do it. */
export function isPure(image: Image): boolean {
  return imageKinds[image.payload.kind].decode !== undefined;
}

/**
 * Decodes an image that needs nothing or a palette. The caller owns the result; the image's data is borrowed.
 * Throws CodecError.
 */
export function decodePure(image: Image, context: PureContext): DecodedImage {
  const { payload } = image;
  const { decode } = imageKinds[payload.kind] as KindInfo<Kind>;
  if (decode === undefined) {
    throw new CodecError('image', 'unsupported', 0, 'an image that is decoded by itself', payload.kind);
  }
  return withHighBits(image, decode(payload, image, context), false);
}

/**
 * Decodes a GLZ_RGB or ZLIB_GLZ_RGB image with the session's window, or says which image must come first (then call
 * again once `window.onImage` called). The result is read-only. Throws CodecError.
 */
export function decodeWithGlz(image: Image, window: GlzWindow): DecodedImage | GlzMissing {
  const { payload } = image;
  let data: Uint8Array;
  if (payload.kind === 'glzRgb') data = payload.data;
  else if (payload.kind === 'zlibGlzRgb') data = inflateGlz(payload.data, payload.glzSize);
  else throw new CodecError('image', 'unsupported', 0, 'a GLZ image', payload.kind);
  const result = window.tryDecode(data, image);
  return 'missing' in result ? result : withHighBits(image, result, true);
}

/** Decodes a JPEG or JPEG_ALPHA image. The caller owns the result. Rejects with CodecError. */
export async function decodeWithJpeg(image: Image, decoder: JpegDecoder): Promise<DecodedImage> {
  const { payload } = image;
  switch (payload.kind) {
    case 'jpeg':
      return withHighBits(image, await decodeJpeg(payload.data, decoder, image), false);
    case 'jpegAlpha':
      return decodeJpegAlpha(payload.data, payload.jpegSize, decoder, image);
    default:
      throw new CodecError('image', 'unsupported', 0, 'a JPEG image', payload.kind);
  }
}

/** HIGH_BITS_SET: every pixel of a 32-bit image without alpha gets the top byte 255, which ARGB surfaces see. */
function withHighBits(image: Image, decoded: DecodedImage, borrowed: boolean): DecodedImage {
  if ((image.flags & imageFlag.highBitsSet) === 0 || decoded.format !== 'xrgb32') return decoded;
  const pixels = borrowed ? decoded.pixels.slice() : decoded.pixels;
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i] | 0xff000000;
  return { ...decoded, pixels };
}
