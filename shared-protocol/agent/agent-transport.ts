import { readWith, writeWith } from '../wire/layout.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { AGENT_CLIPBOARD_TYPE, agentHeader, AGENT_PROTOCOL } from './agent-messages.ts';

/** Bytes of one AGENT_DATA body (docs/protocol/agent.md#transport): servers close the session beyond. */
export const MAX_AGENT_CHUNK = 2048;
export const agentHeaderSize = agentHeader.minSize;

/** Largest clipboard in either direction, bytes. */
export const MAX_CLIPBOARD_SIZE = 64_000_000;

/** Largest incoming message body, bytes: only the clipboard has a reason to be large. */
function maxMessageSize(type: number): number {
  return type === AGENT_CLIPBOARD_TYPE ? MAX_CLIPBOARD_SIZE + 64 : 1024 * 1024;
}

/** Messages that may wait to be sent: an agent that asks endlessly gets no more answers. */
const MAX_QUEUED_MESSAGES = 4096;

interface Outgoing {
  readonly type: number;
  readonly body: Uint8Array;
}

/**
 * Messages out, as chunks that fit AGENT_DATA, each for one token. A chunk never has parts of two
 * messages, and the first has the header whole. Bodies are kept until they are sent.
 */
export class AgentSender {
  #tokens = 0;
  #queue: Outgoing[] = [];
  /** body bytes of the first message that were sent; -1 when not even its header was */
  #sent = -1;
  #waiting = 0;

  /** body bytes that wait */
  get queuedBytes(): number {
    return this.#waiting;
  }

  setTokens(count: number): void {
    this.#tokens = count;
  }

  addTokens(count: number): void {
    this.#tokens = Math.min(0xffffffff, this.#tokens + count);
  }

  /** @returns false when too many messages wait already; the message is dropped then */
  push(type: number, body: Uint8Array): boolean {
    if (this.#queue.length >= MAX_QUEUED_MESSAGES) return false;
    this.#queue.push({ type, body });
    this.#waiting += body.length;
    return true;
  }

  /** The next chunk and its token, or undefined until there is more of both. */
  next(): Uint8Array | undefined {
    const message = this.#queue[0];
    if (message === undefined || this.#tokens === 0) return undefined;
    this.#tokens--;
    const { body } = message;
    const start = Math.max(0, this.#sent);
    const room = MAX_AGENT_CHUNK - (this.#sent < 0 ? agentHeaderSize : 0);
    const end = Math.min(body.length, start + room);
    const part = body.subarray(start, end);
    const chunk = this.#sent < 0 ? withHeader(message, part) : part;
    this.#waiting -= part.length;
    this.#sent = end;
    if (end === body.length) {
      this.#queue.shift();
      this.#sent = -1;
    }
    return chunk;
  }

  /**
   * Forgets what was not begun. A message of which the server has a part stays: the server counts its
   * bytes and would take what follows for the rest of it.
   */
  dropUnsent(): void {
    this.#queue.length = this.#sent < 0 ? 0 : Math.min(1, this.#queue.length);
    const [message] = this.#queue;
    this.#waiting = message === undefined ? 0 : message.body.length - this.#sent;
  }
}

function withHeader({ type, body }: Outgoing, part: Uint8Array): Uint8Array {
  const writer = new Writer(agentHeaderSize + part.length);
  writeWith(agentHeader, writer, {
    protocol: AGENT_PROTOCOL,
    type,
    opaque: { hi: 0, lo: 0 },
    size: body.length,
  });
  writer.put(part);
  return writer.finish();
}

export type AgentItem =
  /** `body` may be a view over the received chunk */
  | { readonly kind: 'message'; readonly type: number; readonly body: Uint8Array }
  /** a message beyond the limit, whose bytes are dropped as they come; or, without type, the stream is lost */
  | { readonly kind: 'failed'; readonly type: number | undefined; readonly error: ProtocolError };

const FIRST_CAPACITY = 64 * 1024;

/** Messages in, from any chunking. Memory is only taken as bytes arrive. */
export class AgentReceiver {
  readonly #header = new Uint8Array(agentHeaderSize);
  #headerFilled = 0;
  #type = 0;
  #size = 0;
  /** body bytes of the current message that were received */
  #received = 0;
  #isOversized = false;
  #body: Uint8Array = nothing;
  #isLost = false;

  /** A new agent's stream begins. */
  reset(): void {
    this.#headerFilled = 0;
    this.#received = 0;
    this.#body = nothing;
    this.#isLost = false;
  }

  /**
   * The messages that a chunk completes, and what is wrong with it. Once the stream is lost, all that
   * follows is ignored until `reset`.
   */
  receive(chunk: Uint8Array): AgentItem[] {
    const items: AgentItem[] = [];
    let at = 0;
    while (!this.#isLost && at < chunk.length) {
      if (this.#headerFilled < agentHeaderSize) {
        const part = chunk.subarray(at, at + agentHeaderSize - this.#headerFilled);
        this.#header.set(part, this.#headerFilled);
        this.#headerFilled += part.length;
        at += part.length;
        if (this.#headerFilled < agentHeaderSize) break;
        this.#begin(items);
      } else {
        const part = chunk.subarray(at, at + this.#size - this.#received);
        at += part.length;
        this.#take(part);
      }
      if (!this.#isLost && this.#received === this.#size) this.#complete(items);
    }
    return items;
  }

  #begin(items: AgentItem[]): void {
    const { protocol, type, size } = readWith(agentHeader, new Reader(this.#header));
    if (protocol !== AGENT_PROTOCOL) {
      this.#isLost = true;
      const place = { message: 'agent header', offset: 0 };
      const error = new ProtocolError('bad-value', `agent protocol ${AGENT_PROTOCOL}`, `${protocol}`, place);
      items.push({ kind: 'failed', type: undefined, error });
      return;
    }
    this.#type = type;
    this.#size = size;
    this.#received = 0;
    this.#body = nothing;
    const limit = maxMessageSize(type);
    this.#isOversized = size > limit;
    if (this.#isOversized) {
      const error = new ProtocolError('too-large', `an agent message of at most ${limit} bytes`, `${size}`);
      items.push({ kind: 'failed', type, error });
    }
  }

  #take(part: Uint8Array): void {
    const end = this.#received + part.length;
    if (!this.#isOversized) {
      if (this.#received === 0 && end === this.#size) this.#body = part;
      else {
        if (end > this.#body.length) this.#grow(end);
        this.#body.set(part, this.#received);
      }
    }
    this.#received = end;
  }

  #grow(needed: number): void {
    const capacity = Math.min(this.#size, Math.max(needed, this.#body.length * 2, FIRST_CAPACITY));
    const grown = new Uint8Array(capacity);
    grown.set(this.#body.subarray(0, this.#received));
    this.#body = grown;
  }

  #complete(items: AgentItem[]): void {
    if (!this.#isOversized) items.push({ kind: 'message', type: this.#type, body: this.#body });
    this.#headerFilled = 0;
    this.#received = 0;
    this.#size = 0;
    this.#body = nothing;
  }
}

const nothing = new Uint8Array(0);
