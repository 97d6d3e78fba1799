/**
 * `npx tsx tools/pack-vectors.ts FULL [OUT]`: chooses a small part of the golden image vectors that still covers every
 * codec, format and corner, and packs it as OUT/manifest.json and OUT/vectors.bin, for the project's own tests.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CodecVector } from '../tests/conformance/codec-vectors.ts';

interface FullVector extends CodecVector {
  readonly top_down: boolean;
  readonly flags: number;
  readonly refs?: readonly number[];
  readonly source: { readonly content: string; readonly alpha: string | null; readonly stride_pad: number };
}

/** Larger ones are only taken where the benchmark wants them. */
const MAX_SIZE = 30_000;
/** Vectors of each codec and format, at most. */
const PER_FORMAT = 7;
/** What the benchmark decodes where the full set is missing. */
const BENCHED = [
  /^quic_RGB32_640x480_(screen|photo)/,
  /^lz_RGBA?(32)?_640x480_screen/,
  /^lz_RGB32_1920x1080_desktop/,
  /^lz_plt_PLT8_640x480_screen/,
  /^lz4_RGB32_640x480_screen/,
];
/** GLZ groups, with the orders that are taken; what they refer to comes along. */
const GROUPS: Readonly<Record<string, (order: number) => boolean>> = {
  types: (order) => order < 20,
  twoch: (order) => order < 12,
  threech: (order) => order < 24,
  chunks: (order) => order < 6,
  far: (order) => order >= 276,
  migrate: (order) => order >= 12 && order < 26,
  vga: () => true,
};

/** What makes a vector different from others of its format; each of these should occur once. */
function features(vector: FullVector): string[] {
  const { width, height, source, palette, flags, top_down: topDown } = vector;
  return [
    `size ${width}x${height}`,
    `content ${source.content} ${topDown}`,
    `alpha ${source.alpha}`,
    `pad ${source.stride_pad > 0}`,
    `palette ${palette?.ents.length} ${flags}`,
  ];
}

function groupBy(
  vectors: readonly FullVector[],
  keyOf: (vector: FullVector) => string,
): Map<string, FullVector[]> {
  const groups = new Map<string, FullVector[]>();
  for (const vector of vectors) {
    const members = groups.get(keyOf(vector)) ?? [];
    groups.set(keyOf(vector), members);
    members.push(vector);
  }
  return groups;
}

function chooseSingle(vectors: readonly FullVector[]): FullVector[] {
  const chosen: FullVector[] = [];
  const formats = groupBy(
    vectors.filter((v) => v.group === undefined && v.size <= MAX_SIZE),
    (v) => `${v.codec} ${v.format}`,
  );
  for (const candidates of formats.values()) {
    const seen = new Set<string>();
    for (let n = 0; n < PER_FORMAT; n++) {
      // The one with most news; of equals the smallest.
      const score = (v: FullVector) =>
        features(v).filter((feature) => !seen.has(feature)).length * 1e6 - v.size;
      const best = candidates.toSorted((a, b) => score(b) - score(a))[0];
      if (best === undefined || score(best) <= 0) break;
      for (const feature of features(best)) seen.add(feature);
      chosen.push(best);
    }
  }
  return [...chosen, ...vectors.filter((v) => BENCHED.some((name) => name.test(v.name)))];
}

function chooseGroups(vectors: readonly FullVector[]): FullVector[] {
  const byGroup = groupBy(
    vectors.filter((v) => v.group !== undefined),
    (v) => v.group!,
  );
  return Object.entries(GROUPS).flatMap(([group, wanted]) => {
    const members = new Map(byGroup.get(group)?.map((v) => [v.order!, v]));
    const taken = new Set<FullVector>();
    const take = (order: number): void => {
      const vector = members.get(order);
      if (vector === undefined || taken.has(vector)) return;
      taken.add(vector);
      for (const reference of vector.refs ?? []) take(reference);
    };
    for (const order of members.keys()) if (wanted(order)) take(order);
    return [...taken].sort((a, b) => a.order! - b.order!);
  });
}

/** What the runner reads, and no more. */
function slim(vector: FullVector, at: number): CodecVector {
  const { name, codec, image_type, format, width, height, palette, file, size, rgba_sha256 } = vector;
  const { lossy, alpha_sha256, group, order, channel } = vector;
  return {
    name,
    codec,
    image_type,
    format,
    width,
    height,
    palette: palette === null ? null : { ents: palette.ents },
    file,
    size,
    at,
    rgba_sha256,
    rgba_file: null,
    ...(lossy === true && alpha_sha256 !== undefined ? { lossy, alpha_sha256 } : {}),
    ...(group !== undefined && order !== undefined && channel !== undefined ? { group, order, channel } : {}),
  };
}

const [full, out = fileURLToPath(new URL('../tests/conformance/vectors/', import.meta.url))] =
  process.argv.slice(2);
if (full === undefined) {
  console.error('Usage: npx tsx tools/pack-vectors.ts FULL [OUT]');
  process.exitCode = 2;
} else {
  const { version, vectors } = JSON.parse(readFileSync(join(full, 'manifest.json'), 'utf8')) as {
    version: number;
    vectors: readonly FullVector[];
  };
  const chosen = [...new Set([...chooseSingle(vectors), ...chooseGroups(vectors)])];
  const payloads = chosen.map((vector) => readFileSync(join(full, vector.file)));
  let at = 0;
  const lines = chosen.map((vector, i) => {
    const line = JSON.stringify(slim(vector, at));
    at += payloads[i].length;
    return line;
  });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'vectors.bin'), Buffer.concat(payloads));
  writeFileSync(
    join(out, 'manifest.json'),
    `{"version":${version},"pack":"vectors.bin","vectors":[\n${lines.join(',\n')}\n]}\n`,
  );
  console.log(`${chosen.length} vectors, ${at} bytes`);
}
