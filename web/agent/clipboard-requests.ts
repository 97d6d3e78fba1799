import type { AgentConnection } from '@spice-viewer/shared-protocol/agent/agent-connection.ts';

/** How long the guest may be silent while we wait for its content, milliseconds: agents drop what is too large. */
const SILENCE_LIMIT = 10_000;

interface Request {
  readonly selection: number;
  readonly type: number;
  resolve(data: Uint8Array<ArrayBuffer> | null): void;
}

/** What we ask the guest for, in order: only the first is on its way, for a refusal does not say what it refuses. */
export class ClipboardRequests {
  readonly #connection: AgentConnection;
  readonly #flush: () => void;
  #queue: Request[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: AgentConnection, flush: () => void) {
    this.#connection = connection;
    this.#flush = flush;
  }

  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /** The content; null when the guest refuses, is silent or is gone. */
  ask(selection: number, type: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return new Promise((resolve) => {
      this.#queue.push({ selection, type, resolve });
      if (this.#queue.length === 1) this.#sendNext();
    });
  }

  /**
   * The guest's answer, borrowed; NONE is type 0.
   * @returns whether it was asked for
   */
  answered(selection: number, type: number, data: Uint8Array | null): boolean {
    const [first] = this.#queue;
    if (first?.selection !== selection || (type !== first.type && type !== 0)) return false;
    // The Linux agent gives nothing of the type that was asked for when it has too much, or could not get it.
    this.#settle(type === 0 || !data?.length ? null : data.slice());
    return true;
  }

  /** The agent said something: a large answer takes its time. */
  heard(): void {
    if (this.isWaiting) this.#startTimer();
  }

  /** The answer to the first was of no use. */
  refuse(): void {
    this.#settle(null);
  }

  /** Nobody will answer for this selection any more; without one, for none. */
  drop(selection?: number): void {
    const isDropped = (request: Request): boolean =>
      selection === undefined || request.selection === selection;
    const [first] = this.#queue;
    const dropped = this.#queue.filter(isDropped);
    this.#queue = this.#queue.filter((request) => !isDropped(request));
    for (const { resolve } of dropped) resolve(null);
    if (first !== undefined && isDropped(first)) this.#sendNext();
  }

  #settle(data: Uint8Array<ArrayBuffer> | null): void {
    this.#queue.shift()?.resolve(data);
    this.#sendNext();
  }

  #sendNext(): void {
    clearTimeout(this.#timer);
    const [first] = this.#queue;
    if (first === undefined) return;
    this.#startTimer();
    this.#connection.send('clipboardRequest', { selection: first.selection, type: first.type });
    this.#flush();
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(null), SILENCE_LIMIT);
  }
}
