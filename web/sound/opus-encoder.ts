import { OPUS_RATE } from './opus-decoder.ts';

/** Bits a second, for each channel. */
const BITRATE = 48_000;
/** SPICE servers have room for ten milliseconds a packet (docs/protocol/sound.md#record). */
const FRAME_MICROSECONDS = 10_000;
/** Pieces that may wait: an encoder that is slower than that is stuck. */
const LONGEST_QUEUE = 50;

function configOf(channels: number): AudioEncoderConfig {
  return {
    codec: 'opus',
    sampleRate: OPUS_RATE,
    numberOfChannels: channels,
    bitrate: BITRATE * channels,
    opus: { frameDuration: FRAME_MICROSECONDS },
  };
}

/** Whether this browser encodes Opus in packets of ten milliseconds. */
export async function encodesOpus(): Promise<boolean> {
  if (!('AudioEncoder' in globalThis)) return false;
  const answer = await AudioEncoder.isConfigSupported(configOf(2)).catch(() => undefined);
  return answer?.supported === true;
}

/** Samples in, Opus packets out, in order. */
export class OpusEncoder {
  readonly #channels: number;
  readonly #encoder: AudioEncoder;
  /** frames that went in */
  #frames = 0;

  /** @param channels 1 or 2 */
  constructor(channels: number, output: (packet: Uint8Array) => void, failed: (error: Error) => void) {
    this.#channels = channels;
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        output(packet);
      },
      error: failed,
    });
    this.#encoder.configure(configOf(channels));
  }

  encode(left: Float32Array, right: Float32Array): void {
    if (this.#encoder.state !== 'configured' || this.#encoder.encodeQueueSize > LONGEST_QUEUE) return;
    const data = new Float32Array(left.length * this.#channels);
    data.set(left);
    if (this.#channels > 1) data.set(right, left.length);
    const samples = new AudioData({
      format: 'f32-planar',
      sampleRate: OPUS_RATE,
      numberOfFrames: left.length,
      numberOfChannels: this.#channels,
      timestamp: Math.round((this.#frames * 1e6) / OPUS_RATE),
      data,
    });
    this.#frames += left.length;
    this.#encoder.encode(samples);
    samples.close();
  }

  dispose(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }
}
