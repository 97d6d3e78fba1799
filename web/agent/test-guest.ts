/** The guest's end of an agent, for tests of ours. */
import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import {
  agentHeader,
  agentMessages,
  type AgentMessageName,
  type AgentMessageValue,
} from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { AgentReceiver } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { writeWith } from '@spice-viewer/shared-protocol/wire/layout.ts';
import { Writer } from '@spice-viewer/shared-protocol/wire/writer.ts';
import type { FromAgent, TransferChange } from '../threads/agent-messages.ts';
import type { PictureConverter } from './clipboard-pictures.ts';
import { GuestAgent } from './guest-agent.ts';

export const linuxBits = [0, 1, 2, 5, 6, 7, 8, 10, 11, 15, 16, 17];
export const windowsBits = [...linuxBits.filter((bit) => bit !== agentCapability.guestLineendLf), 9];

/** In place of the browser's decoders, which Node has not: marks what it was given. */
const markedPictures: PictureConverter = {
  toPng: async (type, bytes) => {
    if (bytes.length < 3) throw new Error('no picture');
    return Uint8Array.of(type, ...bytes).buffer;
  },
  fromPng: async (type, png) => Uint8Array.of(type, ...new Uint8Array(await png.arrayBuffer())),
};

/** The guest's end: says what a test wants, sees what comes, gives tokens back at once. */
export class FakeGuest {
  readonly posted: FromAgent[] = [];
  readonly received: { name: string; value: any }[] = [];
  starts = 0;
  readonly agent: GuestAgent;
  readonly #messages = agentMessages({ selection: true, grabSerial: true });
  readonly #receiver = new AgentReceiver();
  readonly #givesTokens: boolean;

  constructor(bits: readonly number[] = linuxBits, givesTokens = true) {
    this.#givesTokens = givesTokens;
    this.agent = new GuestAgent(
      { start: () => void this.starts++, send: (data) => this.#take(data) },
      (message) => this.posted.push(message),
      markedPictures,
    );
    this.agent.setTokens(10);
    this.agent.connected();
    this.announce(bits, 1);
  }

  announce(bits: readonly number[], request: number): void {
    const word = bits.reduce((sum, bit) => (sum | (1 << bit)) >>> 0, 0);
    this.say('announceCapabilities', { request, capabilities: [word] });
  }

  say<K extends AgentMessageName>(name: K, value: AgentMessageValue<K>): void {
    this.sayRaw(this.#messages.typeOf(name), this.#messages.write(name, value));
  }

  sayRaw(type: number, body: Uint8Array, size = body.length): void {
    const writer = new Writer();
    writeWith(agentHeader, writer, { protocol: 1, type, opaque: { hi: 0, lo: 0 }, size });
    writer.put(body);
    this.agent.receive(writer.finish());
  }

  of(name: AgentMessageName): any[] {
    return this.received.filter((one) => one.name === name).map(({ value }) => value);
  }

  changes(id: number): TransferChange[] {
    return this.posted.flatMap((one) => (one.kind === 'transfer' && one.id === id ? [one.change] : []));
  }

  #take(data: Uint8Array): void {
    for (const item of this.#receiver.receive(data.slice())) {
      if (item.kind === 'failed') throw item.error;
      const message = this.#messages.read(item.type, item.body.slice());
      if (message !== undefined) this.received.push(message);
    }
    if (this.#givesTokens) queueMicrotask(() => this.agent.addTokens(1));
  }
}

/** What was under way in microtasks and file reads has come to its end. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}
