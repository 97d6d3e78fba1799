import { ProtocolError } from '../wire/protocol-error.ts';
import { clipboardType } from './agent-messages.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the largest picture that is decoded: 256 MB of memory. */
export const MAX_CLIPBOARD_PIXELS = 64 * 1024 * 1024;

/**
 * Width and height that the header of a PNG, BMP or JPEG tells (docs/protocol/agent.md#clipboard), so that a few bytes
 * cannot make a decoder take gigabytes.
 * @throws ProtocolError when the bytes are not such a picture, or when it has too many pixels
 */
export function clipboardImageSize(type: number, bytes: Uint8Array): ImageSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = headerSize(type, view);
  const place = { message: 'clipboard' };
  if (size === undefined || size.width < 1 || size.height < 1) {
    throw new ProtocolError('bad-value', 'a picture', `${bytes.length} bytes that are none`, place);
  }
  if (size.width * size.height > MAX_CLIPBOARD_PIXELS) {
    const { width, height } = size;
    throw new ProtocolError(
      'too-large',
      `at most ${MAX_CLIPBOARD_PIXELS} pixels`,
      `${width} x ${height}`,
      place,
    );
  }
  return size;
}

function headerSize(type: number, view: DataView): ImageSize | undefined {
  switch (type) {
    case clipboardType.png:
      return pngSize(view);
    case clipboardType.bmp:
      return bmpSize(view);
    case clipboardType.jpg:
      return jpegSize(view);
    default:
      return undefined;
  }
}

function pngSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) {
    return undefined;
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** "BM", then from byte 14 a BITMAPINFOHEADER or longer; the oldest header, of 12 bytes, has u16. */
function bmpSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 26 || view.getUint16(0) !== 0x424d) return undefined;
  if (view.getUint32(14, true) === 12) {
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  // A negative height: rows from the top.
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/** Segments up to the frame header, SOF0 to SOF15 but DHT, JPG and DAC. */
function jpegSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

const FILE_HEADER_SIZE = 14;
const INFO_HEADER_SIZE = 40;

/**
 * A BMP of RGBA pixels: 24 bits, rows from the bottom, each filled up to 4 bytes. What is transparent lies on white.
 * @param rgba 4 bytes a pixel, rows from the top, not premultiplied
 */
export function encodeBmp({ width, height }: ImageSize, rgba: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const rowSize = (width * 3 + 3) & ~3;
  const start = FILE_HEADER_SIZE + INFO_HEADER_SIZE;
  const bytes = new Uint8Array(start + rowSize * height);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, INFO_HEADER_SIZE, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, rowSize * height, true);
  for (let y = 0; y < height; y++) {
    let to = start + (height - 1 - y) * rowSize;
    let from = y * width * 4;
    for (let x = 0; x < width; x++, from += 4, to += 3) {
      const alpha = rgba[from + 3] ?? 0;
      const white = 255 * (255 - alpha);
      for (let channel = 0; channel < 3; channel++) {
        const value = rgba[from + channel] ?? 0;
        bytes[to + 2 - channel] = Math.round((value * alpha + white) / 255);
      }
    }
  }
  return bytes;
}
