import type {
  SpiceClientOptions,
  SpiceCredentials,
  SpiceState,
  SpiceTicket,
  TicketProvider,
} from '../api/public-types.ts';
import type { FromWorker } from '../threads/worker-messages.ts';
import { AddressError, channelUrl, type PagePlace } from './channel-url.ts';
import type { ClientFeatures } from './features.ts';
import { Reconnection } from './reconnection.ts';
import { SessionConnection, type ChannelSource, type SessionEnd } from './session-connection.ts';
import type { SessionSettings } from './session-settings.ts';
import type { SessionWorkers } from './session-workers.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import { ToldValue } from './told-value.ts';

export interface SessionLifeHost {
  readonly source: SpiceClientOptions['source'];
  readonly ticketProvider: TicketProvider | undefined;
  readonly credentials: SpiceCredentials | undefined;
  readonly token: string | undefined;
  readonly settings: SessionSettings;
  readonly workers: SessionWorkers;
  readonly features: ClientFeatures;
  page(): PagePlace;
  /** tells `online` */
  readonly network: EventTarget;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

/**
 * When sessions begin and end, and what comes after an end.
 *
 *     disconnected ── connect ──▶ connecting ── all channels stand ──▶ connected
 *          ▲                          │                                    │
 *          ├── it ended ◀─────────────┴───────────── it ended ◀────────────┤
 *          │                                                               │ it broke, and `reconnect`
 *          └── no more attempts, disconnect ◀── reconnecting ◀─────────────┘
 *                                                    └── all channels stand ──▶ connected
 */
export class SessionLife {
  readonly #host: SessionLifeHost;
  readonly #state: ToldValue<SpiceState>;
  readonly #reconnection: Reconnection;
  #credentials: SpiceCredentials | undefined;
  #token: string | undefined;
  #connection: SessionConnection | undefined;
  /** the session stood, so that its end is worth another try */
  #hasStood = false;

  constructor(host: SessionLifeHost) {
    this.#host = host;
    this.#credentials = host.credentials;
    this.#token = host.token;
    this.#state = new ToldValue<SpiceState>('disconnected', (state) => host.emit('statechange', { state }));
    this.#reconnection = new Reconnection(
      {
        announce: (attempt, delay) => host.emit('reconnecting', { attempt, delay }),
        attempt: () => void this.#startAgain(),
      },
      host.network,
    );
  }

  get state(): SpiceState {
    return this.#state.value;
  }

  /** undefined between sessions */
  get connection(): SessionConnection | undefined {
    return this.#connection;
  }

  connect(): void {
    if (this.#connection === undefined && this.state === 'disconnected') this.#start();
  }

  disconnect(): void {
    if (this.#connection !== undefined) this.#connection.end({ clean: true, reason: '' });
    else if (this.state === 'reconnecting') this.#finish({ clean: true, reason: '' });
  }

  sendCredentials(credentials: SpiceCredentials): void {
    this.#credentials = credentials;
    if (this.state === 'disconnected') this.connect();
    else this.#connection?.openMain();
  }

  receive(message: FromWorker): void {
    this.#connection?.receive(message);
  }

  workerFailed(detail: string, wasLoaded: boolean): void {
    this.#host.features.displays.workerLost();
    this.#connection?.workerFailed(detail, wasLoaded);
  }

  #start(): void {
    const { workers, features, settings } = this.#host;
    // A wrong address is found before anything has begun.
    const source = this.#source();
    if (source instanceof AddressError) {
      this.#host.emit('error', { kind: 'address', code: source.code, message: source.message });
      return this.#finish({ clean: false, reason: source.message });
    }
    if (this.state === 'disconnected') this.#state.set('connecting');
    const connection = new SessionConnection(workers, features.list, {
      source,
      disableChannels: settings.values.disableChannels,
      password: () => this.#credentials?.password ?? '',
      receive: (message) => {
        for (const { receive } of features.list) {
          (receive?.[message.kind] as ((of: typeof message) => void) | undefined)?.(message);
        }
      },
      connected: () => this.#stands(),
      ended: (detail) => this.#ended(detail),
      emit: (type, detail) => this.#host.emit(type, detail),
    });
    this.#connection = connection;
    workers.start();
    workers.session?.post({ kind: 'settings', values: settings.of('session') });
    workers.display?.post({ kind: 'settings', values: settings.of('display') });
    for (const feature of features.list) feature.starting?.();
    this.#host.emit('sessionstart', {});
    connection.openMain();
  }

  #source(): ChannelSource | AddressError {
    const { source } = this.#host;
    if (typeof source === 'function') return source;
    try {
      return channelUrl(source, this.#token, this.#host.page());
    } catch (error) {
      if (error instanceof AddressError) return error;
      throw error;
    }
  }

  #stands(): void {
    this.#hasStood = true;
    this.#reconnection.reset();
    this.#state.set('connected');
    this.#host.emit('connect', {});
  }

  /** A new session in place of one that broke. */
  async #startAgain(): Promise<void> {
    const { ticketProvider } = this.#host;
    if (ticketProvider !== undefined) {
      try {
        this.#takeTicket(await ticketProvider());
      } catch {
        const reason = 'The connection was lost, and there is no new ticket to connect again.';
        if (this.state === 'reconnecting') this.#tryLater({ clean: false, reason });
        return;
      }
    }
    if (this.state === 'reconnecting' && this.#connection === undefined) this.#start();
  }

  #takeTicket(ticket: SpiceTicket): void {
    if (typeof ticket === 'string') {
      this.#takeTicket(this.#token === undefined ? { password: ticket } : { token: ticket });
      return;
    }
    const { token, password } = ticket;
    if (token !== undefined) this.#token = token;
    if (password !== undefined) this.#credentials = { ...this.#credentials, password };
  }

  #ended(end: SessionEnd): void {
    const { workers, features, settings } = this.#host;
    this.#connection = undefined;
    workers.end(features.displays.hasCanvases);
    // Views learn first that what now goes away may come again.
    const isRetried = end.isWorthRetrying === true && this.#hasStood && settings.values.reconnect;
    this.#state.set(isRetried ? 'reconnecting' : 'disconnected');
    for (const feature of features.list) feature.ended?.();
    // Whoever heard that may have begun or ended something.
    if (isRetried && this.state === 'reconnecting') this.#tryLater(end);
    else if (!isRetried) this.#finish(end);
  }

  #tryLater(end: SessionEnd): void {
    if (!this.#reconnection.next()) this.#finish(end);
  }

  /** It is over for good. */
  #finish({ clean, reason }: SessionEnd): void {
    this.#reconnection.reset();
    this.#hasStood = false;
    this.#state.set('disconnected');
    this.#host.emit('disconnect', { clean, reason });
  }
}
