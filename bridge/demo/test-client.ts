import { connect, type Socket } from 'node:net';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import {
  cursorClientMessages,
  cursorServerMessages,
} from '@spice-viewer/shared-protocol/channels/cursor-messages.ts';
import {
  displayClientMessages,
  displayServerMessages,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import {
  inputsClientMessages,
  inputsServerMessages,
} from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import {
  mainClientMessages,
  mainServerMessages,
} from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { AckWindow } from '@spice-viewer/shared-protocol/link/ack-window.ts';
import { capabilityWords, commonCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { advanceLink, ClientLink, type LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { MessageReader, MessageWriter } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { encryptTicket } from '@spice-viewer/shared-protocol/link/ticket.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import type { AnyMessage, MessageSet } from '@spice-viewer/shared-protocol/wire/message-table.ts';

type TestedChannel = 'main' | 'display' | 'inputs' | 'cursor';

const messageSets: Readonly<Record<TestedChannel, { server: MessageSet<any>; client: MessageSet<any> }>> = {
  main: { server: mainServerMessages, client: mainClientMessages },
  display: { server: displayServerMessages, client: displayClientMessages },
  inputs: { server: inputsServerMessages, client: inputsClientMessages },
  cursor: { server: cursorServerMessages, client: cursorClientMessages },
};

export interface TestChannelOptions {
  readonly password?: string;
  /** of the main channel's INIT; 0 for main itself */
  readonly sessionId?: number;
  readonly miniHeader?: boolean;
  /** the channel's, as words */
  readonly channelCaps?: readonly number[];
  /** false: SET_ACK is answered, but no ACK is sent */
  readonly acknowledge?: boolean;
  readonly onMessage?: (message: AnyMessage) => void;
}

/** Polls until it is so; the test's own time limit ends it otherwise. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** One channel of a small client for tests: links, acknowledges, answers pings, records. */
export class TestChannel {
  readonly received: AnyMessage[] = [];
  closed = false;
  /** what ended it: LinkError, ProtocolError or the socket's */
  error: unknown;
  link: LinkResult | undefined;
  acks = 0;
  readonly #socket: Socket;
  readonly #name: TestedChannel;
  readonly #options: TestChannelOptions;
  readonly #queue = new ByteQueue();
  readonly #window = new AckWindow();
  readonly #clientLink: ClientLink;
  #reader: MessageReader | undefined;
  #writer: MessageWriter | undefined;
  #work = Promise.resolve();

  /** @returns when the link stage is over, well or not */
  static async open(
    port: number,
    name: TestedChannel,
    options: TestChannelOptions = {},
  ): Promise<TestChannel> {
    const channel = new TestChannel(port, name, options);
    await until(() => channel.link !== undefined || channel.closed);
    return channel;
  }

  private constructor(port: number, name: TestedChannel, options: TestChannelOptions) {
    this.#name = name;
    this.#options = options;
    const bits: number[] = [commonCapability.authSelection];
    if (options.miniHeader ?? true) bits.push(commonCapability.miniHeader);
    this.#clientLink = new ClientLink({
      connectionId: options.sessionId ?? 0,
      channelType: channelType[name],
      channelId: 0,
      commonCaps: capabilityWords(bits),
      channelCaps: options.channelCaps ?? [0b11],
    });
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('connect', () => this.#socket.write(this.#clientLink.start()));
    this.#socket.on('data', (chunk) => {
      this.#work = this.#work.then(() => this.#take(chunk)).catch((error: unknown) => this.#fail(error));
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => {
      this.#work = this.#work.then(() => {
        this.closed = true;
      });
    });
  }

  send(name: string, value: object = {}): void {
    const { client } = messageSets[this.#name];
    this.sendRaw(client.typeOf(name), client.write(name, value as never));
  }

  sendRaw(type: number, body: Uint8Array): void {
    if (this.#writer === undefined) throw new TypeError('not linked');
    this.#socket.write(this.#writer.write(type, body));
  }

  /** The values of all messages of that name so far. */
  values(name: string): any[] {
    return this.received.filter((message) => message.name === name).map((message) => message.value);
  }

  /** The next or first message of that name. */
  async first(name: string): Promise<any> {
    await until(() => this.closed || this.values(name).length > 0);
    return this.values(name)[0];
  }

  close(): void {
    this.#socket.destroy();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    this.#queue.push(chunk);
    if (this.#reader === undefined) {
      const encrypt = (key: Uint8Array): Promise<Uint8Array> =>
        encryptTicket(key, this.#options.password ?? '');
      const result = await advanceLink(this.#clientLink, this.#queue, encrypt, (bytes) =>
        this.#socket.write(bytes),
      );
      if (result === undefined) return;
      this.link = result;
      this.#reader = new MessageReader(result);
      this.#writer = new MessageWriter(result);
    }
    for (
      let next = this.#reader.next(this.#queue);
      next !== undefined;
      next = this.#reader.next(this.#queue)
    ) {
      if (!next.sub && this.#window.count() && this.#options.acknowledge !== false) {
        this.acks++;
        this.send('ack');
      }
      const message = messageSets[this.#name].server.read(next.type, next.body);
      if (message !== undefined) this.#handle(message);
    }
  }

  #handle(message: AnyMessage): void {
    const value = message.value as any;
    if (message.name === 'setAck') {
      this.#window.reset(value.window);
      this.send('ackSync', { generation: value.generation });
    }
    if (message.name === 'ping') this.send('pong', { id: value.id, timestamp: value.timestamp });
    this.received.push(message);
    this.#options.onMessage?.(message);
  }

  #fail(error: unknown): void {
    this.error ??= error;
    this.#socket.destroy();
  }
}
