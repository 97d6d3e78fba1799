import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { agentCommands } from '../agent/agent-settings.ts';
import type { ClientSettings } from '../api/settings.ts';
import type { ChannelEvents } from '../channels/channel.ts';
import { channelEvents } from '../channels/channel-events.ts';
import { InputsChannel } from '../control/inputs-channel.ts';
import { MainChannel } from '../control/main-channel.ts';
import { SoundChannels } from '../sound/sound-channels.ts';
import type {
  FromWorker,
  OpenChannel,
  SessionWorkerStats,
  ToSessionWorker,
} from '../threads/worker-messages.ts';
import { serve } from '../threads/worker-scope.ts';
import type { Post } from './session-post.ts';

type Question = Extract<ToSessionWorker, { kind: 'request' }>;
type Handlers = {
  readonly [Kind in ToSessionWorker['kind']]: (message: Extract<ToSessionWorker, { kind: Kind }>) => void;
};

/** Main, inputs, playback and record channels: small messages that must never wait behind a picture. */
class SessionWorker {
  readonly #post: Post;
  readonly #events: ChannelEvents;
  readonly #sound: SoundChannels;
  #main: MainChannel | undefined;
  #inputs: InputsChannel | undefined;
  /** that reach the agent, whether it is there or not */
  readonly #settings: Partial<ClientSettings> = {};

  constructor(post: Post) {
    this.#post = post;
    this.#events = channelEvents(post);
    this.#sound = new SoundChannels(post, this.#events);
  }

  readonly receive = (message: ToSessionWorker): void => {
    (this.#handlers[message.kind] as (of: ToSessionWorker) => void)(message);
  };

  /** The channels that live here, by type. */
  readonly #opens: Readonly<Record<number, (request: OpenChannel) => void>> = {
    [channelType.main]: (request) => {
      this.#main = new MainChannel(request, this.#events, (message) => this.#fromMain(message));
      for (const command of agentCommands(this.#settings, this.#settings)) this.#main.agent.command(command);
    },
    [channelType.inputs]: (request) => {
      this.#inputs = new InputsChannel(request, this.#events, this.#post);
    },
    [channelType.playback]: (request) => void this.#sound.open(request),
    [channelType.record]: (request) => void this.#sound.open(request),
  };

  readonly #handlers: Handlers = {
    openChannel: (request) => this.#opens[request.channel.type]?.(request),
    settings: ({ values }) => {
      Object.assign(this.#settings, values);
      for (const command of agentCommands(values, this.#settings)) this.#main?.agent.command(command);
    },
    closeAll: () => {
      this.#sound.close('playback');
      this.#sound.close('record');
      this.#inputs?.close();
      this.#main?.close();
    },
    soundPort: ({ port }) => {
      this.#sound.soundPort = port;
    },
    videoLate: ({ milliseconds }) => this.#sound.playback?.waitForVideo(milliseconds),
    closePlayback: () => this.#sound.close('playback'),
    closeRecord: () => this.#sound.close('record'),
    microphonePort: ({ port, rate }) => this.#sound.connectMicrophone(port, rate),
    key: ({ code, down }) => this.#inputs?.sendKey(code, down),
    lockState: ({ modifiers }) => this.#inputs?.lockState(modifiers),
    position: ({ x, y, buttons, display }) => this.#inputs?.position(x, y, buttons, display),
    motion: ({ dx, dy, buttons }) => this.#inputs?.motion(dx, dy, buttons),
    button: ({ button, down, buttons }) => this.#inputs?.button(button, down, buttons),
    requestMouseMode: ({ mode }) => this.#main?.requestMouseMode(mode),
    agent: ({ command }) => this.#main?.agent.command(command),
    request: (question) => void this.#answer(question),
  };

  /** The server's time is not the one that counts while sound is heard. */
  #fromMain(message: FromWorker): void {
    if (message.kind === 'mediaTime') this.#sound.times.said(message.time, message.at);
    else this.#post(message);
  }

  async #answer(question: Question): Promise<void> {
    const { request } = question;
    const value =
      question.what === 'stats'
        ? this.#stats()
        : ((await this.#main?.agent.requestClipboard(question.format, question.selection)) ?? null);
    this.#post({ kind: 'response', request, value });
  }

  #stats(): SessionWorkerStats {
    const { playback, record } = this.#sound;
    const channels = [this.#main, this.#inputs, playback, record]
      .filter((channel) => channel !== undefined)
      .map((channel) => channel.stats);
    return { channels, audio: playback?.audio ?? null, microphone: record?.microphone ?? null };
  }
}

export function startSessionWorker(): void {
  serve<ToSessionWorker, FromWorker>((post) => new SessionWorker(post).receive);
}
