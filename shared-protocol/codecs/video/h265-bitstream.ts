import { BitReader } from './bit-reader.ts';
import { nalUnits, rawBytes } from './annex-b.ts';
import type { VideoFrameInfo } from './video-frame-info.ts';

const nalType = { firstIrap: 16, lastIrap: 23, lastSlice: 31, sps: 33 } as const;

/** Reads an access unit in Annex B form. Throws CodecError for a damaged SPS. */
export function readH265(data: Uint8Array): VideoFrameInfo {
  let key = false;
  let sps: ReturnType<typeof readSps> | undefined;
  for (const nal of nalUnits(data)) {
    if (nal.length < 2) continue;
    const type = ((nal[0] as number) >> 1) & 63;
    if (type === nalType.sps) sps = readSps(nal);
    if (type > nalType.lastSlice) continue;
    key = type >= nalType.firstIrap && type <= nalType.lastIrap;
    break;
  }
  return { key, ...sps };
}

/** Codec string (ISO 14496-15 annex E) and size of a sequence parameter set. */
function readSps(nal: Uint8Array): { codec: string; width: number; height: number } {
  const reader = new BitReader('H.265', rawBytes(nal.subarray(2)));
  reader.skip(4);
  const subLayers = reader.bits(3);
  reader.skip(1);
  const space = ['', 'A', 'B', 'C'][reader.bits(2)];
  const tier = reader.flag() ? 'H' : 'L';
  const profile = reader.bits(5);
  let compatibility = 0;
  for (let i = 0; i < 32; i++) if (reader.flag()) compatibility = (compatibility | (1 << i)) >>> 0;
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  while (constraints.at(-1) === 0) constraints.pop();
  const level = reader.bits(8);
  const parts = [
    `hev1.${space}${profile}`,
    compatibility.toString(16).toUpperCase(),
    `${tier}${level}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ];
  skipSubLayers(reader, subLayers);
  reader.unsigned();
  const chroma = reader.unsigned();
  if (chroma === 3) reader.skip(1);
  const width = reader.unsigned();
  const height = reader.unsigned();
  const codec = parts.join('.');
  if (!reader.flag()) return { codec, width, height };
  const stepX = chroma === 1 || chroma === 2 ? 2 : 1;
  const stepY = chroma === 1 ? 2 : 1;
  const [left, right, top, bottom] = [0, 0, 0, 0].map(() => reader.unsigned()) as [
    number,
    number,
    number,
    number,
  ];
  return { codec, width: width - (left + right) * stepX, height: height - (top + bottom) * stepY };
}

function skipSubLayers(reader: BitReader, count: number): void {
  if (count === 0) return;
  const present = Array.from({ length: count }, () => [reader.flag(), reader.flag()] as const);
  reader.skip((8 - count) * 2);
  for (const [profile, level] of present) reader.skip((profile ? 88 : 0) + (level ? 8 : 0));
}
