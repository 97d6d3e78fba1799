import { opusRate } from './opus-decoder.ts';

/** Bits a second, for each channel. */
const bitrate = 48_000;
/** SPICE servers have room for ten milliseconds a packet (§9). */
const frameMicroseconds = 10_000;
/** Pieces that may wait: an encoder that is slower than that is stuck. */
const longestQueue = 50;

const configOf = (channels: number): AudioEncoderConfig => ({
  codec: 'opus',
  sampleRate: opusRate,
  numberOfChannels: channels,
  bitrate: bitrate * channels,
  opus: { frameDuration: frameMicroseconds },
});

/** Whether this browser encodes Opus in packets of ten milliseconds. */
export const encodesOpus = async (): Promise<boolean> => {
  if (!('AudioEncoder' in globalThis)) return false;
  const answer = await AudioEncoder.isConfigSupported(configOf(2)).catch(() => undefined);
  return answer?.supported === true;
};

/** Samples in, Opus packets out, in order. */
export class OpusEncoder {
  private readonly channels: number;
  private readonly encoder: AudioEncoder;
  /** frames that went in */
  private frames = 0;

  /** @param channels 1 or 2 */
  constructor(channels: number, output: (packet: Uint8Array) => void, failed: (error: Error) => void) {
    this.channels = channels;
    this.encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        output(packet);
      },
      error: failed,
    });
    this.encoder.configure(configOf(channels));
  }

  encode(left: Float32Array, right: Float32Array): void {
    if (this.encoder.state !== 'configured' || this.encoder.encodeQueueSize > longestQueue) return;
    const data = new Float32Array(left.length * this.channels);
    data.set(left);
    if (this.channels > 1) data.set(right, left.length);
    const samples = new AudioData({
      format: 'f32-planar',
      sampleRate: opusRate,
      numberOfFrames: left.length,
      numberOfChannels: this.channels,
      timestamp: Math.round((this.frames * 1e6) / opusRate),
      data,
    });
    this.frames += left.length;
    this.encoder.encode(samples);
    samples.close();
  }

  dispose(): void {
    if (this.encoder.state !== 'closed') this.encoder.close();
  }
}
