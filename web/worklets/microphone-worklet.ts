import {
  MICROPHONE_NAME,
  type MicrophoneSamples,
  type SpeakerConnection,
} from '../threads/sound-messages.ts';

/** The worklet's global scope, which the DOM library's types do not describe. */
interface Processor {
  readonly port: MessagePort;
}
declare const AudioWorkletProcessor: new () => Processor;
declare const registerProcessor: (name: string, processor: new () => Processor) => void;
declare const sampleRate: number;

/** Pieces of ten milliseconds: what the server wants in a message. */
const PIECES_PER_SECOND = 100;

/** Runs in the AudioWorklet: what the microphone gives, to the channel's worker. */
export function registerMicrophone(): void {
  class Microphone extends AudioWorkletProcessor {
    readonly #size = Math.floor(sampleRate / PIECES_PER_SECOND);
    #left = new Float32Array(this.#size);
    #right = new Float32Array(this.#size);
    #filled = 0;
    #channel: MessagePort | undefined;
    #isEnded = false;

    constructor() {
      super();
      this.port.onmessage = (event: MessageEvent<SpeakerConnection | 'end'>) => {
        if (event.data === 'end') {
          this.#isEnded = true;
          this.#channel?.close();
          this.#channel = undefined;
        } else this.#channel = event.data.port;
      };
    }

    process(inputs: Float32Array[][]): boolean {
      const left = inputs[0]?.[0];
      if (left === undefined || this.#channel === undefined) return !this.#isEnded;
      const right = inputs[0]?.[1] ?? left;
      for (let i = 0; i < left.length; i++) {
        this.#left[this.#filled] = left[i] as number;
        this.#right[this.#filled] = right[i] as number;
        this.#filled++;
        if (this.#filled === this.#size) this.#flush(this.#channel);
      }
      return !this.#isEnded;
    }

    #flush(channel: MessagePort): void {
      const samples: MicrophoneSamples = { left: this.#left, right: this.#right };
      channel.postMessage(samples, [this.#left.buffer, this.#right.buffer]);
      this.#left = new Float32Array(this.#size);
      this.#right = new Float32Array(this.#size);
      this.#filled = 0;
    }
  }
  registerProcessor(MICROPHONE_NAME, Microphone);
}
