import { CodecError } from './codec-error.ts';

/** Image types inside LZ and GLZ headers (SpiceLzImageType). */
export const LZ_TYPE = {
  plt1Le: 1,
  plt1Be: 2,
  plt4Le: 3,
  plt4Be: 4,
  plt8: 5,
  rgb16: 6,
  rgb24: 7,
  rgb32: 8,
  rgba: 9,
  xxxa: 10,
  a8: 11,
} as const;

const MAGIC = 0x20205a4c;
const VERSION = 0x00010001;
/** No control sequence makes more pixels than this from one byte. */
const MAX_PIXELS_PER_BYTE = 256;

/** Big-endian u32; the caller has checked the length. */
export function u32be(data: Uint8Array, at: number): number {
  return ((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]) >>> 0;
}

/** Throws unless the data starts with the magic and version that LZ and GLZ have in common. */
export function checkLzStart(codec: string, data: Uint8Array, headerBytes: number): void {
  if (data.length < headerBytes) {
    throw new CodecError(codec, 'truncated', 0, `${headerBytes} bytes of header`, data.length);
  }
  const magic = u32be(data, 0);
  if (magic !== MAGIC) throw new CodecError(codec, 'bad-header', 0, 'the magic 0x20205a4c', magic);
  const version = u32be(data, 4);
  if (version !== VERSION) throw new CodecError(codec, 'bad-header', 4, 'version 0x00010001', version);
}

/** Throws where so few bytes cannot hold so many units, before memory is taken for them. */
export function checkPlausible(codec: string, data: Uint8Array, start: number, units: number): void {
  if (units > (data.length - start + 1) * MAX_PIXELS_PER_BYTE) {
    throw new CodecError(codec, 'truncated', data.length, `data for ${units} units`, data.length - start);
  }
}

export function lzTruncated(codec: string, data: Uint8Array): CodecError {
  return new CodecError(codec, 'truncated', data.length, 'more data', 'its end');
}

export function lzOverrun(codec: string, at: number, room: number, length: number): CodecError {
  return new CodecError(codec, 'overrun', at, `at most ${room} units`, length);
}

export function lzBadDistance(codec: string, at: number, reach: number, distance: number): CodecError {
  return new CodecError(codec, 'bad-reference', at, `a distance of at most ${reach}`, distance);
}
