/** Runs the golden vectors of the image codecs (their format: README.md beside the full set) with the viewer's decoders. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImagePayload, type Image } from '../../shared-protocol/channels/image.ts';
import {
  decodePure,
  decodeWithGlz,
  decodeWithJpeg,
  needsOf,
} from '../../shared-protocol/codecs/decode-image.ts';
import { type DecodedImage, toRgba } from '../../shared-protocol/codecs/decoded-image.ts';
import { GlzWindow } from '../../shared-protocol/codecs/glz.ts';
import type { JpegDecoder } from '../../shared-protocol/codecs/jpeg-alpha.ts';
import { u64Of } from '../../shared-protocol/wire/u64.ts';

export interface CodecVector {
  readonly name: string;
  readonly codec: string;
  readonly image_type: number;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly palette: { readonly ents: readonly number[] } | null;
  readonly file: string;
  readonly size: number;
  readonly rgba_sha256: string;
  readonly rgba_file: string | null;
  readonly lossy?: boolean;
  readonly alpha_sha256?: string;
  readonly group?: string;
  readonly order?: number;
  readonly channel?: number;
  /** Packed sets only: where the payload is in the pack. */
  readonly at?: number;
}

export interface CodecManifest {
  readonly version: number;
  /** Packed sets only: the file with all payloads. */
  readonly pack?: string;
  readonly vectors: readonly CodecVector[];
}

export interface VectorResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed, or what was not compared. */
  readonly message?: string;
}

export interface CodecVectorOptions {
  /** Without one, only the alpha plane and the header of JPEGs are compared. */
  readonly jpegDecoder?: JpegDecoder | undefined;
}

/** A set of vectors: a folder with one file for each payload, or one packed file. */
export class CodecVectorSet {
  readonly vectors: readonly CodecVector[];
  readonly #dir: string;
  readonly #pack: Uint8Array | undefined;

  constructor(dir: string) {
    const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as CodecManifest;
    this.#dir = dir;
    this.vectors = manifest.vectors;
    if (manifest.pack !== undefined) this.#pack = readFileSync(join(dir, manifest.pack));
  }

  payload(vector: CodecVector): Uint8Array {
    if (this.#pack !== undefined && vector.at !== undefined) {
      return this.#pack.subarray(vector.at, vector.at + vector.size);
    }
    return readFileSync(join(this.#dir, vector.file));
  }

  /** The image as it would come out of a message. */
  image(vector: CodecVector): Image {
    const { image_type: type, width, height } = vector;
    const payload = readImagePayload(type, this.payload(vector));
    return { id: u64Of(0), flags: 0, width, height, payload };
  }

  /** Expected bytes, where the set has them; only to explain a difference. */
  expected(vector: CodecVector): Uint8Array | undefined {
    if (vector.rgba_file === null) return undefined;
    const path = join(this.#dir, vector.rgba_file);
    return existsSync(path) ? readFileSync(path) : undefined;
  }
}

/** Decodes every vector of a folder; results come in the manifest's order, GLZ groups at their first member. */
export async function* runCodecVectors(
  dir: string,
  options: CodecVectorOptions = {},
): AsyncGenerator<VectorResult> {
  const set = new CodecVectorSet(dir);
  const groups = new Map<string, CodecVector[]>();
  for (const vector of set.vectors) {
    if (vector.group === undefined) continue;
    const members = groups.get(vector.group) ?? [];
    groups.set(vector.group, members);
    members.push(vector);
  }
  for (const vector of set.vectors) {
    if (vector.group === undefined) {
      yield await runOne(set, vector, options.jpegDecoder);
      continue;
    }
    const members = groups.get(vector.group);
    if (members === undefined) continue;
    groups.delete(vector.group);
    yield* runGroup(set, members);
  }
}

async function runOne(
  set: CodecVectorSet,
  vector: CodecVector,
  jpegDecoder: JpegDecoder | undefined,
): Promise<VectorResult> {
  const { name } = vector;
  try {
    const image = set.image(vector);
    if (needsOf(image) !== 'browser') {
      const decoded = decodePure(image, { target: '32', palette: vector.palette?.ents });
      const message = compare(set, vector, decoded);
      return message === undefined ? { name, ok: true } : { name, ok: false, message };
    }
    return await runJpeg(set, vector, image, jpegDecoder);
  } catch (error) {
    return { name, ok: false, message: String(error) };
  }
}

async function runJpeg(
  set: CodecVectorSet,
  vector: CodecVector,
  image: Image,
  jpegDecoder: JpegDecoder | undefined,
): Promise<VectorResult> {
  const { name } = vector;
  const decoded = await decodeWithJpeg(image, jpegDecoder ?? blankJpeg(vector));
  const rgba = toRgba(decoded);
  const alpha = rgba.filter((_, i) => i % 4 === 3);
  if (sha256(alpha) !== vector.alpha_sha256) return { name, ok: false, message: 'the alpha plane differs' };
  if (jpegDecoder === undefined) return { name, ok: true, message: 'JPEG colours not compared' };
  if (sha256(rgba) === vector.rgba_sha256) return { name, ok: true };
  // JPEG decoders other than libjpeg-turbo may differ a little; see the README of the vectors.
  const expected = set.expected(vector);
  if (expected === undefined) return { name, ok: true, message: 'JPEG colours are not libjpeg-turbo’s' };
  let sum = 0;
  for (let i = 0; i < rgba.length; i++) sum += Math.abs(rgba[i] - expected[i]);
  const mean = sum / (vector.width * vector.height * 3);
  const message = `JPEG colours differ by ${mean.toFixed(2)} on average`;
  return { name, ok: mean <= MAX_JPEG_MEAN, message };
}

/** Mean difference up to which another JPEG decoder's colours are taken to be right. */
const MAX_JPEG_MEAN = 16;

function blankJpeg({ width, height }: CodecVector): JpegDecoder {
  return () => Promise.resolve({ width, height, rgba: new Uint8ClampedArray(width * height * 4) });
}

/** Arrival orders of a GLZ group: as encoded, and each channel in turn ahead of all others as far as it gets. */
function* runGroup(set: CodecVectorSet, members: readonly CodecVector[]): Generator<VectorResult> {
  const inOrder = members.toSorted((a, b) => a.order! - b.order!);
  const channels = [...new Set(inOrder.map((v) => v.channel!))];
  const failures = new Map<CodecVector, string>();
  replay(set, [inOrder], 'in order', failures);
  if (channels.length > 1) {
    for (const ahead of channels) {
      const queues = [ahead, ...channels.filter((c) => c !== ahead)].map((c) =>
        inOrder.filter((v) => v.channel === c),
      );
      replay(set, queues, `channel ${ahead} ahead`, failures);
    }
  }
  for (const vector of members) {
    const message = failures.get(vector);
    yield message === undefined ? { name: vector.name, ok: true } : { name: vector.name, ok: false, message };
  }
}

/**
 * Drains the queues of the channels, each as far as it gets; a channel whose next image refers to one that is not there
 * waits until the window calls.
 */
function replay(
  set: CodecVectorSet,
  queues: readonly (readonly CodecVector[])[],
  how: string,
  failures: Map<CodecVector, string>,
): void {
  const window = new GlzWindow();
  const fail = (vector: CodecVector, message: string) => failures.set(vector, `${message} (${how})`);
  const next = queues.map(() => 0);
  const runnable = queues.map((_, i) => i);
  while (runnable.length > 0) {
    const channel = Math.min(...runnable);
    runnable.splice(runnable.indexOf(channel), 1);
    for (const queue = queues[channel]; next[channel] < queue.length; next[channel]++) {
      const vector = queue[next[channel]];
      try {
        const result = decodeWithGlz(set.image(vector), window);
        if ('missing' in result) {
          window.onImage(result.missing, () => runnable.push(channel));
          break;
        }
        const message = compare(set, vector, result);
        if (message !== undefined) fail(vector, message);
      } catch (error) {
        fail(vector, String(error));
      }
    }
  }
  queues.forEach((queue, i) => {
    for (const vector of queue.slice(next[i])) fail(vector, 'waits for an image that never came');
  });
}

function compare(set: CodecVectorSet, vector: CodecVector, decoded: DecodedImage): string | undefined {
  if (decoded.width !== vector.width || decoded.height !== vector.height) {
    return `${decoded.width}x${decoded.height} instead of ${vector.width}x${vector.height}`;
  }
  const rgba = toRgba(decoded);
  if (sha256(rgba) === vector.rgba_sha256) return undefined;
  const expected = set.expected(vector);
  if (expected === undefined) return 'the pixels differ';
  const at = rgba.findIndex((byte, i) => byte !== expected[i]) >> 2;
  const hex = (bytes: Uint8Array | Uint8ClampedArray) =>
    Buffer.from(bytes.subarray(at * 4, at * 4 + 4)).toString('hex');
  const place = `(${at % vector.width}, ${Math.floor(at / vector.width)})`;
  return `the pixels differ from ${place} on: expected ${hex(expected)}, got ${hex(rgba)}`;
}

function sha256(bytes: Uint8Array | Uint8ClampedArray): string {
  return createHash('sha256').update(bytes).digest('hex');
}
