import {
  bitmapFlag,
  bitmapFormat,
  imageFlag,
  type Image,
} from '@spice-viewer/shared-protocol/channels/image.ts';
import type { U64 } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type { Bitmap } from './bitmap.ts';
import { encodeLzPalette, encodeLzRgb32 } from './encoders/lz-encoder.ts';
import { encodeQuic } from './encoders/quic-encoder.ts';

type Payload = Image['payload'];
type Encoding = 'bitmap' | 'lz' | 'lzPalette' | 'quic';

export interface PictureOptions {
  /** sent once per session, then by its id */
  readonly cached?: boolean;
  /** photo-like: QUIC */
  readonly gradual?: boolean;
}

/** Fewer pixels than this are sent as they are, as real servers do. */
const SMALL_PICTURE = 64;

let lastId = 0;

/** An image on its way to clients; encoded once, when the first client needs it. */
export class Picture {
  readonly bitmap: Bitmap;
  readonly id: number;
  readonly cached: boolean;
  readonly #gradual: boolean;
  readonly #payloads = new Map<Encoding, Payload>();

  constructor(bitmap: Bitmap, options: PictureOptions = {}) {
    lastId++;
    this.id = lastId;
    this.bitmap = bitmap;
    this.cached = options.cached ?? false;
    this.#gradual = options.gradual ?? false;
  }

  /** Like the ids of real servers, these use the upper half as well. */
  static wireId(id: number): U64 {
    return { hi: 0xdec0de, lo: id };
  }

  /**
   * @param preferred an encoding that the client asked for
   * @param cacheMe the client is to keep it
   */
  image(preferred: Encoding | undefined, cacheMe: boolean): Image {
    return this.#described(this.#payload(preferred ?? this.#bestEncoding()), cacheMe ? imageFlag.cacheMe : 0);
  }

  /** The client has it. */
  fromCache(): Image {
    return this.#described({ kind: 'fromCache' }, 0);
  }

  #described(payload: Payload, flags: number): Image {
    const { width, height } = this.bitmap;
    return { id: Picture.wireId(this.id), flags, width, height, payload };
  }

  #bestEncoding(): Encoding {
    const { width, height } = this.bitmap;
    if (width * height < SMALL_PICTURE) return 'bitmap';
    if (this.#gradual && width > 2 && height > 2) return 'quic';
    return 'lzPalette';
  }

  #payload(encoding: Encoding): Payload {
    let payload = this.#payloads.get(encoding);
    if (payload === undefined) {
      payload = this.#encode(encoding);
      this.#payloads.set(encoding, payload);
    }
    return payload;
  }

  #encode(encoding: Encoding): Payload {
    switch (encoding) {
      case 'bitmap':
        return rawBitmap(this.bitmap);
      case 'quic':
        return { kind: 'quic', data: encodeQuic(this.bitmap) };
      case 'lzPalette': {
        const encoded = encodeLzPalette(this.bitmap);
        if (encoded === undefined) return this.#payload('lz');
        const { data, entries } = encoded;
        const palette = { unique: Picture.wireId(this.id), entries };
        return { kind: 'lzPlt', flags: bitmapFlag.topDown, paletteId: undefined, palette, data };
      }
      case 'lz':
        return { kind: 'lzRgb', data: encodeLzRgb32(this.bitmap) };
    }
  }
}

/** 32-bit, stored from the bottom row, as guests often do. */
function rawBitmap({ width, height, pixels }: Bitmap): Payload {
  const stride = width * 4;
  const data = new Uint8Array(stride * height);
  const view = new DataView(data.buffer);
  for (let y = 0; y < height; y++) {
    const row = (height - 1 - y) * stride;
    for (let x = 0; x < width; x++) view.setUint32(row + x * 4, pixels[y * width + x], true);
  }
  const format = bitmapFormat.bit32;
  return {
    kind: 'bitmap',
    format,
    flags: 0,
    width,
    height,
    stride,
    paletteId: undefined,
    palette: null,
    data,
  };
}
