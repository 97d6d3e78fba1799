import { BitReader } from './bit-reader.ts';
import { nalUnits, rawBytes } from './annex-b.ts';
import type { VideoFrameInfo } from './video-frame-info.ts';

const nalType = { idr: 5, sps: 7 } as const;

/** Profiles whose SPS carries chroma format, bit depth and scaling lists. */
const highProfiles: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** Reads an access unit in Annex B form. Throws CodecError for a damaged SPS. */
export function readH264(data: Uint8Array): VideoFrameInfo {
  let key = false;
  let sps: ReturnType<typeof readSps> | undefined;
  for (const nal of nalUnits(data)) {
    const type = (nal[0] ?? 0) & 31;
    if (type === nalType.idr) key = true;
    else if (type === nalType.sps) sps = readSps(nal);
    // Parameter sets come before the slices.
    if (type >= 1 && type <= nalType.idr) break;
  }
  return { key, ...sps };
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

/** Codec string and size of a sequence parameter set. */
function readSps(nal: Uint8Array): { codec: string; width: number; height: number } {
  const reader = new BitReader('H.264', rawBytes(nal.subarray(1)));
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  const codec = `avc1.${hexByte(profile)}${hexByte(constraints)}${hexByte(level)}`;
  reader.unsigned();
  let chroma = 1;
  if (highProfiles.has(profile)) {
    chroma = reader.unsigned();
    if (chroma === 3) reader.skip(1);
    reader.unsigned();
    reader.unsigned();
    reader.skip(1);
    if (reader.flag()) skipScalingLists(reader, chroma === 3 ? 12 : 8);
  }
  reader.unsigned();
  const orderType = reader.unsigned();
  if (orderType === 0) reader.unsigned();
  else if (orderType === 1) {
    reader.skip(1);
    reader.signed();
    reader.signed();
    for (let left = Math.min(255, reader.unsigned()); left > 0; left--) reader.signed();
  }
  reader.unsigned();
  reader.skip(1);
  const width = (reader.unsigned() + 1) * 16;
  const mapUnits = reader.unsigned() + 1;
  const frameOnly = reader.flag();
  if (!frameOnly) reader.skip(1);
  reader.skip(1);
  const height = mapUnits * 16 * (frameOnly ? 1 : 2);
  if (!reader.flag()) return { codec, width, height };
  const stepX = chroma === 1 || chroma === 2 ? 2 : 1;
  const stepY = (chroma === 1 ? 2 : 1) * (frameOnly ? 1 : 2);
  const [left, right, top, bottom] = [0, 0, 0, 0].map(() => reader.unsigned()) as [
    number,
    number,
    number,
    number,
  ];
  return { codec, width: width - (left + right) * stepX, height: height - (top + bottom) * stepY };
}

function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!reader.flag()) continue;
    let last = 8;
    let next = 8;
    for (let left = list < 6 ? 16 : 64; left > 0; left--) {
      if (next !== 0) next = (last + reader.signed() + 256) & 255;
      last = next === 0 ? last : next;
    }
  }
}
