import { GlzWindow } from '@spice-viewer/shared-protocol/codecs/glz.ts';
import { channelType, type WaitForChannel } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { PixelPool } from '@spice-viewer/shared-protocol/codecs/pixel-pool.ts';
import { serialToNumber } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { ImageCache } from '../render/image-cache.ts';
import type { DecodePool } from './decode-pool.ts';

/** What INIT announces and the client must then be able to hold: pixels (80 MiB, as the native client). */
export const PIXMAP_CACHE_PIXELS = 20_971_520;

const MEBIBYTE = 1024 * 1024;

/** Pixels of the GLZ window for a guest with that much video memory (bytes), as the native client. */
export function glzWindowPixels(ramHint: number): number {
  return Math.min(64 * MEBIBYTE, Math.max(12 * MEBIBYTE, Math.floor(ramHint / 2))) / 4;
}

/** What the session asks of each of its channels in the display worker. */
export interface WaitableChannel {
  readonly handledSerial: number;
  /** Something another channel may have waited for has happened. */
  resume(): void;
}

/**
 * What all display channels of a session share: the image cache, the GLZ dictionary, the decode pool, and
 * the knowledge of how far each channel is.
 */
export class DisplaySession {
  readonly images = new ImageCache();
  readonly glz = new GlzWindow();
  /** memory of drawn pictures, for the next ones */
  readonly pixels = new PixelPool();
  readonly pool: DecodePool;
  ramHint = 0;
  readonly #channels = new Map<string, WaitableChannel>();
  #isResuming = false;
  /** there was progress since the channels began to look */
  #hasProgress = false;

  constructor(pool: DecodePool) {
    this.pool = pool;
  }

  add(type: number, id: number, channel: WaitableChannel): void {
    this.#channels.set(`${type}:${id}`, channel);
  }

  /** A closed channel releases whoever waits for it. */
  remove(type: number, id: number): void {
    this.#channels.delete(`${type}:${id}`);
    this.progressed();
  }

  /** Whether another display channel lives, on which something missing may still arrive. */
  hasOtherDisplays(): boolean {
    let displays = 0;
    for (const key of this.#channels.keys()) if (key.startsWith(`${channelType.display}:`)) displays++;
    return displays > 1;
  }

  /** WAIT_FOR_CHANNELS: whether every named channel that exists has handled that message. */
  isReached(waitList: readonly WaitForChannel[]): boolean {
    return waitList.every((wait) => {
      const channel = this.#channels.get(`${wait.channelType}:${wait.channelId}`);
      return channel === undefined || channel.handledSerial >= serialToNumber(wait.serial);
    });
  }

  /** A message was handled or an image stored: whoever waits looks again. */
  progressed(): void {
    this.#hasProgress = true;
    if (this.#isResuming) return;
    this.#isResuming = true;
    try {
      // What one channel does another may have waited for, which has looked already.
      while (this.#hasProgress) {
        this.#hasProgress = false;
        for (const channel of this.#channels.values()) channel.resume();
      }
    } finally {
      this.#isResuming = false;
    }
  }
}
