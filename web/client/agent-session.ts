import type { FileTransfer } from '../api/public-types.ts';
import type { PlacedMonitor } from '../common/monitor-requests.ts';
import {
  noFeatures,
  type AgentFeatures,
  type OutgoingFile,
  type ToAgent,
  type TransferChange,
} from '../threads/agent-messages.ts';
import type { ClientFeature, FeatureHost, Receivers } from './client-feature.ts';
import { ClipboardSession } from './clipboard-session.ts';
import { isSameData, ToldValue } from './told-value.ts';

interface Transfer {
  readonly info: FileTransfer;
  sent: number;
  /** bytes a second, smoothed */
  rate: number;
  at: number;
}

/** The agent as the main thread sees it: what it can do, the shared clipboard, files on their way, wanted monitors. */
export class AgentSession implements ClientFeature {
  readonly #host: FeatureHost;
  readonly #features: ToldValue<AgentFeatures>;
  readonly #isConnected: ToldValue<boolean>;
  readonly clipboard: ClipboardSession;
  readonly #transfers = new Map<number, Transfer>();
  #nextTransfer = 1;
  /** asked of every session's guest */
  #monitors: readonly PlacedMonitor[] = [];

  constructor(host: FeatureHost) {
    this.#host = host;
    this.#isConnected = new ToldValue(false, (connected) => host.emit('agentchange', { connected }));
    this.#features = new ToldValue(
      noFeatures,
      (features) => {
        if (!features.clipboard) this.clipboard.ended();
        host.emit('agentfeatures', features);
      },
      isSameData,
    );
    this.clipboard = new ClipboardSession(host);
  }

  readonly settings = {
    clipboard: (): void => this.clipboard.modeChanged(),
  };

  readonly receive: Receivers = {
    mainInit: ({ agentConnected }) => {
      this.#isConnected.set(agentConnected);
      if (this.#monitors.length > 0) this.#post({ kind: 'monitors', monitors: this.#monitors });
      this.clipboard.started();
    },
    agent: ({ connected }) => this.#isConnected.set(connected),
    agentFeatures: ({ features }) => this.#features.set(features),
    clipboardGrab: (copied) => this.clipboard.guestCopied(copied),
    clipboardWanted: ({ answer, format }) => this.clipboard.answer(answer, format),
    transfer: ({ id, change }) => this.#transferChanged(id, change),
    agentTrouble: ({ about, message }) => {
      if (about === 'clipboard') this.clipboard.explained();
      this.#host.emit('error', { kind: about, code: `${about}-trouble`, message });
    },
  };

  get isConnected(): boolean {
    return this.#isConnected.value;
  }

  get features(): AgentFeatures {
    return this.#features.value;
  }

  get acceptsClipboard(): boolean {
    return this.features.clipboard && this.clipboard.takesIn;
  }

  setMonitors(monitors: readonly PlacedMonitor[]): void {
    this.#monitors = monitors;
    this.#post({ kind: 'monitors', monitors });
  }

  /** @returns the transfers' ids */
  sendFiles(files: readonly { readonly file: Blob; readonly path: string }[]): number[] {
    const outgoing = files.map(({ file, path }): OutgoingFile => {
      const id = this.#nextTransfer;
      this.#nextTransfer++;
      const info: FileTransfer = { id, name: path, size: file.size };
      this.#transfers.set(id, { info, sent: 0, rate: 0, at: performance.now() });
      return { id, path, file };
    });
    for (const { id, path, file } of outgoing) {
      this.#host.emit('transferstart', { id, name: path, size: file.size });
    }
    this.#post({ kind: 'sendFiles', files: outgoing });
    return outgoing.map(({ id }) => id);
  }

  cancelTransfer(id: number): void {
    this.#post({ kind: 'cancelTransfer', id });
  }

  ended(): void {
    this.#isConnected.reset();
    this.#features.reset();
    this.clipboard.ended();
    const message = 'The session ended before the file arrived.';
    for (const id of this.#transfers.keys()) this.#transferChanged(id, { state: 'failed', message });
  }

  #post(command: ToAgent): void {
    this.#host.postToSession({ kind: 'agent', command });
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
