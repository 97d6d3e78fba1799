import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ChannelOpener } from '../api/public-types.ts';
import { listed, settings } from '../api/settings.ts';
import type { ChannelAddress } from '../threads/channel-address.ts';
import type {
  ChannelKey,
  FromWorker,
  OpenChannel,
  SessionFailure,
  SessionMessage,
} from '../threads/worker-messages.ts';
import { relayAddress } from './channel-relay.ts';
import type { ChannelName, ClientFeature, WorkerName } from './client-feature.ts';
import type { SessionWorkers } from './session-workers.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';

export interface SessionEnd {
  readonly clean: boolean;
  /** a sentence for the user, or empty */
  readonly reason: string;
  /** a new session may do better: the network or a bridge failed, nobody said no */
  readonly isWorthRetrying?: boolean;
}

/** Where all channels connect, or who opens each. */
export type ChannelSource = ChannelAddress | ChannelOpener;

export interface ConnectionHost {
  readonly source: ChannelSource;
  /** names of channels that are not to be opened */
  readonly disableChannels: string;
  /** the password of the credentials that are known now, or empty */
  password(): string;
  /** what is not about the channels themselves */
  receive(message: SessionMessage): void;
  /** all channels stand */
  connected(): void;
  /** The connection is over; it posts nothing any more. */
  ended(detail: SessionEnd): void;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

function keyOf(channel: ChannelKey): string {
  return `${channel.type}:${channel.id}`;
}

const channelNames: ReadonlyMap<number, ChannelName> = new Map(
  Object.entries(channelType).map(([name, number]) => [number, name as ChannelName]),
);

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

/** One session while it lives: which channels stand, and when it is over. A new one for every connect. */
export class SessionConnection {
  readonly #workers: SessionWorkers;
  readonly #features: readonly ClientFeature[];
  readonly #host: ConnectionHost;
  readonly #channels = new Map<string, 'opening' | 'open' | 'closed'>();
  #password = '';
  #connectionId = 0;
  /** the server has said which channels there are */
  #isListed = false;
  #isConnected = false;
  #isOver = false;

  constructor(workers: SessionWorkers, features: readonly ClientFeature[], host: ConnectionHost) {
    this.#workers = workers;
    this.#features = features;
    this.#host = host;
  }

  /** Opens the main channel, anew where it was refused for want of a password. */
  openMain(): void {
    if (this.#channels.size > 0) return;
    this.#password = this.#host.password();
    void this.open({ type: channelType.main, id: 0 });
  }

  async open(channel: ChannelKey): Promise<void> {
    const feature = this.#featureOf(channel);
    this.#channels.set(keyOf(channel), 'opening');
    const ready = feature?.opening?.(channel);
    if (ready !== undefined) await ready;
    if (this.#isOver) return;
    const { source } = this.#host;
    const address = typeof source === 'function' ? relayAddress(() => source(channel)) : source;
    const request: OpenChannel = {
      kind: 'openChannel',
      channel,
      connectionId: this.#connectionId,
      password: this.#password,
      address,
    };
    this.#portOf(feature?.worker ?? 'session')?.post(request, address.kind === 'port' ? [address.port] : []);
  }

  end(detail: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#host.ended(detail);
  }

  /** A worker is lost. */
  workerFailed(detail: string, wasLoaded: boolean): void {
    if (this.#isOver) return;
    this.#host.emit('error', { kind: 'internal', code: 'worker-failed', message: detail });
    // While the network is away the worker's script is too.
    const reason = wasLoaded
      ? 'The viewer met an internal error. Reload the page.'
      : 'A part of the viewer could not be loaded. Check the network and reload the page.';
    this.end({ clean: false, reason, isWorthRetrying: !wasLoaded });
  }

  receive(message: FromWorker): void {
    // Messages of an ended session may still be under way.
    if (this.#isOver) return;
    switch (message.kind) {
      case 'mainInit':
        this.#connectionId = message.sessionId;
        this.#portOf('display')?.post({ kind: 'session', ramHint: message.ramHint });
        return this.#host.receive(message);
      case 'mediaTime':
        return this.#workers.display?.post(message);
      case 'videoLate':
        return this.#workers.session?.post(message);
      case 'channelsList':
        return this.#openListed(message.channels);
      case 'channelOpen':
        this.#channels.set(keyOf(message.channel), 'open');
        return this.#checkConnected();
      case 'channelClosed':
        return this.#channelClosed(message.channel, message.failure);
      case 'trouble':
        return this.#trouble(message.failure);
      case 'allClosed':
      case 'response':
      case 'requestFailed':
        return;
      default:
        return this.#host.receive(message);
    }
  }

  #portOf(worker: WorkerName): { post(message: any, transfer?: Transferable[]): void } | undefined {
    return this.#workers[worker];
  }

  #featureOf({ type }: ChannelKey): ClientFeature | undefined {
    const name = channelNames.get(type);
    return name && this.#features.find(({ channels }) => channels?.includes(name));
  }

  #openListed(channels: readonly ChannelKey[]): void {
    const disabled = new Set<string>(listed(settings.disableChannels, this.#host.disableChannels));
    // All at once: a ticket may expire between two links.
    for (const channel of channels) {
      const name = channelNames.get(channel.type);
      const feature = this.#featureOf(channel);
      if (name === undefined || feature === undefined || disabled.has(name)) continue;
      if (this.#channels.has(keyOf(channel))) continue;
      feature.listed?.(channel);
      if (feature.isWanted?.(channel) ?? true) void this.open(channel);
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
    this.#featureOf(channel)?.closed?.(channel, isRefused);
    if (failure.kind === 'auth') return this.#securityFailure(failure);
    // Who made the session wanted it so: the others go on without.
    if (failure.kind !== 'closed' && !isRefused) this.#trouble(failure);
    const displaysLeft = [...this.#channels].some(
      ([key, state]) => key.startsWith(`${channelType.display}:`) && state !== 'closed',
    );
    if (channel.type === channelType.display && !displaysLeft) {
      // When a session ends all its channels close; the main channel knows best why.
      setTimeout(() => this.end(endBy(failure, failure.kind === 'closed')), LAST_WORDS_DELAY);
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
    this.end(endBy(failure, failure.kind === 'closed' && failure.code === closeCode.ended));
  }

  #securityFailure(failure: SessionFailure): void {
    this.#host.emit('securityfailure', { code: failure.code ?? 0, reason: failure.sentence });
    this.end({ clean: false, reason: failure.sentence });
  }

  #trouble({ kind, detail, sentence }: SessionFailure): void {
    if (kind === 'closed') return;
    this.#host.emit('error', { kind, code: kind, message: detail ?? sentence });
  }
}

function endBy(failure: SessionFailure, clean: boolean): SessionEnd {
  return { clean, reason: failure.sentence, isWorthRetrying: isWorthRetrying(failure) };
}
