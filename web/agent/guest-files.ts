import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import type { AgentConnection } from '@spice-viewer/shared-protocol/agent/agent-connection.ts';
import {
  fileTransferResult,
  type AgentMessageValue,
} from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { encodeTextWithNul } from '@spice-viewer/shared-protocol/wire/text.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type { FromAgent, OutgoingFile, TransferChange } from '../threads/agent-messages.ts';
import { statusSentence } from './transfer-words.ts';

/** Bytes of one FILE_XFER_DATA. */
const DATA_SIZE = 64 * 1024;
/** Bytes read from a file at once; all that a transfer holds in memory. */
const SLICE_SIZE = 1024 * 1024;
/** Bytes that may wait for tokens before more is queued. */
const QUEUE_LIMIT = 2 * DATA_SIZE;
/** Transfers that the guest sees at the same time. */
const MAX_PARALLEL = 4;
/** How long the guest may take to accept a file, or to confirm it, milliseconds. */
const ANSWER_LIMIT = 60_000;
/** How long the agent may take nothing while files are sent, milliseconds. */
const STALL_LIMIT = 60_000;
const PROGRESS_INTERVAL = 200;

/** Agents say so too for what was on its way when they end. */
const CANCELLED_BY_GUEST =
  'The guest cancelled the transfer, or its agent ended. Send the file again if need be.';

const STALLED = 'The guest stopped taking the file. Send it again when its agent answers.';

const emptyDetail = new Uint8Array(0);

interface Transfer {
  readonly id: number;
  readonly path: string;
  readonly file: Blob;
  state: 'waiting' | 'asking' | 'sending' | 'confirming';
  sent: number;
  slice: Uint8Array;
  sliceStart: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  reported: number;
}

/** Files to the guest (docs/protocol/agent.md#files): a few at a time, read as the agent takes them. */
export class GuestFiles {
  readonly #connection: AgentConnection;
  readonly #flush: () => void;
  readonly #post: (message: FromAgent) => void;
  readonly #transfers = new Map<number, Transfer>();
  /** In the order in which they were given, from `#next` on: those that wait, and those that ended before their turn. */
  #queue: Transfer[] = [];
  #next = 0;
  /** those that the guest knows of */
  readonly #active = new Set<Transfer>();
  #isStarting = false;
  #isPumping = false;
  #whenDrained: (() => void) | undefined;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  /** the fewest bytes that waited since the agent took something */
  #fewestQueued = 0;

  constructor(connection: AgentConnection, flush: () => void, post: (message: FromAgent) => void) {
    this.#connection = connection;
    this.#flush = flush;
    this.#post = post;
  }

  send(files: readonly OutgoingFile[]): void {
    for (const { id, path, file } of files) {
      const slice = new Uint8Array(0);
      const transfer: Transfer = {
        id,
        path,
        file,
        state: 'waiting',
        sent: 0,
        slice,
        sliceStart: 0,
        timer: undefined,
        reported: 0,
      };
      this.#transfers.set(id, transfer);
      const refusal = this.#refusal();
      if (refusal === undefined) this.#queue.push(transfer);
      else this.#end(transfer, { state: 'failed', message: refusal });
    }
    this.#startNext();
  }

  cancel(id: number): void {
    const transfer = this.#transfers.get(id);
    if (transfer === undefined) return;
    this.#tellCancelled(transfer);
    this.#end(transfer, { state: 'cancelled', message: 'The transfer was cancelled.' });
  }

  /** The agent that took the files is gone. */
  gone(): void {
    const message = "The guest's agent ended before the file arrived. Send it again when the agent runs.";
    this.#queue = [];
    this.#next = 0;
    for (const transfer of this.#transfers.values()) this.#end(transfer, { state: 'failed', message });
  }

  /** Chunks went out: there may be room for more. */
  drained(): void {
    if (this.#whenDrained === undefined) return;
    const { queuedBytes } = this.#connection;
    if (queuedBytes < QUEUE_LIMIT) return this.#goOn();
    if (queuedBytes >= this.#fewestQueued) return;
    this.#fewestQueued = queuedBytes;
    this.#watchStall();
  }

  onStatus(status: AgentMessageValue<'fileXferStatus'>): void {
    const transfer = this.#transfers.get(status.id);
    if (transfer === undefined || transfer.state === 'waiting') return;
    if (status.result === fileTransferResult.canSendData) {
      if (transfer.state !== 'asking') return;
      this.#setState(transfer, 'sending');
      void this.#pump();
    } else if (status.result === fileTransferResult.success) {
      if (transfer.state === 'confirming') return this.#end(transfer, { state: 'done' });
      this.#tellCancelled(transfer);
      this.#end(transfer, { state: 'failed', message: 'The guest ended the transfer before all was sent.' });
    } else if (status.result === fileTransferResult.cancelled) {
      this.#end(transfer, { state: 'failed', message: CANCELLED_BY_GUEST });
    } else this.#end(transfer, { state: 'failed', message: statusSentence(status) });
  }

  #refusal(): string | undefined {
    if (!this.#connection.isReady) {
      return "The guest's agent does not run. Install or start spice-vdagent in the guest, then send the file again.";
    }
    if (this.#connection.has(agentCapability.fileXferDisabled)) return 'The guest does not accept files.';
    return undefined;
  }

  #startNext(): void {
    // One that ends as it begins leaves its place to the next, here.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#active.size < MAX_PARALLEL && this.#next < this.#queue.length) {
      const transfer = this.#queue[this.#next];
      this.#next++;
      if (this.#transfers.get(transfer.id) === transfer) this.#start(transfer);
    }
    if (this.#next * 2 >= this.#queue.length) {
      this.#queue.splice(0, this.#next);
      this.#next = 0;
    }
    this.#isStarting = false;
    this.#flush();
  }

  #start(transfer: Transfer): void {
    this.#active.add(transfer);
    this.#setState(transfer, 'asking');
    const text = `[vdagent-file-xfer]\nname=${escapeKeyFile(this.#nameFor(transfer.path))}\nsize=${transfer.file.size}\n`;
    const isTaken = this.#connection.send('fileXferStart', {
      id: transfer.id,
      text: encodeTextWithNul(text),
    });
    if (!isTaken) this.#end(transfer, { state: 'failed', message: STALLED });
  }

  /** Linux agents make folders; others want a plain name. */
  #nameFor(path: string): string {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const isLinux = this.#connection.has(agentCapability.guestLineendLf);
    return (isLinux ? parts.join('/') : parts.at(-1)) || 'file';
  }

  #setState(transfer: Transfer, state: Transfer['state']): void {
    transfer.state = state;
    clearTimeout(transfer.timer);
    transfer.timer = undefined;
    if (state !== 'asking' && state !== 'confirming') return;
    transfer.timer = setTimeout(() => {
      this.#tellCancelled(transfer);
      this.#end(transfer, { state: 'failed', message: 'The guest did not answer in time.' });
    }, ANSWER_LIMIT);
  }

  /** One loop for all transfers: a message from each in turn, as the agent takes them. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let sending = this.#sending(); sending.length > 0; sending = this.#sending()) {
        for (const transfer of sending) await this.#sendPart(transfer);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  #sending(): Transfer[] {
    return [...this.#active].filter(({ state }) => state === 'sending');
  }

  async #sendPart(transfer: Transfer): Promise<void> {
    const { file } = transfer;
    const sliceEnd = transfer.sliceStart + transfer.slice.length;
    if (transfer.sent === sliceEnd && transfer.sent < file.size) {
      const end = Math.min(file.size, sliceEnd + SLICE_SIZE);
      try {
        const slice = new Uint8Array(await file.slice(sliceEnd, end).arrayBuffer());
        if (slice.length !== end - sliceEnd) throw new Error('the file has become shorter');
        transfer.sliceStart = sliceEnd;
        transfer.slice = slice;
      } catch {
        this.#tellCancelled(transfer);
        const message = 'The file can no longer be read. It may have been changed or removed.';
        return this.#end(transfer, { state: 'failed', message });
      }
    }
    while (this.#connection.queuedBytes >= QUEUE_LIMIT && transfer.state === 'sending') {
      await this.#room();
    }
    // It may have ended meanwhile.
    if (this.#transfers.get(transfer.id) !== transfer || transfer.state !== 'sending') return;
    const at = transfer.sent - transfer.sliceStart;
    // A view: the slice stays unchanged until the message that is written from it was copied.
    const data = transfer.slice.subarray(at, at + DATA_SIZE);
    const isTaken = this.#connection.send('fileXferData', {
      id: transfer.id,
      size: u64Of(data.length),
      data,
    });
    if (!isTaken) {
      this.#tellCancelled(transfer);
      return this.#end(transfer, { state: 'failed', message: STALLED });
    }
    transfer.sent += data.length;
    if (transfer.sent === file.size) this.#setState(transfer, 'confirming');
    this.#flush();
    this.#reportProgress(transfer);
  }

  /** Until the agent has taken enough of what waits, whosever it is. */
  #room(): Promise<void> {
    this.#fewestQueued = this.#connection.queuedBytes;
    this.#watchStall();
    return new Promise<void>((resolve) => {
      this.#whenDrained = resolve;
    });
  }

  #watchStall(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = setTimeout(() => {
      for (const transfer of this.#sending()) {
        this.#tellCancelled(transfer);
        this.#end(transfer, { state: 'failed', message: STALLED });
      }
    }, STALL_LIMIT);
  }

  /** The loop looks again. */
  #goOn(): void {
    clearTimeout(this.#stallTimer);
    const whenDrained = this.#whenDrained;
    this.#whenDrained = undefined;
    whenDrained?.();
  }

  #reportProgress(transfer: Transfer): void {
    const now = performance.now();
    if (now - transfer.reported < PROGRESS_INTERVAL) return;
    transfer.reported = now;
    this.#post({ kind: 'transfer', id: transfer.id, change: { state: 'progress', sent: transfer.sent } });
  }

  #tellCancelled(transfer: Transfer): void {
    if (transfer.state === 'waiting') return;
    const result = fileTransferResult.cancelled;
    this.#connection.send('fileXferStatus', { id: transfer.id, result, detail: emptyDetail });
    this.#flush();
  }

  #end(transfer: Transfer, change: TransferChange): void {
    if (!this.#transfers.delete(transfer.id)) return;
    this.#active.delete(transfer);
    clearTimeout(transfer.timer);
    transfer.slice = new Uint8Array(0);
    this.#post({ kind: 'transfer', id: transfer.id, change });
    // The loop may wait for room on behalf of this one.
    this.#goOn();
    if (this.#connection.isReady) this.#startNext();
  }
}

/** A value in GKeyFile syntax. */
function escapeKeyFile(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/^ /, '\\s');
}
