import type { MicrophoneState } from '../../api/public-types.ts';
import type { ChannelKey } from '../../threads/worker-messages.ts';
import type { ClientFeature, FeatureHost, Receivers } from '../client-feature.ts';
import type { MicrophoneInput } from './microphone-input.ts';
import { canRecord, closeMicrophone, openMicrophone } from './microphone-stream.ts';

/** A sentence for the user. */
function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') {
    return 'The browser does not let this page use the microphone. Allow it for this site, then turn it on again.';
  }
  if (name === 'NotFoundError') return 'No microphone was found. Connect one, then turn it on again.';
  if (name === 'NotReadableError') return 'The microphone cannot be used. Perhaps another program has it.';
  return `The microphone cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}

const INSECURE =
  'This page cannot use a microphone: browsers give it to secure pages only. Open it with https.';

/** A microphone that nothing can read is released. */
async function loadInput(stream: MediaStream): Promise<typeof import('./microphone-input.ts')> {
  try {
    return await import('./microphone-input.ts');
  } catch (error) {
    closeMicrophone(stream);
    throw error;
  }
}

/**
 * The microphone as the main thread sees it. It is used only when it was asked for here, and is live only while the
 * guest records.
 */
export class MicrophoneSession implements ClientFeature {
  readonly channels = ['record'] as const;
  readonly worker = 'session' as const;
  readonly #host: FeatureHost;
  #current: MicrophoneState = 'off';
  #input: MicrophoneInput | undefined;
  /** the server's record channel, once listed */
  #listed: ChannelKey | undefined;
  #isOpen = false;
  /** channels that were closed here, and whose end the worker has not told yet */
  #closing = 0;
  /** the guest records: what it wants */
  #recording: { rate: number; channels: number } | undefined;
  /** counts what makes an answer of the browser come too late */
  #turn = 0;

  constructor(host: FeatureHost) {
    this.#host = host;
  }

  readonly settings = {
    microphone: (isOn: boolean): void => this.#setOn(isOn),
  };

  readonly receive: Receivers = {
    recordStart: ({ rate, channels }) => {
      this.#stop();
      this.#recording = { rate, channels };
      void this.#begin();
    },
    recordStop: () => {
      this.#stop();
      this.#recording = undefined;
    },
  };

  get state(): MicrophoneState {
    return this.#current;
  }

  /** The server takes sound. */
  get isOffered(): boolean {
    return this.#listed !== undefined;
  }

  listed(channel: ChannelKey): void {
    this.#listed = channel;
    if (this.#host.settings.microphone) void this.#ask();
  }

  /** Only when the user has allowed it, which takes a while. */
  isWanted(): boolean {
    return false;
  }

  /** A record channel is closed. */
  closed(): void {
    if (this.#closing > 0) {
      this.#closing--;
      return;
    }
    this.#isOpen = false;
    this.#close('off');
  }

  /** The session is over, and with it what the server has. */
  ended(): void {
    this.#close('off');
    this.#listed = undefined;
    this.#closing = 0;
  }

  #setOn(isOn: boolean): void {
    if (!isOn) this.#close('off');
    else if (this.#listed !== undefined) void this.#ask();
  }

  /** The browser asks the user now, not when the guest begins to record: that may be much later. */
  async #ask(): Promise<void> {
    if (!canRecord()) return this.#fail(INSECURE);
    this.#turn++;
    const turn = this.#turn;
    this.#setState('asking');
    try {
      closeMicrophone(await openMicrophone(2));
    } catch (error) {
      if (turn === this.#turn) this.#fail(whyNot(error));
      return;
    }
    if (turn !== this.#turn || this.#listed === undefined) return;
    this.#setState('ready');
    this.#isOpen = true;
    this.#host.open(this.#listed);
  }

  async #begin(): Promise<void> {
    const recording = this.#recording;
    const turn = this.#turn;
    if (recording === undefined || !this.#isOpen) return;
    let input: MicrophoneInput | undefined;
    const isStale = (): boolean => turn !== this.#turn;
    try {
      const stream = await openMicrophone(recording.channels);
      if (isStale()) return closeMicrophone(stream);
      // Most guests never record: what reads the microphone comes with the first that does.
      const { MicrophoneInput } = await loadInput(stream);
      if (isStale()) return closeMicrophone(stream);
      input = new MicrophoneInput(stream, recording.rate);
      this.#input = input;
      const { port1, port2 } = new MessageChannel();
      this.#host.postToSession({ kind: 'microphonePort', port: port1, rate: input.rate }, [port1]);
      await input.start(port2, () => {
        if (!isStale()) this.#fail('The microphone was taken away.');
      });
      if (!isStale()) this.#setState('live');
    } catch (error) {
      if (!isStale()) this.#fail(whyNot(error));
    }
  }

  /** The microphone is released at once. */
  #stop(): void {
    this.#turn++;
    this.#input?.dispose();
    this.#input = undefined;
    if (this.#current === 'live') this.#setState('ready');
  }

  #close(state: MicrophoneState): void {
    this.#stop();
    this.#recording = undefined;
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#closing++;
      this.#host.postToSession({ kind: 'closeRecord' });
    }
    this.#setState(state);
  }

  #fail(message: string): void {
    this.#host.dropSetting('microphone');
    this.#close('denied');
    this.#host.emit('error', { kind: 'microphone', code: 'microphone-refused', message });
  }

  #setState(state: MicrophoneState): void {
    if (state === this.#current) return;
    this.#current = state;
    this.#host.emit('microphonechange', { state });
  }
}
