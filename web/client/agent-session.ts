import {
  noFeatures,
  type AgentFeatures,
  type FromAgent,
  type ToAgent,
  type TransferChange,
} from '../threads/agent-messages.ts';
import type { ClipboardFormat, ClipboardMode, FileTransfer, GuestEffects } from '../api/public-types.ts';
import { ClipboardSession } from './clipboard-session.ts';
import type { PlacedMonitor } from '../common/monitor-requests.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';

export interface AgentSessionHost {
  /** Does nothing where there is no session. */
  post(command: ToAgent): void;
  askClipboard(format: ClipboardFormat, selection: number): Promise<string | ArrayBuffer | null>;
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
  readonly #host: AgentSessionHost;
  #known: AgentFeatures = noFeatures;
  #effects: GuestEffects = { disabled: [] };
  readonly clipboard: ClipboardSession;
  readonly #transfers = new Map<number, Transfer>();
  #nextTransfer = 1;

  constructor(host: AgentSessionHost, mode: ClipboardMode) {
    this.#host = host;
    this.clipboard = new ClipboardSession(host, mode);
  }

  get features(): AgentFeatures {
    return this.#known;
  }

  get acceptsClipboard(): boolean {
    return this.#known.clipboard && this.clipboard.takesIn;
  }

  /** The server has answered: the session's agent may be told what is wanted. */
  started(): void {
    this.clipboard.started();
    this.#host.post({ kind: 'effects', effects: this.#effects });
  }

  setEffects(effects: GuestEffects): void {
    this.#effects = effects;
    this.#host.post({ kind: 'effects', effects });
  }

  setMonitors(monitors: readonly PlacedMonitor[]): void {
    this.#host.post({ kind: 'monitors', monitors });
  }

  /** @returns the transfers' ids */
  sendFiles(files: readonly { readonly file: Blob; readonly path: string }[]): number[] {
    const outgoing = files.map(({ file, path }) => {
      const id = this.#nextTransfer;
      this.#nextTransfer++;
      const info: FileTransfer = { id, name: path, size: file.size };
      this.#transfers.set(id, { info, sent: 0, rate: 0, at: performance.now() });
      return { id, path, file };
    });
    const started = outgoing.map(({ id }) => this.#transfers.get(id));
    for (const transfer of started)
      if (transfer !== undefined) this.#host.emit('transferstart', transfer.info);
    this.#host.post({ kind: 'sendFiles', files: outgoing });
    return outgoing.map(({ id }) => id);
  }

  cancelTransfer(id: number): void {
    this.#host.post({ kind: 'cancelTransfer', id });
  }

  /** The session is over. */
  ended(): void {
    this.#setFeatures(noFeatures);
    const message = 'The session ended before the file arrived.';
    for (const id of this.#transfers.keys()) this.#transferChanged(id, { state: 'failed', message });
  }

  receive(message: FromAgent): void {
    switch (message.kind) {
      case 'agentFeatures':
        return this.#setFeatures(message.features);
      case 'clipboardGrab':
        return this.clipboard.guestCopied(message);
      case 'clipboardWanted':
        return this.clipboard.answer(message.answer, message.format);
      case 'transfer':
        return this.#transferChanged(message.id, message.change);
      case 'agentTrouble':
        if (message.about === 'clipboard') this.clipboard.explained();
        return this.#host.emit('error', { kind: message.about, message: message.message });
    }
  }

  #setFeatures(features: AgentFeatures): void {
    this.#known = features;
    if (!features.clipboard) this.clipboard.ended();
    this.#host.emit('agentfeatures', features);
  }

  #transferChanged(id: number, change: TransferChange): void {
    const transfer = this.#transfers.get(id);
    if (transfer === undefined) return;
    const { info } = transfer;
    if (change.state === 'progress') {
      const now = performance.now();
      const rate = ((change.sent - transfer.sent) * 1000) / Math.max(1, now - transfer.at);
      transfer.rate = transfer.rate === 0 ? rate : transfer.rate * 0.7 + rate * 0.3;
      transfer.sent = change.sent;
      transfer.at = now;
      const remaining = transfer.rate === 0 ? Infinity : (info.size - transfer.sent) / transfer.rate;
      this.#host.emit('transferprogress', { ...info, sent: transfer.sent, rate: transfer.rate, remaining });
      return;
    }
    this.#transfers.delete(id);
    if (change.state === 'done') this.#host.emit('transferend', info);
    else {
      const cancelled = change.state === 'cancelled';
      this.#host.emit('transfererror', { ...info, cancelled, message: change.message });
    }
  }
}
