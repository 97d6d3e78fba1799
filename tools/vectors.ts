/**
 * `npm run vectors -- DIR`: decodes every golden vector of DIR/manifest.json with the viewer's own code, prints a line
 * for each failure and ends with `N passed, M failed`. DIR holds image vectors or draw vectors.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCodecVectors, type VectorResult } from '../tests/conformance/codec-vectors.ts';
import { startBrowserJpeg } from '../tests/conformance/browser-jpeg.ts';

interface AnyManifest {
  readonly vectors: readonly { readonly codec?: string; readonly lossy?: boolean }[];
}

async function main(args: readonly string[]): Promise<number> {
  const [dir] = args;
  if (dir === undefined || args.length !== 1) {
    console.error('Usage: npm run vectors -- DIR (a folder with a manifest.json)');
    return 2;
  }
  const path = join(dir, 'manifest.json');
  if (!existsSync(path)) {
    console.error(`There is no ${path}.`);
    return 2;
  }
  const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as AnyManifest;
  const ofCodecs = vectors.some((vector) => vector.codec !== undefined);
  if (!ofCodecs) return report(await runDraw(dir));

  const browser = vectors.some((vector) => vector.lossy) ? await startJpeg() : undefined;
  try {
    return await report(runCodecVectors(dir, { jpegDecoder: browser?.decode }));
  } finally {
    await browser?.close();
  }
}

async function startJpeg() {
  try {
    return await startBrowserJpeg();
  } catch (error) {
    const [reason] = String(error).split('\n');
    console.log(`note: no browser to decode JPEGs with, their colours are not compared: ${reason}`);
    return undefined;
  }
}

async function runDraw(dir: string): Promise<AsyncIterable<VectorResult>> {
  // Only now: it brings the renderer along, which image vectors do not need.
  const { runDrawVectors } = await import('../tests/conformance/draw-vectors.ts');
  return runDrawVectors(dir);
}

async function report(results: AsyncIterable<VectorResult>): Promise<number> {
  let passed = 0;
  let failed = 0;
  const notes = new Map<string, number>();
  for await (const { name, ok, message } of results) {
    if (ok) {
      passed++;
      if (message !== undefined) notes.set(message, (notes.get(message) ?? 0) + 1);
    } else {
      failed++;
      console.log(`FAILED ${name}: ${message ?? 'wrong'}`);
    }
  }
  for (const [note, count] of notes) console.log(`note: ${note} (${count} vectors)`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
