import { CodecError } from './codec-error.ts';
import { checkImageSize, type ImageSize } from './decoded-image.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Start-of-frame markers C0..CF, apart from DHT (C4), JPG (C8) and DAC (CC). */
function isFrameStart(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * Reads width and height from a JPEG's frame header without decoding it, so that a picture of hostile size never
 * reaches the browser's decoder. Throws CodecError.
 */
export function readJpegSize(data: Uint8Array, expected?: ImageSize): ImageSize {
  if (data.length < 4 || data[0] !== 0xff || data[1] !== SOI) {
    throw new CodecError('JPEG', 'bad-header', 0, 'a JPEG start marker', 'other bytes');
  }
  let at = 2;
  for (;;) {
    // A marker may be preceded by any number of fill bytes.
    while (at < data.length && data[at] === 0xff && data[at + 1] === 0xff) at++;
    if (at + 4 > data.length) {
      throw new CodecError('JPEG', 'truncated', data.length, 'a frame header', 'the end of the data');
    }
    if (data[at] !== 0xff) throw new CodecError('JPEG', 'damaged', at, 'a marker', data[at]);
    const marker = data[at + 1];
    if (marker === SOS || marker === EOI) {
      throw new CodecError('JPEG', 'damaged', at, 'a frame header', 'the end of the headers');
    }
    // TEM and RST0..7 stand alone.
    if (marker === 0x01 || (marker >= 0xd0 && marker <= SOI)) {
      at += 2;
      continue;
    }
    const length = (data[at + 2] << 8) | data[at + 3];
    if (length < 2) throw new CodecError('JPEG', 'damaged', at + 2, 'a segment of 2 bytes or more', length);
    if (isFrameStart(marker)) {
      if (length < 8 || at + 9 > data.length) {
        throw new CodecError('JPEG', 'truncated', at, 'a whole frame header', length);
      }
      const height = (data[at + 5] << 8) | data[at + 6];
      const width = (data[at + 7] << 8) | data[at + 8];
      checkImageSize('JPEG', at + 5, width, height, expected);
      return { width, height };
    }
    at += 2 + length;
  }
}
