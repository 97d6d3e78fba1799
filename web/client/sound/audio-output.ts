import type { AudioOutputEvents, SpeakerOutput } from './speaker-output.ts';

/** Browsers give worklets to secure pages (https, localhost) only. */
export function canPlay(): boolean {
  return 'AudioWorkletNode' in globalThis && 'AudioContext' in globalThis;
}

/**
 * The main thread's part of sound, one for each channel. Many guests never play anything: what plays is loaded when the
 * first stream begins.
 */
export class AudioOutput {
  /** the end for the channel's worker */
  readonly workerPort: MessagePort;
  readonly #workletPort: MessagePort;
  readonly #events: AudioOutputEvents;
  #speaker: SpeakerOutput | undefined;
  #volume: number;
  #isDisposed = false;

  /** @param volume 0 to 1 */
  constructor(volume: number, events: AudioOutputEvents) {
    const { port1, port2 } = new MessageChannel();
    this.workerPort = port1;
    this.#workletPort = port2;
    this.#volume = volume;
    this.#events = events;
  }

  /** Seconds from the worklet to the ear. */
  get latency(): number {
    return this.#speaker?.latency ?? 0;
  }

  /** A stream begins. @param rate frames a second */
  start(rate: number): void {
    if (this.#speaker !== undefined) return this.#speaker.start(rate);
    import('./speaker-output.ts').then(
      ({ SpeakerOutput }) => {
        if (this.#isDisposed) return;
        this.#speaker ??= new SpeakerOutput(this.#workletPort, this.#volume, this.#events);
        this.#speaker.start(rate);
      },
      (error: unknown) => {
        if (!this.#isDisposed) this.#events.failed(error);
      },
    );
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    this.#speaker?.setVolume(volume);
  }

  /** To be called in a gesture of the user when sound is blocked. */
  resume(): Promise<void> {
    return this.#speaker?.resume() ?? Promise.resolve();
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#speaker === undefined) this.#workletPort.close();
    else this.#speaker.dispose();
  }
}
