import {
  noFeatures,
  type AgentFeatures,
  type ClipboardAnswer,
  type FromAgent,
  type ToAgent,
  type TransferChange,
} from '../agent/agent-messages.ts';
import type {
  ClipboardContent,
  ClipboardFormat,
  ClipboardMode,
  FileTransfer,
  MonitorRequest,
} from '../element/public-types.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';

export interface AgentSessionHost {
  /** Does nothing where there is no session. */
  post(command: ToAgent): void;
  askClipboard(format: ClipboardFormat): Promise<string | ArrayBuffer | null>;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

interface Transfer {
  readonly info: FileTransfer;
  sent: number;
  /** bytes a second, smoothed */
  rate: number;
  at: number;
}

/** The agent as the main thread sees it: what it can do, the shared clipboard, files on their way. */
export class AgentSession {
  private readonly host: AgentSessionHost;
  private known: AgentFeatures = noFeatures;
  private mode: ClipboardMode;
  private content: ClipboardContent = {};
  /** counts what the guest copies: content that comes too late is not shown */
  private copies = 0;
  private readonly transfers = new Map<number, Transfer>();
  private nextTransfer = 1;

  constructor(host: AgentSessionHost, mode: ClipboardMode) {
    this.host = host;
    this.mode = mode;
  }

  get features(): AgentFeatures {
    return this.known;
  }

  get acceptsClipboard(): boolean {
    return this.known.clipboard && (this.mode === 'in' || this.mode === 'both');
  }

  setClipboard(mode: ClipboardMode): void {
    this.mode = mode;
    if (mode === 'off' || mode === 'out') this.offer({});
  }

  /** Puts it on the guest's clipboard; the guest fetches it when something pastes there. */
  offer(content: ClipboardContent): void {
    const allowed = this.mode === 'in' || this.mode === 'both' ? content : {};
    const hadContent = formatsOf(this.content).length > 0;
    this.content = allowed;
    const formats = formatsOf(allowed);
    if (formats.length > 0 || hadContent) this.host.post({ kind: 'clipboardOffer', formats });
  }

  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.host.post({ kind: 'monitors', monitors });
  }

  /** @returns the transfers' ids */
  sendFiles(files: readonly { readonly file: Blob; readonly path: string }[]): number[] {
    const outgoing = files.map(({ file, path }) => {
      const id = this.nextTransfer;
      this.nextTransfer += 1;
      const info: FileTransfer = { id, name: path, size: file.size };
      this.transfers.set(id, { info, sent: 0, rate: 0, at: performance.now() });
      return { id, path, file };
    });
    const started = outgoing.map(({ id }) => this.transfers.get(id));
    for (const transfer of started)
      if (transfer !== undefined) this.host.emit('transferstart', transfer.info);
    this.host.post({ kind: 'sendFiles', files: outgoing });
    return outgoing.map(({ id }) => id);
  }

  cancelTransfer(id: number): void {
    this.host.post({ kind: 'cancelTransfer', id });
  }

  /** The session is over. */
  ended(): void {
    this.setFeatures(noFeatures);
    this.copies += 1;
    const message = 'The session ended before the file arrived.';
    for (const id of this.transfers.keys()) this.transferChanged(id, { state: 'failed', message });
  }

  receive(message: FromAgent): void {
    switch (message.kind) {
      case 'agentFeatures':
        return this.setFeatures(message.features);
      case 'clipboardGrab':
        return void this.guestCopied(message.formats);
      case 'clipboardWanted': {
        const data: ClipboardAnswer =
          message.format === 'text/plain' ? (this.content.text ?? null) : (this.content.image ?? null);
        return this.host.post({ kind: 'clipboardAnswer', answer: message.answer, data });
      }
      case 'transfer':
        return this.transferChanged(message.id, message.change);
      case 'agentTrouble':
        return this.host.emit('error', { kind: message.about, message: message.message });
    }
  }

  private setFeatures(features: AgentFeatures): void {
    this.known = features;
    this.host.emit('agentfeatures', features);
  }

  private async guestCopied(formats: readonly ClipboardFormat[]): Promise<void> {
    this.copies += 1;
    const copy = this.copies;
    this.content = {};
    if (this.mode !== 'out' && this.mode !== 'both') return;
    const get = async (format: ClipboardFormat): Promise<string | ArrayBuffer | null> => {
      if (!formats.includes(format)) return null;
      // A session that ends takes the answer with it.
      return this.host.askClipboard(format).catch(() => null);
    };
    const text = await get('text/plain');
    const image = this.copies === copy ? await get('image/png') : null;
    if (this.copies !== copy) return;
    const content: ClipboardContent = {
      ...(typeof text === 'string' ? { text } : {}),
      ...(image instanceof ArrayBuffer ? { image: new Blob([image], { type: 'image/png' }) } : {}),
    };
    const types = formatsOf(content);
    if (types.length === 0) return;
    this.host.emit('clipboardcontent', content);
    this.host.emit('clipboard', { text: content.text ?? '', types });
  }

  private transferChanged(id: number, change: TransferChange): void {
    const transfer = this.transfers.get(id);
    if (transfer === undefined) return;
    const { info } = transfer;
    if (change.state === 'progress') {
      const now = performance.now();
      const rate = ((change.sent - transfer.sent) * 1000) / Math.max(1, now - transfer.at);
      transfer.rate = transfer.rate === 0 ? rate : transfer.rate * 0.7 + rate * 0.3;
      transfer.sent = change.sent;
      transfer.at = now;
      const remaining = transfer.rate === 0 ? Infinity : (info.size - transfer.sent) / transfer.rate;
      this.host.emit('transferprogress', { ...info, sent: transfer.sent, rate: transfer.rate, remaining });
      return;
    }
    this.transfers.delete(id);
    if (change.state === 'done') this.host.emit('transferend', info);
    else {
      const cancelled = change.state === 'cancelled';
      this.host.emit('transfererror', { ...info, cancelled, message: change.message });
    }
  }
}

const formatsOf = (content: ClipboardContent): ClipboardFormat[] => [
  ...(content.text === undefined ? [] : (['text/plain'] as const)),
  ...(content.image === undefined ? [] : (['image/png'] as const)),
];
