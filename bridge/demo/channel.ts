import type {
  commonClientTable,
  commonServerTable,
} from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type {
  MessageHandlers,
  MessageSet,
  MessageTable,
  MessageValue,
} from '@spice-viewer/shared-protocol/wire/message-table.ts';
import type { ChannelPeer, Connection } from './connection.ts';
import { SendWindow } from './send-window.ts';

/** Handlers of a table, each optional: what has none is ignored. */
export type SomeHandlers<T extends MessageTable> = Partial<MessageHandlers<T>>;

const MAX_PINGS_UNDER_WAY = 16;

interface ChannelMessages<S extends MessageTable, C extends MessageTable> {
  readonly server: MessageSet<S>;
  readonly client: MessageSet<C>;
}

/** What all channels of the server have: typed sending and receiving, pings, and the send window. */
export abstract class Channel<
  S extends typeof commonServerTable,
  C extends typeof commonClientTable,
> implements ChannelPeer {
  /** milliseconds; of the latest ping that came back */
  latency: number | undefined;
  readonly #connection: Connection;
  readonly #messages: ChannelMessages<S, C>;
  readonly #pings = new Map<number, number>();
  #lastPing = 0;
  #flow: SendWindow | undefined;

  constructor(connection: Connection, messages: ChannelMessages<S, C>) {
    this.#connection = connection;
    this.#messages = messages;
  }

  protected abstract readonly handlers: SomeHandlers<C>;

  /** false: wait until `resumed` */
  get canSend(): boolean {
    return (this.#flow?.isOpen ?? true) && this.#connection.unsent < 1024 * 1024;
  }

  send<K extends keyof S & string>(name: K, value: MessageValue<S, K>): void {
    this.#flow?.sent();
    this.#connection.send(this.#messages.server.typeOf(name), this.#messages.server.write(name, value));
  }

  receive(type: number, body: Uint8Array): void {
    const message = this.#messages.client.read(type, body);
    if (message === undefined) return;
    this.#common(message.name, message.value);
    const handler = this.handlers[message.name as keyof C] as ((value: unknown) => void) | undefined;
    handler?.(message.value);
  }

  drained(): void {
    if (this.canSend) this.resumed();
  }

  /** Asks for an echo, with that many bytes of data. */
  ping(size: number): void {
    if (this.#pings.size >= MAX_PINGS_UNDER_WAY) return;
    this.#lastPing++;
    this.#pings.set(this.#lastPing, performance.now());
    this.#sendCommon('ping', {
      id: this.#lastPing,
      timestamp: u64Of(Date.now()),
      data: new Uint8Array(size),
    });
  }

  close(): void {
    this.#connection.close();
  }

  abstract closed(): void;

  /** From here on at most twice the window of messages is unacknowledged. */
  protected startWindow(window: number): void {
    const flow = new SendWindow(window, 1);
    this.#sendCommon('setAck', { generation: flow.generation, window });
    this.#flow = flow;
  }

  /** There is room to send again. */
  protected resumed(): void {}

  protected ponged(): void {}

  #common(name: string, value: unknown): void {
    switch (name) {
      case 'ackSync':
        this.#flow?.sync((value as { generation: number }).generation);
        break;
      case 'ack':
        this.#flow?.acknowledged();
        if (this.canSend) this.resumed();
        break;
      case 'pong':
        this.#pong((value as { id: number }).id);
        break;
      case 'disconnecting':
        this.close();
        break;
    }
  }

  #pong(id: number): void {
    const sent = this.#pings.get(id);
    if (sent === undefined) return;
    this.#pings.delete(id);
    this.latency = performance.now() - sent;
    this.ponged();
  }

  /** The common messages are in every table, which the compiler cannot see of a type parameter. */
  #sendCommon<K extends keyof typeof commonServerTable>(
    name: K,
    value: MessageValue<typeof commonServerTable, K>,
  ): void {
    this.send(name, value as MessageValue<S, K>);
  }
}
