import { JitterBuffer } from './jitter-buffer.ts';
import {
  speakerName,
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

const reportsPerSecond = 10;
/** Seconds in which the volume moves to what the guest's mixer says. */
const gainTime = 0.01;

/** Runs in the AudioWorklet: what the channel's worker sends, played. */
export const registerSpeaker = (): void => {
  class Speaker extends AudioWorkletProcessor {
    private readonly buffer = new JitterBuffer(sampleRate);
    private channel: MessagePort | undefined;
    private received = 0;
    private sinceReport = 0;
    private wantedLeft = 1;
    private wantedRight = 1;
    private gainLeft = 1;
    private gainRight = 1;
    private isEnded = false;

    constructor() {
      super();
      this.port.onmessage = (event: MessageEvent<SpeakerConnection | 'end'>) => {
        if (event.data === 'end') {
          this.isEnded = true;
          this.channel?.close();
          return;
        }
        this.channel = event.data.port;
        this.channel.onmessage = (message: MessageEvent<ToSpeaker>) => this.receive(message.data);
      };
    }

    process(_inputs: unknown, outputs: Float32Array[][]): boolean {
      const left = outputs[0]?.[0];
      const right = outputs[0]?.[1];
      if (left === undefined || right === undefined) return !this.isEnded;
      this.buffer.pull(left, right);
      const step = 1 / (gainTime * sampleRate);
      for (let i = 0; i < left.length; i += 1) {
        this.gainLeft = approach(this.gainLeft, this.wantedLeft, step);
        this.gainRight = approach(this.gainRight, this.wantedRight, step);
        left[i] = (left[i] as number) * this.gainLeft;
        right[i] = (right[i] as number) * this.gainRight;
      }
      this.sinceReport += left.length;
      if (this.sinceReport >= sampleRate / reportsPerSecond) this.report();
      return !this.isEnded;
    }

    private receive(message: ToSpeaker): void {
      switch (message.kind) {
        case 'start':
          return this.buffer.start(message.rate);
        case 'samples':
          if (message.afterGap) this.buffer.clear();
          this.received += message.left.length;
          return this.buffer.push(message.left, message.right, message.time);
        case 'stop':
          this.buffer.stop();
          return this.report();
        case 'latency':
          return this.buffer.setLatency(message.seconds);
        case 'gain':
          this.wantedLeft = message.left;
          this.wantedRight = message.right;
      }
    }

    private report(): void {
      this.sinceReport = 0;
      const { level, target, underruns, heard } = this.buffer;
      const report: SpeakerReport = { received: this.received, level, target, underruns, heard };
      this.channel?.postMessage(report);
    }
  }
  registerProcessor(speakerName, Speaker);
};

const approach = (value: number, wanted: number, step: number): number =>
  value < wanted ? Math.min(wanted, value + step) : Math.max(wanted, value - step);
