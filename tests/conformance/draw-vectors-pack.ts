/**
 * Packs a subset of the draw vectors, the smallest of every category, for the repository:
 * `npx tsx tests/conformance/draw-vectors-pack.ts ../shared/vectors-draw`
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { DrawManifest, DrawVector } from './draw-vectors.ts';

const PER_CATEGORY = 7;
const PACK = 'messages.gz';

async function pack(from: string, to: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8')) as DrawManifest;
  const sized = await Promise.all(
    manifest.vectors.map(async (vector) => ({
      vector,
      size: (await stat(join(from, `${vector.name}.msgs`))).size,
    })),
  );
  const taken = new Map<string, number>();
  const vectors: DrawVector[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { vector, size } of sized.sort((a, b) => a.size - b.size)) {
    const { name, category, tolerance, surfaces } = vector;
    const already = taken.get(category) ?? 0;
    if (already === PER_CATEGORY) continue;
    taken.set(category, already + 1);
    parts.push(await readFile(join(from, `${name}.msgs`)));
    // The hash decides; pixels would only tell how far off a failure is.
    const hashes = surfaces.map(({ id, width, height, format, sha256 }) => ({
      id,
      width,
      height,
      format,
      sha256,
    }));
    vectors.push({ name, category, tolerance, surfaces: hashes, packed: [offset, size] });
    offset += size;
  }
  await mkdir(to, { recursive: true });
  await writeFile(join(to, PACK), gzipSync(Buffer.concat(parts), { level: 9 }));
  await writeFile(join(to, 'manifest.json'), JSON.stringify({ pack: PACK, vectors }));
  console.log(`${vectors.length} of ${manifest.vectors.length} vectors, ${offset} bytes of messages`);
}

const [from] = process.argv.slice(2);
if (from === undefined) throw new Error('name the folder of the vectors');
void pack(from, fileURLToPath(new URL('vectors-draw', import.meta.url)));
