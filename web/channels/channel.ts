import { channelName } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { AckWindow } from '@spice-viewer/shared-protocol/link/ack-window.ts';
import { capabilityWords, commonCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { advanceLink, ClientLink, type LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { linkErrorSentence } from '@spice-viewer/shared-protocol/link/link-error.ts';
import {
  MessageReader,
  MessageWriter,
  type RawMessage,
} from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { encryptTicket } from '@spice-viewer/shared-protocol/link/ticket.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import type {
  MessageSet,
  MessageTable,
  MessageValue,
} from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { ProtocolError, type ErrorPlace } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { decodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import type {
  commonClientTable,
  commonServerTable,
} from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ChannelKey, ChannelStats, OpenChannel, SessionFailure } from '../threads/worker-messages.ts';
import { closeFailure, toFailure } from './failure.ts';
import { openTransport, type Transport } from './transport.ts';

/** Silence during the link stage, or inside a message, after which the server is given up: milliseconds. */
const STALL_LIMIT = 12_000;
const STALL_CHECK_INTERVAL = 2_000;

type CommonServerTable = typeof commonServerTable & MessageTable;
type CommonClientTable = typeof commonClientTable & MessageTable;
/** What every channel does by itself. */
type CommonName = 'setAck' | 'ping' | 'notify' | 'disconnecting' | 'list';

/**
 * What a channel does at its own messages, by name; a message without handler only counts. A handler may say false:
 * not yet; then it is called again (only channels that queue their messages understand that).
 */
export type ChannelHandlers<S extends MessageTable> = {
  readonly [K in Exclude<keyof S, CommonName>]?: (value: MessageValue<S, K>) => void | boolean;
};

type CommonHandlers = {
  readonly [K in CommonName]?: (value: MessageValue<typeof commonServerTable, K>) => void;
};

type AnyHandlers = Readonly<Record<string, ((value: unknown) => void | boolean) | undefined>>;

export interface ChannelEvents {
  opened(channel: ChannelKey, link: LinkResult): void;
  /** Called once. */
  closed(channel: ChannelKey, failure: SessionFailure): void;
  /** Something that did not end the channel. */
  trouble(channel: ChannelKey, failure: SessionFailure): void;
  notified(severity: number, text: string): void;
}

/**
 * One SPICE channel: transport, link stage, framing and what all channels share (ping, acks, notify).
 * A message that breaks the protocol ends the channel, and nothing else.
 */
export abstract class Channel<S extends CommonServerTable, C extends CommonClientTable> {
  readonly key: ChannelKey;
  readonly label: string;
  protected readonly events: ChannelEvents;
  readonly #serverMessages: MessageSet<S>;
  readonly #clientMessages: MessageSet<C>;
  readonly #request: OpenChannel;
  readonly #transport: Transport;
  readonly #queue = new ByteQueue();
  readonly #acks = new AckWindow();
  readonly #link: ClientLink;
  #linking: Promise<void> | undefined;
  #reader: MessageReader | undefined;
  #writer: MessageWriter | undefined;
  /** a window that SET_ACK asked for: it counts the messages after that one */
  #nextWindow: number | undefined;
  #isClosed = false;
  #lastBytes = performance.now();
  readonly #stallTimer: ReturnType<typeof setInterval>;
  /** serial of the newest message that was handled */
  #handled = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #messagesIn = 0;
  #messagesOut = 0;
  /** milliseconds; the link stage gives the first measurement */
  protected roundTripTime = 0;

  constructor(
    request: OpenChannel,
    events: ChannelEvents,
    messages: { server: MessageSet<S>; client: MessageSet<C>; capabilities: readonly number[] },
  ) {
    this.#request = request;
    this.key = request.channel;
    this.label = `${channelName(request.channel.type) ?? request.channel.type}:${request.channel.id}`;
    this.events = events;
    this.#serverMessages = messages.server;
    this.#clientMessages = messages.client;
    this.#link = new ClientLink({
      connectionId: request.connectionId,
      channelType: request.channel.type,
      channelId: request.channel.id,
      commonCaps: capabilityWords([commonCapability.authSelection, commonCapability.miniHeader]),
      channelCaps: capabilityWords([...messages.capabilities]),
    });
    this.#transport = openTransport(request.address, {
      open: () => undefined,
      bytes: (chunk) => this.#onBytes(chunk),
      closed: (info) => this.#finish(closeFailure(info, this.#reader !== undefined)),
    });
    this.#sendBytes(this.#link.start());
    this.#stallTimer = setInterval(() => this.#checkStall(), STALL_CHECK_INTERVAL);
  }

  /** Ends the channel without a failure; `closed` is still called. */
  close(): void {
    this.#finish({ kind: 'closed', sentence: 'The connection was closed.' });
  }

  get stats(): ChannelStats {
    return {
      channel: this.label,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      messagesIn: this.#messagesIn,
      messagesOut: this.#messagesOut,
      roundTripTime: this.roundTripTime,
    };
  }

  /** Serial of the newest message whose handling is complete. */
  get handledSerial(): number {
    return this.#handled;
  }

  protected get closed(): boolean {
    return this.#isClosed;
  }

  protected abstract readonly handlers: ChannelHandlers<S>;

  /** The link stands; the first messages of the channel go out here, if the server does not speak first. */
  protected linked(_link: LinkResult): void {}

  /**
   * A message's turn has come: those of the channel's own, WAIT_FOR_CHANNELS, MIGRATE..., and as mere counts those that
   * were answered at once, in the server's order. Whoever takes it calls `messageHandled` when its effect is complete.
   */
  protected receive(name: string, value: unknown, raw: RawMessage): void {
    this.handle(name, value);
    this.messageHandled(raw);
  }

  /** Calls the message's handler. @returns false: not yet */
  protected handle(name: string, value: unknown): boolean {
    const handler = (this.handlers as AnyHandlers)[name] ?? (this.#inTurn as AnyHandlers)[name];
    return handler?.(value) !== false;
  }

  protected send<K extends keyof C>(name: K, value: MessageValue<C, K>): void {
    if (this.#isClosed || this.#writer === undefined) return;
    this.#messagesOut++;
    this.#sendBytes(
      this.#writer.write(this.#clientMessages.typeOf(name), this.#clientMessages.write(name, value)),
    );
  }

  /** Counts the message as handled: acknowledgements follow what was done, not what merely arrived. */
  protected messageHandled(raw: RawMessage): void {
    if (raw.sub) return;
    this.#handled = raw.serial;
    if (this.#acks.count()) this.#sendCommon('ack', {});
    if (this.#nextWindow !== undefined) this.#acks.reset(this.#nextWindow);
    this.#nextWindow = undefined;
  }

  /** Ends the channel because of an error that its own work met. */
  protected fail(error: unknown): void {
    this.#finish(toFailure(error, { channel: this.label }));
  }

  /** Something went wrong that the channel survives. */
  protected report(error: unknown, place: ErrorPlace = {}): void {
    this.events.trouble(this.key, toFailure(error, { ...place, channel: this.label }));
  }

  /** Called once when the channel is over. */
  protected disposed(): void {}

  #sendCommon<K extends keyof typeof commonClientTable>(
    name: K,
    value: MessageValue<typeof commonClientTable, K>,
  ): void {
    // The common messages are part of every client table.
    (this.send as (name: K, value: unknown) => void).call(this, name, value);
  }

  #sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytesOut += bytes.length;
    this.#transport.send(bytes);
  }

  #onBytes(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#lastBytes = performance.now();
    this.#bytesIn += chunk.length;
    this.#queue.push(chunk);
    if (this.#reader === undefined) this.#continueLink();
    else this.#readMessages(this.#reader);
  }

  #continueLink(): void {
    // Encrypting the ticket takes a moment; what arrives meanwhile waits in the queue.
    if (this.#linking !== undefined) return;
    this.#linking = advanceLink(
      this.#link,
      this.#queue,
      (publicKey) => encryptTicket(publicKey, this.#request.password),
      (bytes) => {
        this.#ticketSent = performance.now();
        this.#sendBytes(bytes);
      },
    ).then(
      (result) => {
        this.#linking = undefined;
        if (this.#isClosed) return;
        if (result !== undefined) this.#onLinked(result);
        else if (this.#queue.length > 0 && this.#queueGrew()) this.#continueLink();
      },
      (error: unknown) => this.fail(error),
    );
  }

  #linkQueueLength = -1;
  #ticketSent = 0;

  /** Whether bytes came since the last look: without new ones the link cannot go on. */
  #queueGrew(): boolean {
    const grew = this.#queue.length !== this.#linkQueueLength;
    this.#linkQueueLength = this.#queue.length;
    return grew;
  }

  #onLinked(link: LinkResult): void {
    const reader = new MessageReader({ miniHeader: link.miniHeader });
    this.#writer = new MessageWriter({ miniHeader: link.miniHeader });
    this.#reader = reader;
    this.roundTripTime = performance.now() - this.#ticketSent;
    this.events.opened(this.key, link);
    this.linked(link);
    this.#readMessages(reader);
  }

  #readMessages(reader: MessageReader): void {
    try {
      for (let raw = reader.next(this.#queue); raw !== undefined; raw = reader.next(this.#queue)) {
        if (!raw.sub) this.#messagesIn++;
        this.#dispatch(raw);
        if (this.#isClosed) return;
      }
    } catch (error) {
      this.fail(error instanceof ProtocolError ? error.at({ channel: this.label }) : error);
    }
  }

  #dispatch(raw: RawMessage): void {
    const message = this.#serverMessages.read(raw.type, raw.body);
    if (message === undefined) return this.receive('unknown', undefined, raw);
    const atOnce = (this.#atOnce as AnyHandlers)[message.name];
    if (atOnce === undefined) return this.receive(message.name, message.value, raw);
    atOnce(message.value);
    if (!this.#isClosed) this.receive(message.name, undefined, raw);
  }

  /** Whatever is queued. */
  readonly #atOnce: CommonHandlers = {
    // The server measures the network, not our drawing.
    ping: ({ id, timestamp }) => this.#sendCommon('pong', { id, timestamp }),
    notify: ({ severity, text }) => this.events.notified(severity, decodeText(text)),
    disconnecting: ({ reason }) => {
      const sentence = reason === 0 ? 'The server ended the session.' : linkErrorSentence(reason);
      this.#finish({ kind: 'closed', code: reason, sentence });
    },
  };

  /** Between the messages around it. */
  readonly #inTurn: CommonHandlers = {
    setAck: ({ window, generation }) => {
      this.#nextWindow = window;
      this.#sendCommon('ackSync', { generation });
    },
  };

  #checkStall(): void {
    const isMidway = this.#reader === undefined || this.#queue.length > 0;
    if (!isMidway || performance.now() - this.#lastBytes < STALL_LIMIT) return;
    const sentence =
      this.#reader === undefined
        ? 'The server did not answer in time. Check the address and port, and whether the server expects TLS.'
        : 'The server stopped in the middle of a message.';
    this.#finish({ kind: 'timeout', sentence });
  }

  #finish(failure: SessionFailure): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#stallTimer);
    this.#queue.clear();
    this.#transport.close();
    this.disposed();
    this.events.closed(this.key, failure);
  }
}
