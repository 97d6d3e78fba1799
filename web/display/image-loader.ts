import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { CodecError } from '@spice-viewer/shared-protocol/codecs/codec-error.ts';
import { decodeWithJpeg, needsOf } from '@spice-viewer/shared-protocol/codecs/decode-image.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { u64ToString } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { imageReferences, type DrawMessage } from '../render/draw-commands.ts';
import type { DisplayRenderer } from '../render/display-renderer.ts';
import { ImageResolver, isPending, type PendingImage } from '../render/image-resolver.ts';
import type { ImageReference, ResolvedImages } from '../render/image-roles.ts';
import type { PaletteCache } from '../render/palette-cache.ts';
import type { ResolvedImage } from '../render/resolved-image.ts';
import type { SurfaceStore } from '../render/surface-store.ts';
import type { DisplaySession } from './display-session.ts';
import { decodeJpegInBrowser } from './jpeg-decoder.ts';

/** An image on its way through another thread. */
interface Job {
  decoded?: DecodedImage;
  error?: unknown;
}

export type DecodeJobs = Map<Image, Job>;

/** The images of one message, as far as they are loaded. */
export interface LoadedImages {
  readonly references: readonly ImageReference[];
  readonly resolved: { -readonly [R in keyof ResolvedImages]: ResolvedImage };
  readonly jobs: DecodeJobs;
  /** the next reference to resolve */
  next: number;
}

export interface ImageLoaderEvents {
  /** An image that was waited for is there, or failed. */
  ready(): void;
  /** An image can never be had; its message, the one that is being loaded, is drawn without it. */
  failed(error: unknown, image: Image): void;
}

/** Pixels that may be decoded, or be about to be, for messages whose turn has not come. */
const AHEAD_LIMIT = 1 << 26;

function pixelsOf({ width, height }: Image): number {
  return width * height;
}

/** Gets the images of drawing messages, in their order; says when one is not there yet. */
export class ImageLoader {
  readonly #session: DisplaySession;
  readonly #resolver: ImageResolver;
  readonly #events: ImageLoaderEvents;
  readonly #times: Record<string, number> = {};
  #aheadPixels = 0;

  constructor(
    session: DisplaySession,
    surfaces: SurfaceStore,
    palettes: PaletteCache,
    events: ImageLoaderEvents,
  ) {
    this.#session = session;
    this.#resolver = new ImageResolver(surfaces, session.images, palettes, session.glz, session.pixels);
    this.#events = events;
  }

  get decodeMilliseconds(): Readonly<Record<string, number>> {
    return this.#times;
  }

  /** The message's turn has come. */
  begin(draw: DrawMessage, renderer: DisplayRenderer, jobs: DecodeJobs = new Map()): LoadedImages {
    for (const image of jobs.keys()) this.#aheadPixels -= pixelsOf(image);
    const hasSurface = renderer.surfaces.get(draw.value.base.surfaceId) !== undefined;
    const references = hasSurface
      ? renderer.imagesOf(draw)
      : // Nothing to draw on; but later GLZ images may copy from these.
        imageReferences(draw, 'xrgb32').filter(({ image }) => needsOf(image) === 'window');
    return { references, resolved: {}, jobs, next: 0 };
  }

  /** Starts what depends on nothing while the message waits for its turn. */
  decodeAhead(draw: DrawMessage): DecodeJobs {
    const jobs: DecodeJobs = new Map();
    // What palettes mean depends on the surface, which may not exist yet; none of these has one.
    for (const { image } of imageReferences(draw, 'xrgb32')) {
      const needs = needsOf(image);
      if (needs !== 'browser' && !(needs === 'nothing' && this.#session.pool.wants(image))) continue;
      if (jobs.has(image) || this.#aheadPixels + pixelsOf(image) > AHEAD_LIMIT) continue;
      this.#aheadPixels += pixelsOf(image);
      this.#startJob(jobs, image);
    }
    return jobs;
  }

  /** @returns undefined while an image is missing; `ready` or the session's progress says when to ask again */
  load(images: LoadedImages): ResolvedImages | undefined {
    while (images.next < images.references.length) {
      const reference = images.references[images.next] as ImageReference;
      const resolution = this.#tryResolve(images, reference);
      if (resolution === 'later') return undefined;
      if (resolution !== null) images.resolved[reference.role] = resolution;
      else this.#checkSurface(reference.image);
      images.next++;
    }
    return images.resolved;
  }

  /** The message was drawn. */
  release(images: LoadedImages): void {
    for (const reference of images.references) {
      const resolved = images.resolved[reference.role];
      if (resolved !== undefined) this.#resolver.release(reference, resolved);
    }
  }

  /** The resolver says of a surface that does not exist only that there is nothing. */
  #checkSurface(image: Image): void {
    if (image.payload.kind !== 'surface') return;
    const got = `${image.payload.surfaceId}`;
    this.#events.failed(new ProtocolError('bad-value', 'a surface that exists', got), image);
  }

  /** An image that cannot be decoded is drawn without, as the native client does; the session goes on. */
  #tryResolve(images: LoadedImages, reference: ImageReference): ResolvedImage | null | 'later' {
    try {
      return this.#resolve(images, reference);
    } catch (error) {
      if (!(error instanceof CodecError || error instanceof ProtocolError)) throw error;
      this.#events.failed(error, reference.image);
      return null;
    }
  }

  #resolve(images: LoadedImages, reference: ImageReference): ResolvedImage | null | 'later' {
    const { image } = reference;
    const job = images.jobs.get(image);
    if (job !== undefined) return this.#jobResult(reference, job);
    if (needsOf(image) === 'nothing' && this.#session.pool.wants(image)) {
      this.#startJob(images.jobs, image);
      return 'later';
    }
    const start = performance.now();
    const resolution = this.#resolver.resolve(reference);
    this.#count(image, performance.now() - start);
    return isPending(resolution) ? this.#pending(images, image, resolution) : resolution;
  }

  #jobResult(reference: ImageReference, job: Job): ResolvedImage | null | 'later' {
    if (job.decoded !== undefined) return this.#resolver.acceptFor(reference, job.decoded);
    if (job.error === undefined) return 'later';
    throw job.error;
  }

  #pending(images: LoadedImages, image: Image, reason: PendingImage): null | 'later' {
    if (reason.pending === 'browser') {
      this.#startJob(images.jobs, image);
      return 'later';
    }
    // It can only come on another display channel.
    if (this.#session.hasOtherDisplays()) return 'later';
    const missing = reason.pending === 'cache' ? reason.id : reason.missing;
    const where = reason.pending === 'cache' ? 'in the image cache' : 'in the GLZ window';
    const expected = `image ${u64ToString(missing)} ${where}`;
    this.#events.failed(new ProtocolError('bad-value', expected, 'nothing'), image);
    return null;
  }

  #startJob(jobs: DecodeJobs, image: Image): void {
    if (jobs.has(image)) return;
    const job: Job = {};
    jobs.set(image, job);
    this.#run(image).then(
      (decoded) => {
        job.decoded = decoded;
        this.#events.ready();
      },
      (error: unknown) => {
        job.error = error;
        this.#events.ready();
      },
    );
  }

  async #run(image: Image): Promise<DecodedImage> {
    if (needsOf(image) === 'browser') {
      const start = performance.now();
      const decoded = await decodeWithJpeg(image, decodeJpegInBrowser);
      this.#count(image, performance.now() - start);
      return decoded;
    }
    const { decoded, milliseconds } = await this.#session.pool.decode(image);
    this.#count(image, milliseconds);
    return decoded;
  }

  #count(image: Image, milliseconds: number): void {
    const { kind } = image.payload;
    this.#times[kind] = (this.#times[kind] ?? 0) + milliseconds;
  }
}
