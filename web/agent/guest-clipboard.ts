import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import type { AgentConnection } from '@spice-viewer/shared-protocol/agent/agent-connection.ts';
import {
  clipboardSelection,
  clipboardType,
  type AgentMessageValue,
} from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { maxClipboardSize } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { decodeText, encodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import type { ClipboardFormat } from '../element/public-types.ts';
import type { ClipboardAnswer, FromAgent } from './agent-messages.ts';

const typeOf: Readonly<Record<ClipboardFormat, number>> = {
  'text/plain': clipboardType.utf8Text,
  'image/png': clipboardType.png,
};
const formatOf = (type: number): ClipboardFormat | undefined =>
  (Object.keys(typeOf) as ClipboardFormat[]).find((format) => typeOf[format] === type);

/** How long the owner of a clipboard may take to give its content, milliseconds. */
const answerLimit = 30_000;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

interface Waiting {
  readonly format: ClipboardFormat;
  resolve(data: string | ArrayBuffer | null): void;
}

/**
 * The clipboard over the agent (§8.3): who owns it, and its content when somebody asks. Only the CLIPBOARD
 * selection is shared; the others are counted, so that their serials stay right.
 */
export class GuestClipboard {
  private readonly connection: AgentConnection;
  private readonly flush: () => void;
  private readonly post: (message: FromAgent) => void;
  private serials = [0, 0, 0];
  /** what we offer, also to an agent that comes later */
  private offered: readonly ClipboardFormat[] = [];
  private isGuests = false;
  /** the guest's requests that the main thread has not answered, by number */
  private readonly asked = new Map<number, ClipboardFormat>();
  private nextAnswer = 1;
  /** our requests, in order: only the first is on its way, for a refusal does not say what it refuses */
  private waiting: Waiting[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: AgentConnection, flush: () => void, post: (message: FromAgent) => void) {
    this.connection = connection;
    this.flush = flush;
    this.post = post;
  }

  /** An agent said what it can do, the first time or with a request for ours: it starts from zero. */
  ready(): void {
    this.serials = [0, 0, 0];
    if (this.connection.has(agentCapability.maxClipboard)) {
      this.connection.send('maxClipboard', { max: maxClipboardSize });
    }
    if (this.offered.length > 0 && !this.isGuests) this.grab();
  }

  /** There is no agent any more. */
  gone(): void {
    this.isGuests = false;
    this.asked.clear();
    for (const { resolve } of this.waiting.splice(0)) resolve(null);
    clearTimeout(this.timer);
  }

  offer(formats: readonly ClipboardFormat[]): void {
    const hadOffer = this.offered.length > 0 && !this.isGuests;
    this.offered = formats;
    if (!this.isUsable) return;
    if (formats.length > 0) this.grab();
    else if (hadOffer) this.connection.send('clipboardRelease', { selection: clipboardSelection.clipboard });
    this.flush();
  }

  /** The guest's clipboard; null when it has nothing of that kind, or gives nothing. */
  request(format: ClipboardFormat): Promise<string | ArrayBuffer | null> {
    if (!this.isUsable || !this.isGuests) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.waiting.push({ format, resolve });
      if (this.waiting.length === 1) this.sendRequest();
    });
  }

  /** The main thread answers `clipboardWanted`. */
  async answer(number: number, data: ClipboardAnswer): Promise<void> {
    const format = this.asked.get(number);
    if (format === undefined) return;
    let bytes: Uint8Array | undefined;
    if (typeof data === 'string') bytes = encodeText(this.toGuestText(data));
    else if (data !== null && data.size <= maxClipboardSize) {
      bytes = await data.arrayBuffer().then(
        (buffer) => new Uint8Array(buffer),
        () => undefined,
      );
    }
    if (!this.asked.delete(number)) return;
    const size = bytes?.length ?? (data instanceof Blob ? data.size : 0);
    if (size > maxClipboardSize) {
      this.post({
        kind: 'agentTrouble',
        about: 'clipboard',
        message: `The clipboard holds ${megabytes(size)}; at most ${megabytes(maxClipboardSize)} can be pasted into the guest.`,
      });
      bytes = undefined;
    }
    this.reply(typeOf[format], bytes);
  }

  onGrab({ selection, serial, types }: AgentMessageValue<'clipboardGrab'>): void {
    const expected = this.serials[selection];
    if (expected === undefined) return;
    if (this.connection.has(agentCapability.clipboardGrabSerial)) {
      // Both sides grabbed at once: ours counts, on both sides.
      if (serial !== expected) return;
      this.serials[selection] = (expected + 1) >>> 0;
    }
    if (selection !== clipboardSelection.clipboard) return;
    this.isGuests = true;
    this.offered = [];
    const formats = new Set(types.map(formatOf).filter((format) => format !== undefined));
    this.post({ kind: 'clipboardGrab', formats: [...formats] });
  }

  onRelease({ selection }: AgentMessageValue<'clipboardRelease'>): void {
    if (selection === clipboardSelection.clipboard) this.isGuests = false;
  }

  onRequest({ selection, type }: AgentMessageValue<'clipboardRequest'>): void {
    const format = formatOf(type);
    const isOurs = selection === clipboardSelection.clipboard && !this.isGuests;
    // An agent that asks faster than it takes gets nothing.
    const isBusy = this.asked.size > 16 || this.connection.queuedBytes > maxClipboardSize;
    if (!isOurs || isBusy || format === undefined || !this.offered.includes(format)) {
      return this.reply(clipboardType.none, undefined, selection);
    }
    const answer = this.nextAnswer;
    this.nextAnswer += 1;
    this.asked.set(answer, format);
    this.post({ kind: 'clipboardWanted', answer, format });
    setTimeout(() => {
      if (this.asked.delete(answer)) this.reply(clipboardType.none, undefined);
    }, answerLimit);
  }

  onData({ selection, type, data }: AgentMessageValue<'clipboard'>): void {
    if (selection !== clipboardSelection.clipboard) return;
    const format = this.waiting[0]?.format;
    if (format === undefined || (type !== typeOf[format] && type !== clipboardType.none)) return;
    if (type === clipboardType.none) this.settle(null);
    else if (format === 'text/plain') this.settle(this.fromGuestText(decodeText(data)));
    else this.settle(data.slice().buffer as ArrayBuffer);
  }

  /** The agent sent more than the limit. */
  onOversized(): void {
    this.post({
      kind: 'agentTrouble',
      about: 'clipboard',
      message: `The guest's clipboard holds more than ${megabytes(maxClipboardSize)}; it was not copied.`,
    });
    this.settle(null);
  }

  private get isUsable(): boolean {
    return this.connection.has(agentCapability.clipboardByDemand);
  }

  private grab(): void {
    if (!this.isUsable) return;
    const selection = clipboardSelection.clipboard;
    const serial = this.serials[selection] ?? 0;
    this.serials[selection] = (serial + 1) >>> 0;
    this.isGuests = false;
    for (const { resolve } of this.waiting.splice(0)) resolve(null);
    const types = this.offered.map((format) => typeOf[format]);
    this.connection.send('clipboardGrab', { selection, serial, types });
  }

  private reply(type: number, bytes: Uint8Array | undefined, selection = 0): void {
    this.connection.send('clipboard', {
      selection,
      type: bytes === undefined ? clipboardType.none : type,
      data: bytes ?? new Uint8Array(0),
    });
    this.flush();
  }

  private sendRequest(): void {
    clearTimeout(this.timer);
    const [first] = this.waiting;
    if (first === undefined) return;
    this.connection.send('clipboardRequest', {
      selection: clipboardSelection.clipboard,
      type: typeOf[first.format],
    });
    this.timer = setTimeout(() => this.settle(null), answerLimit);
    this.flush();
  }

  private settle(data: string | ArrayBuffer | null): void {
    this.waiting.shift()?.resolve(data);
    this.sendRequest();
  }

  private toGuestText(text: string): string {
    const hasCrlf = this.connection.has(agentCapability.guestLineendCrlf);
    return hasCrlf ? text.replaceAll(/\r?\n/g, '\r\n') : text;
  }

  private fromGuestText(text: string): string {
    const hasCrlf = this.connection.has(agentCapability.guestLineendCrlf);
    return hasCrlf ? text.replaceAll('\r\n', '\n') : text;
  }
}
