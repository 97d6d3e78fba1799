import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Image } from '../../shared-protocol/channels/image.ts';
import { decodePure, decodeWithGlz, needsOf } from '../../shared-protocol/codecs/decode-image.ts';
import type { DecodedImage } from '../../shared-protocol/codecs/decoded-image.ts';
import { GlzWindow } from '../../shared-protocol/codecs/glz.ts';
import { PixelPool } from '../../shared-protocol/codecs/pixel-pool.ts';
import { type CodecVector, CodecVectorSet } from '../conformance/codec-vectors.ts';
import { type Bench, type BenchRow, median, table } from './bench.ts';
import { type Html5Codecs, loadHtml5Codecs } from './spice-html5-codecs.ts';

/** The full golden vectors where they are, else the project's own subset. */
const SETS = ['../../../shared/vectors/', '../conformance/vectors/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const SIZES = ['1920x1080', '640x480'];
const ROUNDS = 15;
const LZ_HEADER = 28;

/** Millions of pixels a second of the image decoders, one thread, beside spice-html5's where it has the codec. */
export const decodeBench: Bench = {
  name: 'decode',
  run(log) {
    const html5 = loadHtml5Codecs();
    if (html5 === undefined) log('decode: spice-html5 is not installed, so there is nothing to compare with');
    const set = new CodecVectorSet(SETS.find((dir) => existsSync(dir))!);
    const rows: BenchRow[] = [];
    for (const vector of set.vectors) {
      if (!SIZES.includes(`${vector.width}x${vector.height}`) || vector.lossy) continue;
      if (vector.group !== undefined && !['vga', 'fhd'].includes(vector.group)) continue;
      const ours = decoderOf(set, vector);
      const theirs = html5 === undefined ? undefined : html5DecoderOf(set, vector, html5);
      const [our = Number.NaN, their = Number.NaN] = measure(vector, [ours, theirs ?? (() => {})]);
      log(`decode: ${vector.name}: ${our.toFixed(0)} Mpx/s`);
      if (theirs === undefined) continue;
      rows.push({
        bench: 'decode',
        metric: nameOf(vector),
        unit: 'Mpx/s',
        ours: our,
        reference: their,
        referenceName: 'spice-html5',
        better: 'higher',
      });
    }
    return Promise.resolve(rows);
  },
};

/** quic_RGB32_1920x1080_photo_s1205: QUIC RGB32 photo 1920x1080 */
function nameOf(vector: CodecVector): string {
  const [, , size, content] = vector.name.split('_');
  return `${vector.codec.toUpperCase()} ${vector.format} ${content} ${size}`;
}

type Decode = () => unknown;

function decoderOf(set: CodecVectorSet, vector: CodecVector): Decode {
  const image = set.image(vector);
  if (needsOf(image) !== 'window') {
    // As the viewer: a picture's memory serves again once it was drawn.
    const memory = new PixelPool();
    const context = { target: '32', palette: vector.palette?.ents, memory } as const;
    return () => memory.recycle(decodePure(image, context));
  }
  // What it refers to is decoded before; decoding it again replaces it.
  const window = new GlzWindow();
  const before = set.vectors.filter((v) => v.group === vector.group && v.order! < vector.order!);
  for (const earlier of before.toSorted((a, b) => a.order! - b.order!)) glz(set.image(earlier), window);
  return () => glz(image, window);
}

function glz(image: Image, window: GlzWindow): DecodedImage {
  const result = decodeWithGlz(image, window);
  if ('missing' in result) throw new Error('a GLZ vector refers to one that is not there');
  return result;
}

function html5DecoderOf(set: CodecVectorSet, vector: CodecVector, html5: Html5Codecs): Decode | undefined {
  const { payload } = set.image(vector);
  const { width, height, format } = vector;
  if (payload.kind === 'quic' && ['RGB24', 'RGB32', 'RGBA'].includes(format)) {
    return () => html5.quic(payload.data);
  }
  if (payload.kind === 'lzRgb' && ['RGB32', 'RGBA'].includes(format)) {
    const data = payload.data.subarray(LZ_HEADER);
    return () => html5.lz(data, width, height, format === 'RGBA');
  }
  return undefined;
}

/** Takes turns; the first rounds warm up. Millions of pixels a second by the median round. */
function measure(vector: CodecVector, decoders: readonly Decode[]): number[] {
  const pixels = vector.width * vector.height;
  const times: number[][] = decoders.map(() => []);
  for (let round = -5; round < ROUNDS; round++) {
    for (const [side, decode] of decoders.entries()) {
      const start = performance.now();
      decode();
      if (round >= 0) times[side].push(performance.now() - start);
    }
  }
  return times.map((list) => pixels / median(list) / 1000);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(table(await decodeBench.run((line) => console.error(line), {})));
}
