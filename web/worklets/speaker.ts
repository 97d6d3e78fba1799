import { JitterBuffer } from './jitter-buffer.ts';
import {
  SPEAKER_NAME,
  type SpeakerConnection,
  type SpeakerReport,
  type ToSpeaker,
} from '../threads/sound-messages.ts';

/** The worklet's global scope, which the DOM library's types do not describe. */
interface Processor {
  readonly port: MessagePort;
}
declare const AudioWorkletProcessor: new () => Processor;
declare const registerProcessor: (name: string, processor: new () => Processor) => void;
declare const sampleRate: number;

const REPORTS_PER_SECOND = 10;
/** Seconds in which the volume moves to what the guest's mixer says. */
const GAIN_TIME = 0.01;

/** Runs in the AudioWorklet: what the channel's worker sends, played. */
export function registerSpeaker(): void {
  class Speaker extends AudioWorkletProcessor {
    readonly #buffer = new JitterBuffer(sampleRate);
    #channel: MessagePort | undefined;
    #received = 0;
    #sinceReport = 0;
    #wantedLeft = 1;
    #wantedRight = 1;
    #gainLeft = 1;
    #gainRight = 1;
    #isEnded = false;

    constructor() {
      super();
      this.port.onmessage = (event: MessageEvent<SpeakerConnection | 'end'>) => {
        if (event.data === 'end') {
          this.#isEnded = true;
          this.#channel?.close();
          return;
        }
        this.#channel = event.data.port;
        this.#channel.onmessage = (message: MessageEvent<ToSpeaker>) => this.#receive(message.data);
      };
    }

    process(_inputs: unknown, outputs: Float32Array[][]): boolean {
      const left = outputs[0]?.[0];
      const right = outputs[0]?.[1];
      if (left === undefined || right === undefined) return !this.#isEnded;
      this.#buffer.pull(left, right);
      const step = 1 / (GAIN_TIME * sampleRate);
      for (let i = 0; i < left.length; i++) {
        this.#gainLeft = approach(this.#gainLeft, this.#wantedLeft, step);
        this.#gainRight = approach(this.#gainRight, this.#wantedRight, step);
        left[i] = (left[i] as number) * this.#gainLeft;
        right[i] = (right[i] as number) * this.#gainRight;
      }
      this.#sinceReport += left.length;
      if (this.#sinceReport >= sampleRate / REPORTS_PER_SECOND) this.#report();
      return !this.#isEnded;
    }

    #receive(message: ToSpeaker): void {
      switch (message.kind) {
        case 'start':
          return this.#buffer.start(message.rate);
        case 'samples':
          if (message.afterGap) this.#buffer.clear();
          this.#received += message.left.length;
          return this.#buffer.push(message.left, message.right, message.time);
        case 'stop':
          this.#buffer.stop();
          return this.#report();
        case 'latency':
          return this.#buffer.setLatency(message.seconds);
        case 'gain':
          this.#wantedLeft = message.left;
          this.#wantedRight = message.right;
      }
    }

    #report(): void {
      this.#sinceReport = 0;
      const { level, target, underruns, heard } = this.#buffer;
      const report: SpeakerReport = { received: this.#received, level, target, underruns, heard };
      this.#channel?.postMessage(report);
    }
  }
  registerProcessor(SPEAKER_NAME, Speaker);
}

function approach(value: number, wanted: number, step: number): number {
  return value < wanted ? Math.min(wanted, value + step) : Math.max(wanted, value - step);
}
