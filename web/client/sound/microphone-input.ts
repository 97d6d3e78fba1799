import { MICROPHONE_NAME, type SpeakerConnection } from '../../threads/sound-messages.ts';
import { addWorklet } from './add-worklet.ts';
import { closeMicrophone } from './microphone-stream.ts';

/** A microphone that is live, and the AudioContext that reads it. */
export class MicrophoneInput {
  /** frames a second of what goes to the worker */
  readonly rate: number;
  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  #node: AudioWorkletNode | undefined;
  #isDisposed = false;

  /**
   * Takes the stream over.
   * @param rate frames a second that the server wants; some browsers (Firefox) only give the device's own
   */
  constructor(stream: MediaStream, rate: number) {
    this.#stream = stream;
    const wanted = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
    try {
      this.#source = wanted.createMediaStreamSource(stream);
      this.#context = wanted;
    } catch {
      void wanted.close();
      this.#context = new AudioContext({ latencyHint: 'interactive' });
      this.#source = this.#context.createMediaStreamSource(stream);
    }
    this.rate = this.#context.sampleRate;
  }

  /** @param ended the device went away, or the user took the permission back */
  async start(port: MessagePort, ended: () => void): Promise<void> {
    await addWorklet(this.#context);
    if (this.#isDisposed) return;
    for (const track of this.#stream.getTracks()) track.addEventListener('ended', ended);
    const node = new AudioWorkletNode(this.#context, MICROPHONE_NAME, { numberOfOutputs: 0 });
    const connection: SpeakerConnection = { port };
    node.port.postMessage(connection, [port]);
    this.#source.connect(node);
    this.#node = node;
    await this.#context.resume();
  }

  dispose(): void {
    this.#isDisposed = true;
    closeMicrophone(this.#stream);
    this.#node?.port.postMessage('end');
    this.#source.disconnect();
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}
