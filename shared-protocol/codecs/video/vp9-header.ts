import { BitReader } from './bit-reader.ts';
import type { VideoFrameInfo } from './video-frame-info.ts';

const SYNC_CODE = 0x498342;
const RGB_COLOR_SPACE = 7;

/** Largest luma picture (samples) of each level. */
const levels: readonly (readonly [number, string])[] = [
  [36_864, '10'],
  [73_728, '11'],
  [122_880, '20'],
  [245_760, '21'],
  [552_960, '30'],
  [983_040, '31'],
  [2_228_224, '41'],
  [8_912_896, '52'],
];

/** Reads the uncompressed header of a VP9 frame, or of a superframe's first. Throws CodecError for a truncated one. */
export function readVp9(data: Uint8Array): VideoFrameInfo {
  const reader = new BitReader('VP9', data);
  if (reader.bits(2) !== 2) return { key: false };
  const profile = reader.bits(1) + reader.bits(1) * 2;
  if (profile === 3) reader.skip(1);
  const showExisting = reader.flag();
  if (showExisting || reader.flag()) return { key: false };
  reader.skip(2);
  if (reader.bits(24) !== SYNC_CODE) return { key: false };
  const depth = profile < 2 ? 8 : reader.flag() ? 12 : 10;
  if (reader.bits(3) === RGB_COLOR_SPACE) reader.skip(profile % 2);
  else reader.skip(profile % 2 === 1 ? 4 : 1);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  const level = levels.find(([limit]) => width * height <= limit)?.[1] ?? '62';
  const codec = `vp09.0${profile}.${level}.${String(depth).padStart(2, '0')}`;
  return { key: true, codec, width, height };
}
