import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { CodecError } from '@spice-viewer/shared-protocol/codecs/codec-error.ts';
import { decodePure, imageCodec } from '@spice-viewer/shared-protocol/codecs/decode-image.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import { createDecodeWorker } from '../threads/create-decode-worker.ts';

export interface DecodeJob {
  readonly job: number;
  readonly image: Image;
}

export type DecodeResult =
  | { readonly job: number; readonly decoded: DecodedImage; readonly milliseconds: number }
  | { readonly job: number; readonly error: string };

export interface PoolDecoded {
  readonly decoded: DecodedImage;
  readonly milliseconds: number;
}

interface Slot {
  readonly worker: Worker;
  jobs: number;
}

interface PendingJob {
  readonly image: Image;
  readonly slot: Slot;
  resolve(value: PoolDecoded): void;
  reject(error: Error): void;
}

const MAX_WORKERS = 3;
/** A worker that has not answered its first job by then will not: its script could not be loaded. Milliseconds. */
const START_LIMIT = 5_000;

/**
 * Workers for images that depend on nothing but their own bytes. They start when the first such image comes.
 * Where workers fail (they may be forbidden, or their script be gone) everything is decoded in place.
 */
export class DecodePool {
  readonly #slots: Slot[] = [];
  readonly #pending = new Map<number, PendingJob>();
  readonly #create: typeof createDecodeWorker;
  #nextJob = 1;
  #broken = false;

  constructor(create: typeof createDecodeWorker = createDecodeWorker) {
    this.#create = create;
  }

  /** Whether `decode` should be used for this image. */
  wants(image: Image): boolean {
    const codec = imageCodec(image);
    if (this.#broken || codec.needs !== 'nothing' || codec.elsewhereFrom === undefined) return false;
    return image.width * image.height >= codec.elsewhereFrom;
  }

  /** The image's data is copied; the result is the caller's. Rejects with CodecError. */
  decode(image: Image): Promise<PoolDecoded> {
    return new Promise((resolve, reject) => {
      const slot = this.#slot();
      if (slot === undefined) return decodeHere({ image, resolve, reject });
      const payload = image.payload as { data: Uint8Array };
      const data = payload.data.slice();
      const job = this.#nextJob;
      this.#nextJob++;
      slot.jobs++;
      this.#pending.set(job, { image, slot, resolve, reject });
      const copy = { ...image, payload: { ...payload, data } };
      slot.worker.postMessage({ job, image: copy }, [data.buffer]);
    });
  }

  dispose(): void {
    this.#broken = true;
    for (const { worker } of this.#slots) worker.terminate();
    this.#slots.length = 0;
    this.#pending.clear();
  }

  #slot(): Slot | undefined {
    const idle = this.#slots.find(({ jobs }) => jobs === 0);
    if (idle !== undefined || this.#broken) return idle;
    const limit = Math.max(1, Math.min(MAX_WORKERS, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1));
    if (this.#slots.length < limit) return this.#start();
    return this.#slots.reduce((least, slot) => (slot.jobs < least.jobs ? slot : least));
  }

  #start(): Slot | undefined {
    let worker: Worker;
    try {
      worker = this.#create();
    } catch {
      this.#giveUp();
      return undefined;
    }
    const slot = { worker, jobs: 0 };
    const timer = setTimeout(() => this.#giveUp(), START_LIMIT);
    worker.onmessage = (event: MessageEvent<DecodeResult>) => {
      clearTimeout(timer);
      this.#settle(event.data);
    };
    worker.onerror = () => this.#giveUp();
    this.#slots.push(slot);
    return slot;
  }

  #settle(result: DecodeResult): void {
    const job = this.#pending.get(result.job);
    if (job === undefined) return;
    this.#pending.delete(result.job);
    job.slot.jobs--;
    if ('error' in result) job.reject(badImage(result.error));
    else job.resolve(result);
  }

  /** No more workers; what they owe is decoded in place. */
  #giveUp(): void {
    const owed = [...this.#pending.values()];
    this.dispose();
    for (const job of owed) decodeHere(job);
  }
}

function badImage(detail: string): CodecError {
  return new CodecError('image', 'damaged', 0, 'an image that can be decoded', detail);
}

function decodeHere({ image, resolve, reject }: Omit<PendingJob, 'slot'>): void {
  const start = performance.now();
  try {
    resolve({ decoded: decodePure(image, { target: '32' }), milliseconds: performance.now() - start });
  } catch (error) {
    reject(error instanceof Error ? error : badImage(String(error)));
  }
}
