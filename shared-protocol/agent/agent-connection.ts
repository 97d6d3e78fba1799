import { capabilityWords, hasCapability } from '../link/capabilities.ts';
import type { MessageSet } from '../wire/message-table.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { agentCapability, clientAgentCapabilities } from './agent-capabilities.ts';
import {
  agentMessages,
  type AgentMessageName,
  type AgentMessageValue,
  type AgentTable,
} from './agent-messages.ts';
import { AgentReceiver, AgentSender } from './agent-transport.ts';

export type AgentMessage = {
  [K in AgentMessageName]: { readonly name: K; readonly value: AgentMessageValue<K> };
}[AgentMessageName];

export interface AgentReceived {
  readonly messages: readonly AgentMessage[];
  /** what could not be read; the rest is not affected by it unless the stream itself was lost */
  readonly errors: readonly ProtocolError[];
}

/**
 * The client's end of the agent: tokens, chunks, capabilities. Without I/O: whoever owns it sends what
 * `nextChunk` gives as AGENT_DATA while the agent is connected.
 */
export class AgentConnection {
  readonly #sender = new AgentSender();
  readonly #receiver = new AgentReceiver();
  #messages: MessageSet<AgentTable> = agentMessages({ selection: false, grabSerial: false });
  #peer: readonly number[] | undefined;
  #isConnected = false;

  /** The agent's capabilities are known. */
  get isReady(): boolean {
    return this.#peer !== undefined;
  }

  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  has(capability: number): boolean {
    return this.#peer !== undefined && hasCapability(this.#peer, capability);
  }

  /** Credits so far: INIT says how many even while there is no agent. */
  setTokens(count: number): void {
    this.#sender.setTokens(count);
  }

  addTokens(count: number): void {
    this.#sender.addTokens(count);
  }

  /** AGENT_START is sent; capabilities are the first message, behind the rest of one that was begun. */
  connected(): void {
    this.disconnected();
    this.#isConnected = true;
    this.#announce(1);
  }

  /** What was not begun is dropped; of what was begun the rest goes out first when an agent comes again. */
  disconnected(): void {
    this.#isConnected = false;
    this.#peer = undefined;
    this.#sender.dropUnsent();
    this.#receiver.reset();
  }

  /** The body of the next AGENT_DATA, or undefined for now. */
  nextChunk(): Uint8Array | undefined {
    return this.#isConnected ? this.#sender.next() : undefined;
  }

  /** @returns false when there is no agent or it takes nothing: the message is dropped */
  send<K extends AgentMessageName>(name: K, value: AgentMessageValue<K>): boolean {
    if (!this.#isConnected) return false;
    return this.#sender.push(this.#messages.typeOf(name), this.#messages.write(name, value));
  }

  /** Reads an AGENT_DATA body. Bytes in the values may be views over it. */
  receive(data: Uint8Array): AgentReceived {
    const messages: AgentMessage[] = [];
    const errors: ProtocolError[] = [];
    if (!this.#isConnected) return { messages, errors };
    for (const item of this.#receiver.receive(data)) {
      try {
        if (item.kind === 'failed') throw item.error.at({ message: this.#nameOf(item.type) });
        // Types that we do not know are skipped.
        const message = this.#messages.read(item.type, item.body) as AgentMessage | undefined;
        if (message === undefined) continue;
        if (message.name === 'announceCapabilities') this.#learn(message.value);
        messages.push(message);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        errors.push(error);
      }
    }
    return { messages, errors };
  }

  #nameOf(type: number | undefined): string {
    return (type === undefined ? undefined : this.#messages.nameOf(type)) ?? 'agent message';
  }

  #learn({ request, capabilities }: AgentMessageValue<'announceCapabilities'>): void {
    this.#peer = capabilities;
    this.#messages = agentMessages({
      selection: hasCapability(capabilities, agentCapability.clipboardSelection),
      grabSerial: hasCapability(capabilities, agentCapability.clipboardGrabSerial),
    });
    if (request !== 0) this.#announce(0);
  }

  #announce(request: number): void {
    this.send('announceCapabilities', {
      request,
      capabilities: capabilityWords([...clientAgentCapabilities]),
    });
  }
}
