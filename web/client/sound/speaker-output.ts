import { SPEAKER_NAME, type SpeakerConnection } from '../../threads/sound-messages.ts';
import { addWorklet } from './add-worklet.ts';

export interface AudioOutputEvents {
  /** sound waits for a gesture of the user, or no longer does */
  blocked(isBlocked: boolean): void;
  failed(error: unknown): void;
}

/** How long a page may take to be allowed to play, milliseconds; longer means that it waits for a gesture. */
const RESUME_PATIENCE = 500;
/** Seconds in which the volume moves. */
const VOLUME_TIME = 0.02;

/** An AudioContext with the worklet, and the user's volume: for a channel on which something plays. */
export class SpeakerOutput {
  readonly #events: AudioOutputEvents;
  #workletPort: MessagePort | undefined;
  #context: AudioContext | undefined;
  #node: AudioWorkletNode | undefined;
  #gain: GainNode | undefined;
  #volume: number;
  #isBlocked = false;
  #isDisposed = false;

  /**
   * @param port to the channel's worker, for the worklet
   * @param volume 0 to 1
   */
  constructor(port: MessagePort, volume: number, events: AudioOutputEvents) {
    this.#workletPort = port;
    this.#volume = volume;
    this.#events = events;
  }

  /** Seconds from the worklet to the ear. */
  get latency(): number {
    return (this.#context?.baseLatency ?? 0) + (this.#context?.outputLatency ?? 0);
  }

  /** A stream begins; the first one makes the context. @param rate frames a second */
  start(rate: number): void {
    if (this.#context === undefined) void this.#build(rate).catch((error: unknown) => this.#fail(error));
    else void this.resume();
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    if (this.#context !== undefined) {
      this.#gain?.gain.setTargetAtTime(volume, this.#context.currentTime, VOLUME_TIME);
    }
  }

  /** To be called in a gesture of the user when sound is blocked. */
  async resume(): Promise<void> {
    const context = this.#context;
    if (context === undefined || this.#isDisposed) return;
    const resumed = context.resume().catch(() => undefined);
    await Promise.race([resumed, new Promise((resolve) => setTimeout(resolve, RESUME_PATIENCE))]);
    this.#checkBlocked();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#node?.port.postMessage('end');
    this.#node?.disconnect();
    this.#gain?.disconnect();
    this.#workletPort?.close();
    if (this.#context !== undefined && this.#context.state !== 'closed') void this.#context.close();
    if (this.#isBlocked) this.#events.blocked(false);
  }

  async #build(rate: number): Promise<void> {
    const context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
    this.#context = context;
    context.addEventListener('statechange', () => {
      // It is blocked only once `resume` had its chance, but free at once.
      if (context.state === 'running') this.#checkBlocked();
    });
    await addWorklet(context);
    const port = this.#workletPort;
    if (this.#isDisposed || port === undefined) return;
    const node = new AudioWorkletNode(context, SPEAKER_NAME, {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    node.addEventListener('processorerror', () => this.#fail(new Error('the audio worklet failed')));
    const connection: SpeakerConnection = { port };
    node.port.postMessage(connection, [port]);
    this.#workletPort = undefined;
    const gain = new GainNode(context, { gain: this.#volume });
    node.connect(gain).connect(context.destination);
    this.#node = node;
    this.#gain = gain;
    await this.resume();
  }

  #checkBlocked(): void {
    if (this.#isDisposed) return;
    const isBlocked = this.#context?.state !== 'running';
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#events.blocked(isBlocked);
  }

  #fail(error: unknown): void {
    if (!this.#isDisposed) this.#events.failed(error);
  }
}
