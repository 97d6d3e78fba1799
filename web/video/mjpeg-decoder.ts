import { readJpegSize } from '@spice-viewer/shared-protocol/codecs/jpeg-header.ts';
import { MjpegTables } from '@spice-viewer/shared-protocol/codecs/video/mjpeg-huffman.ts';
import type { DecodedPicture, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { closeVideoFrame, countVideoFrame, FramePixels } from './frame-pixels.ts';

/** So many broken frames in a row, and the stream is not what it says. */
const MAX_FAILURES = 10;

/**
 * Motion JPEG with the browser's image decoders, one frame at a time: each stands alone, so when frames come faster
 * than they decode, only the newest waits. Works without WebCodecs, as on plain-http pages.
 */
export class MjpegDecoder implements FrameDecoder {
  readonly #events: FrameDecoderEvents;
  readonly #tables = new MjpegTables();
  readonly #pixels = new FramePixels();
  #waiting: { jpeg: Uint8Array; sequence: number } | undefined;
  #busy = false;
  #closed = false;
  #failures = 0;

  constructor(events: FrameDecoderEvents) {
    this.#events = events;
  }

  decode(data: Uint8Array, sequence: number): void {
    if (this.#closed) return;
    const whole = this.#tables.complete(data);
    const jpeg = whole === data ? data.slice() : whole;
    if (this.#waiting !== undefined) this.#events.skipped(this.#waiting.sequence);
    this.#waiting = { jpeg, sequence };
    if (!this.#busy) void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = undefined;
    this.#pixels.dispose();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting !== undefined) {
      const { jpeg, sequence } = this.#waiting;
      this.#waiting = undefined;
      if (!this.#events.wants(sequence)) {
        this.#events.skipped(sequence);
        continue;
      }
      try {
        const picture = await this.#decodeOne(jpeg);
        this.#failures = 0;
        if (this.#closed) return;
        this.#events.picture(sequence, picture);
      } catch (error) {
        if (this.#closed) return;
        this.#failures++;
        if (this.#failures >= MAX_FAILURES) {
          this.close();
          this.#events.failed(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        this.#events.skipped(sequence);
      }
    }
    this.#busy = false;
  }

  async #decodeOne(jpeg: Uint8Array): Promise<DecodedPicture> {
    readJpegSize(jpeg);
    const bytes = jpeg as Uint8Array<ArrayBuffer>;
    if (typeof ImageDecoder !== 'undefined') {
      const decoder = new ImageDecoder({ data: bytes, type: 'image/jpeg', colorSpaceConversion: 'none' });
      try {
        const frame = countVideoFrame((await decoder.decode()).image);
        try {
          return await this.#pixels.copyFrame(frame);
        } finally {
          closeVideoFrame(frame);
        }
      } finally {
        decoder.close();
      }
    }
    const blob = new Blob([bytes], { type: 'image/jpeg' });
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    try {
      return this.#pixels.copyImage(bitmap, bitmap.width, bitmap.height);
    } finally {
      bitmap.close();
    }
  }
}
