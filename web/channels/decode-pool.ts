import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { CodecError } from '@spice-viewer/shared-protocol/codecs/codec-error.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import { createWorker } from '../workers/create-worker.ts';

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

/** Below these sizes (pixels) handing an image over costs more than decoding it. */
const worthwhile: Partial<Record<Image['payload']['kind'], number>> = { quic: 1 << 16, lzRgb: 1 << 20 };

const maxWorkers = 3;

/**
 * Workers for images that depend on nothing but their own bytes. They start when the first such image comes.
 * Without workers (they may be forbidden) everything is decoded in place.
 */
export class DecodePool {
  private readonly workers: { worker: Worker; jobs: number }[] = [];
  private readonly pending = new Map<
    number,
    { resolve(value: PoolDecoded): void; reject(error: Error): void; slot: { jobs: number } }
  >();
  private nextJob = 1;
  private broken = false;

  /** Whether `decode` should be used for this image. */
  wants(image: Image): boolean {
    const limit = worthwhile[image.payload.kind];
    return !this.broken && limit !== undefined && image.width * image.height >= limit;
  }

  /** The image's data is copied; the result is the caller's. */
  decode(image: Image): Promise<PoolDecoded> {
    const slot = this.slot();
    const payload = image.payload as { data: Uint8Array };
    const data = payload.data.slice();
    const job = this.nextJob;
    this.nextJob += 1;
    slot.jobs += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(job, { resolve, reject, slot });
      const copy = { ...image, payload: { ...payload, data } };
      slot.worker.postMessage({ job, image: copy }, [data.buffer]);
    });
  }

  dispose(): void {
    for (const { worker } of this.workers) worker.terminate();
    this.workers.length = 0;
    this.failAll('the decode pool was closed');
  }

  private slot(): { worker: Worker; jobs: number } {
    const idle = this.workers.find(({ jobs }) => jobs === 0);
    const limit = Math.max(1, Math.min(maxWorkers, (navigator.hardwareConcurrency || 2) - 1));
    if (idle !== undefined) return idle;
    if (this.workers.length < limit) {
      const slot = { worker: createWorker('spice-decode'), jobs: 0 };
      slot.worker.onmessage = (event: MessageEvent<DecodeResult>) => this.settle(event.data);
      slot.worker.onerror = () => {
        this.broken = true;
        this.failAll('a decode worker failed');
      };
      this.workers.push(slot);
      return slot;
    }
    return this.workers.reduce((least, slot) => (slot.jobs < least.jobs ? slot : least));
  }

  private settle(result: DecodeResult): void {
    const job = this.pending.get(result.job);
    if (job === undefined) return;
    this.pending.delete(result.job);
    job.slot.jobs -= 1;
    if ('error' in result)
      job.reject(new CodecError('image', 'damaged', 0, 'an image that can be decoded', result.error));
    else job.resolve(result);
  }

  private failAll(reason: string): void {
    for (const { reject } of this.pending.values()) reject(new Error(reason));
    this.pending.clear();
  }
}
