import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  displayServerMessages,
  resourceKind,
  type DisplayMessage,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import type { AnyMessage } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { DisplayRenderer } from '../../web/render/display-renderer.ts';
import { ImageCache } from '../../web/render/image-cache.ts';
import { ImageResolver, isPending } from '../../web/render/image-resolver.ts';
import { isDrawName, type DrawMessage } from '../../web/render/draw-commands.ts';
import type { ImageRole } from '../../web/render/image-roles.ts';
import { PaletteCache } from '../../web/render/palette-cache.ts';
import { presentAll } from '../../web/render/present.ts';
import type { ResolvedImage } from '../../web/render/resolved-image.ts';
import type { Surface } from '../../web/render/surface.ts';

export interface DrawVectorSurface {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly sha256: string;
  /** gzip of the expected bytes, in the same folder */
  readonly rgba?: string;
}

export interface DrawVector {
  readonly name: string;
  readonly category: string;
  readonly tolerance: number;
  readonly surfaces: readonly DrawVectorSurface[];
  /** where the messages start in the pack, and their bytes */
  readonly packed?: readonly [offset: number, length: number];
}

export interface DrawManifest {
  readonly vectors: readonly DrawVector[];
  /** gzip of all messages in one file, instead of a NAME.msgs for each vector */
  readonly pack?: string;
}

export interface DrawVectorResult {
  readonly name: string;
  readonly category: string;
  readonly ok: boolean;
  readonly message?: string;
}

/** Where a vector's pixels are not those expected. */
class Mismatch extends Error {}

/** u16 type, u32 size */
const MINI_HEADER_BYTES = 6;

/** Applies display messages to a renderer, all of it synchronously. */
export class DrawVectorPlayer {
  readonly renderer = new DisplayRenderer();
  readonly #images = new ImageCache();
  readonly #palettes = new PaletteCache();
  readonly #resolver = new ImageResolver(this.renderer.surfaces, this.#images, this.#palettes);

  /** @param stream messages back to back, with mini headers */
  play(stream: Uint8Array): void {
    const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
    for (let at = 0; at + MINI_HEADER_BYTES <= stream.length;) {
      const body = at + MINI_HEADER_BYTES;
      const end = body + view.getUint32(at + 2, true);
      const message = displayServerMessages.read(view.getUint16(at, true), stream.subarray(body, end));
      if (message !== undefined) this.#apply(message);
      at = end;
    }
  }

  #apply(message: AnyMessage): void {
    const { surfaces } = this.renderer;
    if (isDrawName(message.name)) {
      this.#draw(message as DrawMessage);
      return;
    }
    switch (message.name) {
      case 'surfaceCreate':
        surfaces.create(message.value as DisplayMessage<'surfaceCreate'>);
        break;
      case 'surfaceDestroy':
        surfaces.destroy((message.value as DisplayMessage<'surfaceDestroy'>).surfaceId);
        break;
      case 'mode':
        surfaces.mode(message.value as DisplayMessage<'mode'>);
        break;
      case 'reset':
        surfaces.reset();
        this.#palettes.clear();
        break;
      case 'invalList':
        for (const { kind, id } of (message.value as DisplayMessage<'invalList'>).resources) {
          if (kind === resourceKind.pixmap) this.#images.release(id);
        }
        break;
      case 'invalAllPixmaps':
        this.#images.clear();
        break;
      case 'invalPalette':
        this.#palettes.remove((message.value as DisplayMessage<'invalPalette'>).id);
        break;
      case 'invalAllPalettes':
        this.#palettes.clear();
        break;
      default:
        break;
    }
  }

  #draw(message: DrawMessage): void {
    const images: { [R in ImageRole]?: ResolvedImage } = {};
    for (const reference of this.renderer.imagesOf(message)) {
      let resolved = this.#resolver.resolve(reference);
      if (isPending(resolved) && resolved.pending === 'browser') {
        resolved = this.#resolver.accept(reference.image, anyPicture(reference.image));
      }
      if (isPending(resolved)) throw new Mismatch(`${message.name} waits for an image (${resolved.pending})`);
      if (resolved !== null) images[reference.role] = resolved;
    }
    this.renderer.draw(message, images);
  }
}

/** Stands for a JPEG: the vectors overdraw all of its pixels, only the caching counts. */
function anyPicture({ width, height }: Image): DecodedImage {
  return {
    format: 'xrgb32',
    width,
    height,
    pixels: new Uint32Array(width * height),
  };
}

/**
 * Plays every vector of DIR/manifest.json (format: README.md of the vectors) and compares all surfaces.
 * @param only leaves out vectors for which it says false
 */
export async function* runDrawVectors(
  dir: string,
  only: (vector: DrawVector) => boolean = () => true,
): AsyncGenerator<DrawVectorResult> {
  const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as DrawManifest;
  const pack = manifest.pack === undefined ? undefined : gunzipSync(await readFile(join(dir, manifest.pack)));
  for (const vector of manifest.vectors) {
    if (!only(vector)) continue;
    const { name, category } = vector;
    const message = await runDrawVector(dir, vector, pack).then(
      () => undefined,
      (error: unknown) => (error instanceof Mismatch ? error.message : String(error)),
    );
    yield message === undefined ? { name, category, ok: true } : { name, category, ok: false, message };
  }
}

async function runDrawVector(dir: string, vector: DrawVector, pack?: Uint8Array): Promise<void> {
  const player = new DrawVectorPlayer();
  const { packed } = vector;
  player.play(
    pack !== undefined && packed !== undefined
      ? pack.subarray(packed[0], packed[0] + packed[1])
      : await readFile(join(dir, `${vector.name}.msgs`)),
  );
  const { surfaces } = player.renderer;
  for (const expected of vector.surfaces) {
    const surface = surfaces.get(expected.id);
    if (surface === undefined) throw new Mismatch(`surface ${expected.id} is missing`);
    await compare(dir, surface, expected, vector.tolerance);
  }
  const alive = [...surfaces.values()].length;
  if (alive !== vector.surfaces.length) {
    throw new Mismatch(`${alive} surfaces are alive instead of ${vector.surfaces.length}`);
  }
}

async function compare(
  dir: string,
  surface: Surface,
  expected: DrawVectorSurface,
  tolerance: number,
): Promise<void> {
  const { width, height, id } = surface;
  if (width !== expected.width || height !== expected.height) {
    throw new Mismatch(`surface ${id} is ${width}x${height} instead of ${expected.width}x${expected.height}`);
  }
  const actual = presentAll(surface);
  if (createHash('sha256').update(actual).digest('hex') === expected.sha256) return;
  if (expected.rgba === undefined) throw new Mismatch(`surface ${id} (${expected.format}): wrong SHA-256`);
  const wanted = gunzipSync(await readFile(join(dir, expected.rgba)));
  let wrong = 0;
  let worst = 0;
  let first = '';
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(actual[i] - wanted[i]);
    if (difference <= tolerance) continue;
    wrong++;
    worst = Math.max(worst, difference);
    if (wrong === 1) {
      const pixel = i >> 2;
      const at = (of: Uint8Array | Uint8ClampedArray): string => of.slice(pixel * 4, pixel * 4 + 4).join(' ');
      first = `(${pixel % width}, ${Math.floor(pixel / width)}) is ${at(actual)} instead of ${at(wanted)}`;
    }
  }
  if (wrong > 0) {
    throw new Mismatch(
      `surface ${id} (${expected.format}): ${wrong} bytes differ, by up to ${worst}; first ${first}`,
    );
  }
}
