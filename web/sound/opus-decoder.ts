import { timeDifference } from '../common/media-clock.ts';
import type { StereoSamples } from './pcm.ts';

/** SPICE's Opus is always 48 kHz (docs/protocol/sound.md#playback). */
export const OPUS_RATE = 48_000;
/** Packets that may wait: a decoder that is slower than that is stuck. */
const LONGEST_QUEUE = 100;
/** A packet that cannot be decoded ends the decoder; so many are made in one period, then there is silence. */
const MOST_DECODERS = 5;
/** milliseconds */
const PERIOD = 10_000;

function configOf(channels: number): AudioDecoderConfig {
  return {
    codec: 'opus',
    sampleRate: OPUS_RATE,
    numberOfChannels: channels,
  };
}

/** Whether this browser decodes Opus; where pages are not secure WebCodecs is missing. */
export async function decodesOpus(): Promise<boolean> {
  if (!('AudioDecoder' in globalThis)) return false;
  const answer = await AudioDecoder.isConfigSupported(configOf(2)).catch(() => undefined);
  return answer?.supported === true;
}

/** Opus packets in, samples out, in order. A broken packet is reported and costs
 * only itself, unless there are many. */
export class OpusDecoder {
  readonly #channels: number;
  readonly #output: (samples: StereoSamples, time: number) => void;
  readonly #failed: (error: Error) => void;
  #decoder: AudioDecoder | undefined;
  /** milliseconds, without the wrap of u32 times: decoders want timestamps that only grow */
  #timestamp = 0;
  #time = 0;
  readonly #now: () => number;
  #periodBegan = -Infinity;
  /** in this period */
  #decodersMade = 0;

  /** @param now milliseconds */
  constructor(
    channels: number,
    output: (samples: StereoSamples, time: number) => void,
    failed: (error: Error) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
    this.#channels = channels;
    this.#output = output;
    this.#failed = failed;
  }

  /** @param time multimedia time of the packet's first frame */
  decode(packet: Uint8Array, time: number): void {
    this.#decoder ??= this.#createAgain();
    if (this.#decoder === undefined || this.#decoder.decodeQueueSize > LONGEST_QUEUE) return;
    this.#timestamp += Math.max(0, timeDifference(time, this.#time));
    this.#time = time;
    const chunk = new EncodedAudioChunk({ type: 'key', timestamp: this.#timestamp * 1000, data: packet });
    try {
      this.#decoder.decode(chunk);
    } catch (error) {
      this.#lost(error instanceof Error ? error : new Error(String(error)));
    }
  }

  dispose(): void {
    if (this.#decoder !== undefined && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = undefined;
  }

  /** @returns undefined: too many were lost lately */
  #createAgain(): AudioDecoder | undefined {
    const now = this.#now();
    if (now - this.#periodBegan >= PERIOD) {
      this.#periodBegan = now;
      this.#decodersMade = 0;
    }
    this.#decodersMade++;
    return this.#decodersMade > MOST_DECODERS ? undefined : this.#create();
  }

  #create(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => this.#give(data),
      error: (error) => {
        if (this.#decoder === decoder) this.#lost(error);
      },
    });
    decoder.configure(configOf(this.#channels));
    return decoder;
  }

  #give(data: AudioData): void {
    const plane = (planeIndex: number): Float32Array<ArrayBuffer> => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex, format: 'f32-planar' });
      return samples;
    };
    const behind = this.#timestamp - data.timestamp / 1000;
    const left = plane(0);
    const right = data.numberOfChannels > 1 ? plane(1) : left.slice();
    data.close();
    this.#output({ left, right }, (this.#time - Math.round(behind)) >>> 0);
  }

  #lost(error: Error): void {
    this.dispose();
    this.#failed(error);
  }
}
