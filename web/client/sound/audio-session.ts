import type { ChannelKey } from '../../threads/worker-messages.ts';
import type { ClientFeature, FeatureHost, Receivers } from '../client-feature.ts';
import { AudioOutput, canPlay } from './audio-output.ts';
import { VolumeSync } from './volume-sync.ts';

const INSECURE = 'This page has no sound: browsers give it to secure pages only. Open the page with https.';

/** Sound as the main thread sees it: whether it is wanted, how loud, and whether the browser lets it through. */
export class AudioSession implements ClientFeature {
  readonly channels = ['playback'] as const;
  readonly worker = 'session' as const;
  readonly #host: FeatureHost;
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

  constructor(host: FeatureHost) {
    this.#host = host;
  }

  readonly settings = {
    audio: (isOn: boolean): void => {
      if (!isOn) this.#close();
      else if (this.#listed !== undefined) this.#host.open(this.#listed);
    },
  };

  readonly receive: Receivers = {
    soundStart: ({ rate }) => this.#output?.start(rate),
    soundTime: ({ time, at, delay }) => {
      const latency = (this.#output?.latency ?? 0) * 1000;
      this.#host.postToDisplay({
        kind: 'mediaTime',
        time,
        at: at + latency,
        soundDelay: Math.round(delay + latency),
      });
    },
    guestVolume: ({ level }) => this.#guestVolume(level),
    agentFeatures: ({ features }) => this.#setGuestVolume(features.volume),
  };

  listed(channel: ChannelKey): void {
    this.#listed = channel;
    if (this.#host.settings.audio && !canPlay()) {
      this.#host.emit('error', { kind: 'audio', code: 'audio-insecure', message: INSECURE });
    }
  }

  isWanted(): boolean {
    return this.#host.settings.audio && this.#output === undefined && canPlay();
  }

  opening(): void {
    this.#output = new AudioOutput(this.#loudness, {
      blocked: (isBlocked) => {
        this.#host.emit('audiostate', { blocked: isBlocked });
        if (isBlocked) this.#host.emit('audioblocked', {});
      },
      failed: (error) => this.#fail(error),
    });
    const port = this.#output.workerPort;
    this.#host.postToSession({ kind: 'soundPort', port }, [port]);
  }

  /** @param volume 0 to 1 */
  setVolume(volume: number, muted: boolean): void {
    const isNew = volume !== this.#volume || muted !== this.#isMuted;
    // What is no number leaves it as loud as it is.
    if (!Number.isNaN(volume)) this.#volume = Math.max(0, Math.min(1, volume));
    this.#isMuted = muted;
    this.#output?.setVolume(this.#loudness);
    if (isNew) this.#tellGuest();
  }

  /** The guest's agent comes or goes. */
  #setGuestVolume(isSettable: boolean): void {
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

  /** A playback channel is closed. */
  closed(): void {
    // One that was closed here is not the one that may have been opened since.
    if (this.#closing > 0) this.#closing--;
    else this.#disposeOutput();
  }

  /** The session is over, and with it what the server has. */
  ended(): void {
    this.#disposeOutput();
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
    const command = { kind: 'volume', level: this.#wanted, muted: this.#isMuted } as const;
    this.#host.postToSession({ kind: 'agent', command });
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
    this.#host.postToSession({ kind: 'closePlayback' });
    this.#disposeOutput();
  }

  #disposeOutput(): void {
    this.#output?.dispose();
    this.#output = undefined;
  }

  #fail(error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#host.emit('error', {
      kind: 'audio',
      code: 'audio-failed',
      message: `There is no sound: ${detail}`,
    });
    this.#close();
  }
}
