import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { MicrophoneState } from '../../api/public-types.ts';
import type { ChannelKey, FromWorker } from '../../threads/worker-messages.ts';
import type { SpiceClientEventDetails } from '../spice-events.ts';
import { canRecord, closeMicrophone, MicrophoneInput, openMicrophone } from './microphone-input.ts';

export interface MicrophoneHost {
  /** `rate`: frames a second of what comes through the port */
  postPort(port: MessagePort, rate: number): void;
  closeRecord(): void;
  /** opens a channel that the server has */
  open(channel: ChannelKey): void;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

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

/**
 * The microphone as the main thread sees it. It is used only when it was asked for here, and is live only while the
 * guest records.
 */
export class MicrophoneSession {
  readonly #host: MicrophoneHost;
  #isWanted: boolean;
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

  constructor(host: MicrophoneHost, isWanted: boolean) {
    this.#host = host;
    this.#isWanted = isWanted;
  }

  get state(): MicrophoneState {
    return this.#current;
  }

  /** The server takes sound. */
  get isOffered(): boolean {
    return this.#listed !== undefined;
  }

  /** The server has this channel. @returns whether it is to be opened now */
  admits(channel: ChannelKey): boolean {
    if (channel.type !== channelType.record) return true;
    this.#listed = channel;
    if (this.#isWanted) void this.#ask();
    return false;
  }

  setOn(isOn: boolean): void {
    if (isOn === this.#isWanted) return;
    this.#isWanted = isOn;
    if (!isOn) this.#close('off');
    else if (this.#listed !== undefined) void this.#ask();
  }

  receive(message: Extract<FromWorker, { kind: 'recordStart' | 'recordStop' }>): void {
    this.#stop();
    if (message.kind === 'recordStop') this.#recording = undefined;
    else {
      this.#recording = { rate: message.rate, channels: message.channels };
      void this.#begin();
    }
  }

  /** A record channel is closed. */
  channelClosed(): void {
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
      input = new MicrophoneInput(stream, recording.rate);
      this.#input = input;
      const { port1, port2 } = new MessageChannel();
      this.#host.postPort(port1, input.rate);
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
      this.#host.closeRecord();
    }
    this.#setState(state);
  }

  #fail(message: string): void {
    this.#isWanted = false;
    this.#close('denied');
    this.#host.emit('error', { kind: 'microphone', message });
  }

  #setState(state: MicrophoneState): void {
    if (state === this.#current) return;
    this.#current = state;
    this.#host.emit('microphonechange', { state });
  }
}
