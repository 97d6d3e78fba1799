/** An agent that says what a test wants, in place of spice-vdagentd behind a real Xspice. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  agentMessages,
  type AgentMessageName,
  type AgentMessageValue,
} from '../../shared-protocol/agent/agent-messages.ts';
import { AgentReceiver } from '../../shared-protocol/agent/agent-transport.ts';
import { ProtocolError } from '../../shared-protocol/wire/protocol-error.ts';
import type { Xspice } from './xspice.ts';

/** VDIChunkHeader's port of what goes to the client. */
const CLIENT_PORT = 1;
const CHUNK_HEADER_SIZE = 8;
/** Bytes of a chunk that spice-server takes from a guest. */
const MAX_CHUNK = 2048;

export interface ReceivedMessage {
  readonly name: string;
  readonly value: any;
}

export class ScriptedAgent {
  readonly received: ReceivedMessage[] = [];
  readonly #socket: Socket;
  readonly #messages = agentMessages({ selection: true, grabSerial: true });
  readonly #receiver = new AgentReceiver();
  #pending = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (data) => this.#take(data));
  }

  /** Needs an Xspice that was started with `agent: 'socket'`. */
  static async start(server: Xspice): Promise<ScriptedAgent> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opening = connect(join(server.dir, 'virtio'));
      opening.once('error', reject);
      opening.once('connect', () => resolve(opening));
    });
    return new ScriptedAgent(socket);
  }

  /** @param bits capabilities */
  announce(bits: readonly number[], request = 1): void {
    const word = bits.reduce((sum, bit) => (sum | (1 << bit)) >>> 0, 0);
    this.say('announceCapabilities', { request, capabilities: [word] });
  }

  say<K extends AgentMessageName>(name: K, value: AgentMessageValue<K>): void {
    this.sayRaw(this.#messages.typeOf(name), this.#messages.write(name, value));
  }

  /** @param size what the header says, whatever the body has */
  sayRaw(type: number, body: Uint8Array, size = body.length): void {
    const header = Buffer.alloc(20);
    header.writeUInt32LE(1, 0);
    header.writeUInt32LE(type, 4);
    header.writeUInt32LE(size, 16);
    this.write(Buffer.concat([header, body]));
  }

  /** Bytes for the client, in chunks as the server wants them. */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += MAX_CHUNK) {
      const part = bytes.subarray(at, at + MAX_CHUNK);
      const header = Buffer.alloc(CHUNK_HEADER_SIZE);
      header.writeUInt32LE(CLIENT_PORT, 0);
      header.writeUInt32LE(part.length, 4);
      this.#socket.write(Buffer.concat([header, part]));
    }
  }

  of(name: AgentMessageName): any[] {
    return this.received.filter((one) => one.name === name).map(({ value }) => value);
  }

  stop(): Promise<void> {
    this.#socket.destroy();
    return Promise.resolve();
  }

  /** Who announced rubbish is answered in other layouts than these. */
  #keep(type: number, body: Uint8Array): void {
    try {
      const message = this.#messages.read(type, body);
      if (message !== undefined) this.received.push(message as ReceivedMessage);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }

  #take(data: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, data]);
    while (this.#pending.length >= CHUNK_HEADER_SIZE) {
      const port = this.#pending.readUInt32LE(0);
      const end = CHUNK_HEADER_SIZE + this.#pending.readUInt32LE(4);
      if (this.#pending.length < end) return;
      const chunk = Uint8Array.from(this.#pending.subarray(CHUNK_HEADER_SIZE, end));
      this.#pending = this.#pending.subarray(end);
      // What is the server's own, such as the pointer, does not count.
      if (port !== CLIENT_PORT) continue;
      for (const item of this.#receiver.receive(chunk)) {
        if (item.kind === 'failed') throw item.error;
        this.#keep(item.type, item.body.slice());
      }
    }
  }
}
