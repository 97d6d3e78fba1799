import { randomBytes } from 'node:crypto';
import { channelName, channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ClientHello } from '@spice-viewer/shared-protocol/link/client-hello.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import type {
  AdmittedChannel,
  ChannelObserver,
  EndReason,
  ObservedChannel,
  TunnelObserver,
} from '../tunnel/tunnel-observer.ts';
import type { Logger } from './logger.ts';

/** Seconds; 0 is never. */
export interface SessionLimits {
  readonly idleTimeout: number;
  readonly sessionTimeout: number;
}

/** A running session, as the admin API tells it. */
export interface SessionSummary {
  readonly id: string;
  readonly who: string | undefined;
  readonly target: string;
  readonly client: string;
  /** ISO 8601. */
  readonly started: string;
  /** Names of the open channels. */
  readonly channels: readonly string[];
  readonly bytesToBrowser: number;
  readonly bytesToServer: number;
}

export interface SessionLedgerOptions {
  readonly logger: Logger;
  readonly limits: SessionLimits;
  /** A limit of time ended a session that a token tells: the token must not begin or continue it. */
  readonly onLimit?: (id: string, why: 'expired' | 'idle') => void;
  /** Milliseconds between looks at the limits. */
  readonly interval?: number;
  /** A clock in milliseconds, for tests. */
  readonly now?: () => number;
}

interface Session {
  readonly id: string;
  readonly who: string | undefined;
  readonly target: string;
  readonly client: string;
  /** When its first channel came to this bridge since it last had none. */
  readonly started: number;
  /** When its first channel came to any bridge: what the limit counts from. */
  readonly began: number;
  readonly limits: SessionLimits;
  readonly open: Set<Channel>;
  /** Of all its channels, in the order of their first opening. */
  readonly names: Set<string>;
  /** Of channels that are closed. */
  bytesToBrowser: number;
  bytesToServer: number;
  /** Why it ends, once the bridge has ended it. */
  ending: BridgeError | undefined;
  /** What the browser had sent on its inputs channels, and since when no more has come. */
  input: number;
  inputAt: number;
  /** Where no token tells which channels belong together: found by `#findSession`. */
  readonly anonymous: boolean;
  /** The number that its server gave it, once a channel beside main has told. */
  connectionId: number | undefined;
}

interface Channel {
  readonly observed: ObservedChannel;
  admitted: AdmittedChannel | undefined;
  session: Session | undefined;
  /** Undefined until the client has told it; null: it does not speak SPICE. */
  hello: ClientHello | null | undefined;
}

/** Names that a portal chose are cut to this many characters. */
const NAME_LIMIT = 200;

/**
 * Puts channels together to sessions: one audit line at each session's start and end, idle and absolute limits, and
 * the list for the admin API. A session runs from its first channel to its last on this bridge; one that reconnects
 * starts again under the same id, and its time goes on.
 *
 * Tokens tell the session. Without one, a main channel starts a session, and other channels belong to the session of
 * the same client and target that has their connection id, or else to the newest that has none yet.
 */
export class SessionLedger implements TunnelObserver {
  readonly #logger: Logger;
  readonly #sessions = new Map<string, Session>();
  readonly #interval: number;
  readonly #now: () => number;
  readonly #onLimit: (id: string, why: 'expired' | 'idle') => void;
  #limits: SessionLimits;
  #timer: NodeJS.Timeout | undefined;
  #started = 0;

  constructor({ logger, limits, onLimit, interval = 1000, now = Date.now }: SessionLedgerOptions) {
    this.#logger = logger;
    this.#limits = limits;
    this.#interval = interval;
    this.#now = now;
    this.#onLimit = onLimit ?? (() => {});
  }

  /** Sessions that run. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Sessions since the start. */
  get started(): number {
    return this.#started;
  }

  /** New limits hold for running sessions too; a token's own, where lower, stay. */
  configure(limits: SessionLimits): void {
    this.#limits = limits;
  }

  /** Whether a channel would belong to a session that runs: such may still open while the bridge drains. */
  runs(client: string, { sessionId, targetName }: AdmittedChannel): boolean {
    if (sessionId !== undefined) return this.#sessions.has(sessionId);
    return [...this.#sessions.values()].some(
      (session) => session.anonymous && session.client === client && session.target === targetName,
    );
  }

  list(): SessionSummary[] {
    return [...this.#sessions.values()].map((session) => ({
      id: session.id,
      who: session.who,
      target: session.target,
      client: session.client,
      started: new Date(session.started).toISOString(),
      channels: [...session.open].map(({ hello }) => nameOf(hello)),
      ...bytesOf(session),
    }));
  }

  /** Closes all channels of a session; false where there is none of this id. */
  end(id: string, error: BridgeError): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    session.ending ??= error;
    for (const { observed } of session.open) observed.end(error);
    return true;
  }

  refused(): void {}

  opened(observed: ObservedChannel): ChannelObserver {
    const channel: Channel = {
      observed,
      admitted: undefined,
      session: undefined,
      hello: undefined,
    };
    return {
      admitted: (admitted) => {
        channel.admitted = admitted;
        this.#place(channel);
      },
      linked: (hello) => {
        channel.hello = hello;
        this.#place(channel);
        channel.session?.names.add(nameOf(hello));
      },
      connected: () => {},
      closed: (reason) => this.#leave(channel, reason),
    };
  }

  /** Finds a channel's session as soon as enough is known. */
  #place(channel: Channel): void {
    const { admitted, session, hello } = channel;
    if (session !== undefined || admitted === undefined) return;
    const { sessionId } = admitted;
    if (sessionId !== undefined) {
      this.#join(channel, this.#sessions.get(sessionId) ?? this.#start(channel, sessionId, false));
    } else if (hello !== undefined) this.#join(channel, this.#findSession(channel, hello));
  }

  #findSession(channel: Channel, hello: ClientHello | null): Session {
    const connectionId = hello?.connectionId ?? 0;
    if (hello?.channelType !== channelType.main || connectionId !== 0) {
      const mine = [...this.#sessions.values()].filter(
        ({ anonymous, client, target }) =>
          anonymous && client === channel.observed.ip && target === channel.admitted?.targetName,
      );
      const session =
        mine.find((one) => one.connectionId === connectionId) ??
        mine.findLast((one) => one.connectionId === undefined);
      if (session !== undefined) {
        session.connectionId = connectionId;
        return session;
      }
    }
    return this.#start(channel, newId(), true);
  }

  #start({ observed, admitted }: Channel, id: string, anonymous: boolean): Session {
    const now = this.#now();
    const session: Session = {
      id,
      who: admitted?.subject?.slice(0, NAME_LIMIT),
      target: admitted?.targetName.slice(0, NAME_LIMIT) ?? '',
      client: observed.ip,
      started: now,
      began: admitted?.began ?? now,
      limits: { idleTimeout: admitted?.limits?.idle ?? 0, sessionTimeout: admitted?.limits?.session ?? 0 },
      open: new Set(),
      names: new Set(),
      bytesToBrowser: 0,
      bytesToServer: 0,
      ending: undefined,
      input: 0,
      inputAt: now,
      anonymous,
      connectionId: undefined,
    };
    this.#sessions.set(id, session);
    this.#started++;
    this.#logger.info({ event: 'session-start', ...subjectOf(session) }, 'session started');
    this.#timer ??= setInterval(() => this.#look(), this.#interval).unref();
    return session;
  }

  #join(channel: Channel, session: Session): void {
    channel.session = session;
    session.open.add(channel);
    if (channel.hello !== undefined) session.names.add(nameOf(channel.hello));
    if (session.ending !== undefined) channel.observed.end(session.ending);
    else this.#check(session);
  }

  #leave(channel: Channel, reason: EndReason): void {
    const { session, observed } = channel;
    if (session === undefined || !session.open.delete(channel)) return;
    session.bytesToBrowser += observed.bytesToBrowser;
    session.bytesToServer += observed.bytesToServer;
    if (session.open.size > 0) return;
    this.#sessions.delete(session.id);
    if (this.#sessions.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#logger.info(
      {
        event: 'session-end',
        ...subjectOf(session),
        channels: [...session.names],
        ...bytesOf(session),
        seconds: Math.round((this.#now() - session.started) / 1000),
        reason: session.ending?.code ?? reason,
      },
      'session ended',
    );
  }

  /** Ends sessions whose time is over. */
  #look(): void {
    for (const session of this.#sessions.values()) this.#check(session);
  }

  #check(session: Session): void {
    if (session.ending !== undefined) return;
    const now = this.#now();
    const inputs = [...session.open].filter(({ hello }) => hello?.channelType === channelType.inputs);
    const input = sum(inputs, ({ observed }) => observed.bytesToServer);
    // Without such a channel here nobody can use the session, or does so through another bridge.
    if (input !== session.input || inputs.length === 0) session.inputAt = now;
    session.input = input;
    const idle = lower(session.limits.idleTimeout, this.#limits.idleTimeout);
    const whole = lower(session.limits.sessionTimeout, this.#limits.sessionTimeout);
    if (whole > 0 && now - session.began >= whole * 1000) this.#limit(session, 'expired');
    else if (idle > 0 && now - session.inputAt >= idle * 1000) this.#limit(session, 'idle');
  }

  #limit({ id, anonymous }: Session, why: 'expired' | 'idle'): void {
    if (!anonymous) this.#onLimit(id, why);
    this.end(id, new BridgeError(`session-${why}`));
  }
}

function subjectOf({ id, who, target, client }: Session): object {
  return {
    session: id.slice(0, NAME_LIMIT),
    ...(who === undefined ? {} : { who }),
    target,
    client,
  };
}

function bytesOf(session: Session): { bytesToBrowser: number; bytesToServer: number } {
  return {
    bytesToBrowser: session.bytesToBrowser + sum(session.open, ({ observed }) => observed.bytesToBrowser),
    bytesToServer: session.bytesToServer + sum(session.open, ({ observed }) => observed.bytesToServer),
  };
}

/** The lower of two limits of which 0 is none. */
function lower(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}

function newId(): string {
  return randomBytes(9).toString('base64url');
}

/** Of the types that SPICE has; `other` for what else a client may say, or while it has said nothing. */
export function nameOf(hello: ClientHello | null | undefined): string {
  return (hello ? channelName(hello.channelType) : undefined) ?? 'other';
}

function sum<T>(list: Iterable<T>, value: (one: T) => number): number {
  let total = 0;
  for (const one of list) total += value(one);
  return total;
}
