import type { DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { closeVideoFrame, countVideoFrame, FramePixels } from './frame-pixels.ts';

/** Taller pictures are high definition for GStreamer. */
const STANDARD_HEIGHT = 576;

/** VP8 and VP9 of servers say nothing of their colours; GStreamer converts by the picture's height. */
function colorsOf({ codec, height }: DecoderFormat): { colorSpace?: VideoColorSpaceInit } {
  if (!codec.startsWith('vp')) return {};
  const matrix = height > STANDARD_HEIGHT ? 'bt709' : 'smpte170m';
  return { colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix, fullRange: false } };
}

/** WebCodecs' VideoDecoder; for VP8, VP9, and H.264 and H.265 in Annex B form. */
export class WebCodecsDecoder implements FrameDecoder {
  readonly #decoder: VideoDecoder;
  readonly #events: FrameDecoderEvents;
  readonly #pixels = new FramePixels();
  #closed = false;

  /** @throws TypeError for a codec string that is none */
  constructor(format: DecoderFormat, acceleration: HardwareAcceleration, events: FrameDecoderEvents) {
    this.#events = events;
    this.#decoder = new VideoDecoder({
      output: (frame) => void this.#output(countVideoFrame(frame)),
      error: (error) => this.#fail(error),
    });
    this.#decoder.configure({
      codec: format.codec,
      hardwareAcceleration: acceleration,
      optimizeForLatency: true,
      ...colorsOf(format),
    });
  }

  decode(data: Uint8Array, sequence: number, key: boolean): void {
    if (this.#closed) return;
    try {
      // The constructor of the chunk copies the bytes.
      const chunk = { type: key ? 'key' : 'delta', timestamp: sequence, data } as EncodedVideoChunkInit;
      this.#decoder.decode(new EncodedVideoChunk(chunk));
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    this.#pixels.dispose();
  }

  async #output(frame: VideoFrame): Promise<void> {
    const sequence = frame.timestamp;
    try {
      if (this.#closed) return;
      if (!this.#events.wants(sequence)) return this.#events.skipped(sequence);
      const picture = await this.#pixels.copyFrame(frame);
      if (!this.#closed) this.#events.picture(sequence, picture);
    } catch (error) {
      this.#fail(error);
    } finally {
      closeVideoFrame(frame);
    }
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#events.failed(error instanceof Error ? error : new Error(String(error)));
  }
}
