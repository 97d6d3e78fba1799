import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { TransportAddress } from '../channels/transport.ts';
import type { SpiceClientOptions } from '../api/public-types.ts';
import { relayAddress } from './channel-relay.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import type {
  ChannelKey,
  FromWorker,
  OpenChannel,
  SessionFailure,
  ToDisplayWorker,
  ToSessionWorker,
} from '../threads/worker-messages.ts';
import { WorkerPort } from '../threads/worker-port.ts';

export interface SessionEnd {
  readonly clean: boolean;
  /** a sentence for the user, or empty */
  readonly reason: string;
  /** a new session may do better: the network or a bridge failed, nobody said no */
  readonly isWorthRetrying?: boolean;
}

export interface ConnectionHost {
  /** the password of the credentials that are known now, or empty */
  password(): string;
  /** whether a channel that the server has is wanted */
  admits(channel: ChannelKey): boolean;
  /** what is not about the channels themselves */
  receive(message: SessionMessage): void;
  /** @param isRefused the bridge does not let this session have it */
  channelClosed(channel: ChannelKey, isRefused: boolean): void;
  /** all channels stand */
  connected(): void;
  /** The connection is over; it posts nothing any more. */
  ended(detail: SessionEnd): void;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

type ChannelMessage = Extract<
  FromWorker,
  { kind: 'channelOpen' | 'channelClosed' | 'trouble' | 'response' | 'requestFailed' | 'videoLate' }
>;
/** What a session's channels say that is not about themselves. */
export type SessionMessage = Exclude<FromWorker, ChannelMessage>;

function keyOf(channel: ChannelKey): string {
  return `${channel.type}:${channel.id}`;
}

const sessionWorkerChannels: ReadonlySet<number> = new Set([
  channelType.main,
  channelType.inputs,
  channelType.playback,
  channelType.record,
]);

/** WebSocket close codes after which the same would happen again (public interface). */
const closeCode = { ended: 1000, notAllowed: 1008 } as const;

/** A network or a bridge that failed; codes below 1000 are SPICE's own, with which a server says goodbye. */
function isWorthRetrying({ kind, code = 0 }: SessionFailure): boolean {
  return (
    kind === 'timeout' ||
    ((kind === 'unreachable' || kind === 'closed') && code > closeCode.ended && code !== closeCode.notAllowed)
  );
}

/** How long the main channel may take to say why everything ends, milliseconds. */
const LAST_WORDS_DELAY = 300;

/** One session while it lives: its workers and its channels. A new one for every connect. */
export class SessionConnection {
  readonly sessionWorker: WorkerPort<ToSessionWorker>;
  readonly displayWorker: WorkerPort<ToDisplayWorker>;
  readonly #options: SpiceClientOptions;
  readonly #host: ConnectionHost;
  readonly #channels = new Map<string, 'opening' | 'open' | 'closed'>();
  #password = '';
  #connectionId = 0;
  /** the server has said which channels there are */
  #isListed = false;
  #isConnected = false;
  #isOver = false;

  constructor(options: SpiceClientOptions, host: ConnectionHost) {
    this.#options = options;
    this.#host = host;
    // Messages of an ended session may still be under way.
    const receive = (message: FromWorker): void => {
      if (!this.#isOver) this.#receive(message);
    };
    const failed = (detail: string, wasLoaded: boolean): void => {
      if (this.#isOver) return;
      this.#host.emit('error', { kind: 'internal', message: detail });
      // While the network is away the worker's script is too.
      const reason = wasLoaded
        ? 'The viewer met an internal error. Reload the page.'
        : 'A part of the viewer could not be loaded. Check the network and reload the page.';
      this.end({ clean: false, reason, isWorthRetrying: !wasLoaded });
    };
    this.sessionWorker = new WorkerPort('spice-session', receive, failed);
    this.displayWorker = new WorkerPort('spice-display', receive, failed);
  }

  /** Opens the main channel, anew where it was refused for want of a password. */
  openMain(): void {
    if (this.#channels.size > 0) return;
    this.#password = this.#host.password();
    this.open({ type: channelType.main, id: 0 });
  }

  open(channel: ChannelKey): void {
    const worker = this.#workerOf(channel.type);
    if (worker === undefined) return;
    this.#channels.set(keyOf(channel), 'opening');
    const address = this.#address(channel);
    const request: OpenChannel = {
      kind: 'openChannel',
      channel,
      connectionId: this.#connectionId,
      password: this.#password,
      address,
    };
    worker.post(request, address.kind === 'port' ? [address.port] : []);
  }

  end(detail: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.sessionWorker.dispose({ kind: 'closeAll' });
    this.displayWorker.dispose({ kind: 'closeAll' });
    this.#host.ended(detail);
  }

  #workerOf(type: number): WorkerPort<any> | undefined {
    if (sessionWorkerChannels.has(type)) return this.sessionWorker;
    if (type === channelType.display || type === channelType.cursor) return this.displayWorker;
    return undefined;
  }

  #address(channel: ChannelKey): TransportAddress {
    const { source, token } = this.#options;
    if (typeof source === 'function') return relayAddress(() => source(channel));
    const url = new URL(source, document.baseURI);
    url.protocol = url.protocol.replace(/^http/, 'ws');
    const protocols = token === undefined ? ['binary'] : ['binary', `bearer.${token}`];
    return { kind: 'url', url: url.href, protocols };
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'mainInit':
        this.#connectionId = message.sessionId;
        this.displayWorker.post({ kind: 'session', ramHint: message.ramHint });
        return this.#host.receive(message);
      case 'mediaTime':
        return this.displayWorker.post(message);
      case 'videoLate':
        return this.sessionWorker.post(message);
      case 'channelsList':
        return this.#openListed(message.channels);
      case 'channelOpen':
        this.#channels.set(keyOf(message.channel), 'open');
        return this.#checkConnected();
      case 'channelClosed':
        return this.#channelClosed(message.channel, message.failure);
      case 'trouble':
        return this.#trouble(message.failure);
      case 'response':
      case 'requestFailed':
        return;
      default:
        return this.#host.receive(message);
    }
  }

  #openListed(channels: readonly ChannelKey[]): void {
    const disabled = new Set(this.#options.disabledChannels);
    const isDisabled = (type: number): boolean =>
      Object.entries(channelType).some(([name, number]) => number === type && disabled.has(name));
    // All at once: a ticket may expire between two links.
    for (const channel of channels) {
      if (channel.type === channelType.main || this.#channels.has(keyOf(channel))) continue;
      if (!isDisabled(channel.type) && this.#host.admits(channel)) this.open(channel);
    }
    this.#isListed = true;
    this.#checkConnected();
  }

  #checkConnected(): void {
    if (this.#isConnected || !this.#isListed || this.#isOver) return;
    if ([...this.#channels.values()].includes('opening')) return;
    this.#isConnected = true;
    this.#host.connected();
  }

  #channelClosed(channel: ChannelKey, failure: SessionFailure): void {
    const wasOpen = this.#channels.get(keyOf(channel)) === 'open';
    if (channel.type === channelType.main) return this.#mainClosed(failure, wasOpen);
    this.#channels.set(keyOf(channel), 'closed');
    const isRefused = !wasOpen && failure.code === closeCode.notAllowed;
    this.#host.channelClosed(channel, isRefused);
    if (failure.kind === 'auth') return this.#securityFailure(failure);
    // Who made the session wanted it so: the others go on without.
    if (failure.kind !== 'closed' && !isRefused) this.#trouble(failure);
    const displaysLeft = [...this.#channels].some(
      ([key, state]) => key.startsWith(`${channelType.display}:`) && state !== 'closed',
    );
    if (channel.type === channelType.display && !displaysLeft) {
      // When a session ends all its channels close; the main channel knows best why.
      setTimeout(() => {
        this.end({
          clean: failure.kind === 'closed',
          reason: failure.sentence,
          isWorthRetrying: isWorthRetrying(failure),
        });
      }, LAST_WORDS_DELAY);
    }
    this.#checkConnected();
  }

  #mainClosed(failure: SessionFailure, wasOpen: boolean): void {
    this.#channels.clear();
    if (failure.kind === 'auth' && !wasOpen) {
      if (this.#host.password() !== '') return this.#securityFailure(failure);
      // Nobody gave a password yet: stay and wait for one.
      return this.#host.emit('credentialsrequired', { types: ['password'] });
    }
    this.#trouble(failure);
    this.end({
      clean: failure.kind === 'closed' && failure.code === closeCode.ended,
      reason: failure.sentence,
      isWorthRetrying: isWorthRetrying(failure),
    });
  }

  #securityFailure(failure: SessionFailure): void {
    this.#host.emit('securityfailure', { code: failure.code ?? 0, reason: failure.sentence });
    this.end({ clean: false, reason: failure.sentence });
  }

  #trouble(failure: SessionFailure): void {
    if (failure.kind === 'closed') return;
    this.#host.emit('error', { kind: failure.kind, message: failure.detail ?? failure.sentence });
  }
}
