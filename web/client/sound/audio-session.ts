import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ChannelKey, FromWorker, MediaTime } from '../../threads/worker-messages.ts';
import type { SpiceClientEventDetails } from '../spice-events.ts';
import { AudioOutput, canPlay } from './audio-output.ts';
import { VolumeSync } from './volume-sync.ts';

export interface AudioSessionHost {
  postPort(port: MessagePort): void;
  closePlayback(): void;
  /** opens a channel that the server has */
  open(channel: ChannelKey): void;
  postMediaTime(message: MediaTime): void;
  /** tells the guest's agent; nothing where it cannot set its mixer */
  postVolume(level: number, muted: boolean): void;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

const INSECURE = 'This page has no sound: browsers give it to secure pages only. Open the page with https.';

/** Sound as the main thread sees it: whether it is wanted, how loud, and whether the browser lets it through. */
export class AudioSession {
  readonly #host: AudioSessionHost;
  #isOn: boolean;
  #volume = 1;
  #isMuted = false;
  /** the guest's agent can set its mixer */
  #isSettable = false;
  readonly #sync = new VolumeSync();
  #output: AudioOutput | undefined;
  /** the server's playback channel, once listed */
  #listed: ChannelKey | undefined;
  /** channels that were closed here, and whose end the worker has not told yet */
  #closing = 0;

  constructor(host: AudioSessionHost, isOn: boolean) {
    this.#host = host;
    this.#isOn = isOn;
  }

  /** The server has this channel. @returns whether it is to be opened */
  admits(channel: ChannelKey): boolean {
    if (channel.type !== channelType.playback) return true;
    this.#listed = channel;
    if (!this.#isOn || this.#output !== undefined) return false;
    if (!canPlay()) {
      this.#host.emit('error', { kind: 'audio', message: INSECURE });
      return false;
    }
    this.#output = new AudioOutput(this.#loudness, {
      blocked: (isBlocked) => {
        this.#host.emit('audiostate', { blocked: isBlocked });
        if (isBlocked) this.#host.emit('audioblocked', {});
      },
      failed: (error) => this.#fail(error),
    });
    this.#host.postPort(this.#output.workerPort);
    return true;
  }

  setOn(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (!isOn) this.#close();
    else if (this.#listed !== undefined) this.#host.open(this.#listed);
  }

  /** @param volume 0 to 1 */
  setVolume(volume: number, muted: boolean): void {
    const isNew = volume !== this.#volume || muted !== this.#isMuted;
    this.#volume = Math.max(0, Math.min(1, volume));
    this.#isMuted = muted;
    this.#output?.setVolume(this.#loudness);
    if (isNew) this.#tellGuest();
  }

  /** The guest's agent comes or goes. */
  setGuestVolume(isSettable: boolean): void {
    this.#sync.reset();
    this.#isSettable = isSettable;
    this.#output?.setVolume(this.#loudness);
    // What the user chose counts for the new agent as well; otherwise its mixer is left as it is.
    if (this.#volume < 1 || this.#isMuted) this.#tellGuest();
  }

  /** In a gesture of the user, sound that was blocked begins. */
  resume(): void {
    void this.#output?.resume();
  }

  receive(message: Extract<FromWorker, { kind: 'soundStart' | 'soundTime' | 'guestVolume' }>): void {
    if (message.kind === 'guestVolume') return this.#guestVolume(message.level);
    if (message.kind === 'soundStart') return this.#output?.start(message.rate);
    const latency = (this.#output?.latency ?? 0) * 1000;
    this.#host.postMediaTime({
      kind: 'mediaTime',
      time: message.time,
      at: message.at + latency,
      soundDelay: Math.round(message.delay + latency),
    });
  }

  /** A playback channel is closed. */
  channelClosed(): void {
    // One that was closed here is not the one that may have been opened since.
    if (this.#closing > 0) this.#closing--;
    else this.#dispose();
  }

  /** The session is over, and with it what the server has. */
  ended(): void {
    this.#dispose();
    this.#listed = undefined;
    this.#closing = 0;
    this.#isSettable = false;
    this.#sync.reset();
  }

  /** People hear by ratios: the middle of the slider is to sound half as loud. */
  get #loudness(): number {
    if (this.#isMuted) return 0;
    return this.#sync.followed ? 1 : this.#wanted;
  }

  get #wanted(): number {
    return this.#volume ** 2;
  }

  #tellGuest(): void {
    if (!this.#isSettable) return;
    this.#sync.told();
    this.#host.postVolume(this.#wanted, this.#isMuted);
  }

  #guestVolume(level: number): void {
    if (this.#sync.said()) {
      this.#volume = Math.sqrt(level);
      this.#host.emit('guestvolume', { volume: this.#volume });
    }
    this.#output?.setVolume(this.#loudness);
  }

  #close(): void {
    if (this.#output === undefined) return;
    this.#closing++;
    this.#host.closePlayback();
    this.#dispose();
  }

  #dispose(): void {
    this.#output?.dispose();
    this.#output = undefined;
  }

  #fail(error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#host.emit('error', { kind: 'audio', message: `There is no sound: ${detail}` });
    this.#close();
  }
}
