import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { capabilityWords, commonCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { writeMessage } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import type {
  MessageSet,
  MessageTable,
  MessageValue,
} from '@spice-viewer/shared-protocol/wire/message-table.ts';
import type { SessionFailure } from '../threads/worker-messages.ts';
import type { ChannelEvents } from './channel.ts';
import type { ChannelAddress, PortMessage } from '../threads/channel-address.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 1024 });
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' });

export interface TestServerOptions {
  readonly password?: string;
  /** the link reply's error */
  readonly error?: number;
  readonly channelCaps?: readonly number[];
}

/** The server's end of a channel, over a MessagePort, for unit tests: a test says what it sends and sees what comes. */
export class TestServer<S extends MessageTable, C extends MessageTable> {
  readonly address: ChannelAddress;
  readonly received: { name: string; value: unknown }[] = [];
  /** resolves once the link stage is over */
  readonly linked: Promise<void>;
  readonly #port: MessagePort;
  readonly #messages: { server: MessageSet<S>; client: MessageSet<C> };
  readonly #options: TestServerOptions;
  #bytes = Buffer.alloc(0);
  #stage: 'link' | 'ticket' | 'data' = 'link';
  #onLinked: () => void = () => undefined;
  #watchers: (() => void)[] = [];

  constructor(messages: { server: MessageSet<S>; client: MessageSet<C> }, options: TestServerOptions = {}) {
    const { port1, port2 } = new MessageChannel();
    this.#messages = messages;
    this.#options = options;
    this.address = { kind: 'port', port: port2 };
    this.#port = port1;
    this.linked = new Promise((resolve) => {
      this.#onLinked = resolve;
    });
    port1.onmessage = (event: MessageEvent<PortMessage>) => {
      if (event.data.kind !== 'bytes') return;
      this.#bytes = Buffer.concat([this.#bytes, Buffer.from(event.data.bytes)]);
      this.#advance();
    };
    this.#post({ kind: 'open' });
  }

  send<K extends keyof S>(name: K, value: MessageValue<S, K>): void {
    this.sendRaw(this.#messages.server.typeOf(name), this.#messages.server.write(name, value));
  }

  sendRaw(type: number, body: Uint8Array): void {
    this.sendBytes(writeMessage(true, type, body, 0));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#post({ kind: 'bytes', bytes: new Uint8Array(bytes).buffer });
  }

  close(code = 1000, reason = ''): void {
    this.#post({ kind: 'close', code, reason });
  }

  dispose(): void {
    this.#port.close();
  }

  /** Resolves when the client sent a message for which `wanted` is true. */
  async until(wanted: (message: { name: string; value: unknown }) => boolean): Promise<unknown> {
    for (;;) {
      const found = this.received.find(wanted);
      if (found !== undefined) return found.value;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** What was sent so far has been received and handled: PING is answered after it. */
  async settled(): Promise<void> {
    this.#pings++;
    const id = this.#pings;
    const ping = Buffer.alloc(12);
    ping.writeUInt32LE(id);
    this.sendRaw(4, ping);
    await this.until(({ name, value }) => name === 'pong' && (value as { id: number }).id === id);
  }

  #pings = 0;

  #post(message: PortMessage): void {
    this.#port.postMessage(message);
  }

  #advance(): void {
    if (this.#stage === 'link') {
      if (this.#bytes.length < 16 || this.#bytes.length < 16 + this.#bytes.readUInt32LE(12)) return;
      this.#bytes = this.#bytes.subarray(16 + this.#bytes.readUInt32LE(12));
      this.sendBytes(this.#linkReply());
      this.#stage = 'ticket';
    }
    if (this.#stage === 'ticket') {
      if (this.#bytes.length < 4 + 128) return;
      const padding = { key: keys.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
      const password = privateDecrypt(padding, this.#bytes.subarray(4, 132)).toString().replace(/\0$/, '');
      this.#bytes = this.#bytes.subarray(132);
      const result = Buffer.alloc(4);
      if (password !== (this.#options.password ?? '')) result.writeUInt32LE(7);
      this.sendBytes(result);
      this.#stage = 'data';
      this.#onLinked();
    }
    while (this.#bytes.length >= 6 && this.#bytes.length >= 6 + this.#bytes.readUInt32LE(2)) {
      const type = this.#bytes.readUInt16LE(0);
      const end = 6 + this.#bytes.readUInt32LE(2);
      const message = this.#messages.client.read(type, this.#bytes.subarray(6, end));
      if (message === undefined) throw new Error(`the client sent the unknown type ${type}`);
      this.received.push(message);
      this.#bytes = this.#bytes.subarray(end);
    }
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #linkReply(): Buffer {
    const common = capabilityWords([
      commonCapability.authSelection,
      commonCapability.authSpice,
      commonCapability.miniHeader,
    ]);
    const channel = capabilityWords([...(this.#options.channelCaps ?? [])]);
    const words = [...common, ...channel];
    const reply = Buffer.alloc(16 + 178 + words.length * 4);
    reply.write('REDQ', 'latin1');
    reply.writeUInt32LE(2, 4);
    reply.writeUInt32LE(2, 8);
    reply.writeUInt32LE(reply.length - 16, 12);
    reply.writeUInt32LE(this.#options.error ?? 0, 16);
    publicKey.copy(reply, 20);
    reply.writeUInt32LE(common.length, 16 + 166);
    reply.writeUInt32LE(channel.length, 16 + 170);
    reply.writeUInt32LE(178, 16 + 174);
    words.forEach((word, i) => reply.writeUInt32LE(word, 16 + 178 + i * 4));
    return reply;
  }
}

/** Channel events that only remember. */
export class EventLog implements ChannelEvents {
  isOpen = false;
  failure: SessionFailure | undefined;
  readonly troubles: SessionFailure[] = [];
  readonly notes: string[] = [];
  painted = 0;
  layouts = 0;
  #onClosed: (failure: SessionFailure) => void = () => undefined;
  readonly whenClosed = new Promise<SessionFailure>((resolve) => {
    this.#onClosed = resolve;
  });

  opened = (): void => {
    this.isOpen = true;
  };
  closed = (_channel: unknown, failure: SessionFailure): void => {
    this.failure = failure;
    this.#onClosed(failure);
  };
  trouble = (_channel: unknown, failure: SessionFailure): void => {
    this.troubles.push(failure);
  };
  notified = (_severity: number, text: string): void => {
    this.notes.push(text);
  };
}
