import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import type { AgentConnection } from '@spice-viewer/shared-protocol/agent/agent-connection.ts';
import {
  clipboardSelection,
  clipboardType,
  type AgentMessageValue,
} from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { MAX_CLIPBOARD_SIZE } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { decodeText, encodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import type { ClipboardFormat } from '../api/public-types.ts';
import type { ClipboardAnswer, FromAgent } from '../threads/agent-messages.ts';
import type { PictureConverter } from './clipboard-pictures.ts';
import { ClipboardRequests } from './clipboard-requests.ts';
import { bestType, formatFor, offeredTypes, readableFormats, unreadableSentence } from './clipboard-types.ts';
import { formatBytes } from '../common/format-bytes.ts';

/** How long the browser may take to give what we offered, milliseconds. */
const ANSWER_LIMIT = 30_000;

/** One of the guest's selections: CLIPBOARD, PRIMARY or SECONDARY. */
interface Selection {
  /** the next grab's, whoever makes it */
  serial: number;
  /** what the guest's owner has; undefined while the guest owns nothing */
  guestTypes: readonly number[] | undefined;
}

/** A request of the guest that the main thread has not answered. */
interface Asked {
  readonly selection: number;
  readonly type: number;
}

/**
 * The clipboard over the agent (docs/protocol/agent.md#clipboard): who owns it, and its content when somebody asks.
 * PRIMARY is shared where that is wanted; what is not shared is counted, so that its serials stay right.
 */
export class GuestClipboard {
  readonly #connection: AgentConnection;
  readonly #flush: () => void;
  readonly #post: (message: FromAgent) => void;
  readonly #pictures: PictureConverter;
  readonly #requests: ClipboardRequests;
  #selections = freshSelections();
  #sharesPrimary = false;
  /** bytes */
  #limit = MAX_CLIPBOARD_SIZE;
  /** what we offer, also to an agent that comes later */
  #offered: readonly ClipboardFormat[] = [];
  readonly #asked = new Map<number, Asked>();
  #nextAnswer = 1;
  /** content is on its way to the guest */
  #isSending = false;

  constructor(
    connection: AgentConnection,
    flush: () => void,
    post: (message: FromAgent) => void,
    pictures: PictureConverter,
  ) {
    this.#connection = connection;
    this.#flush = flush;
    this.#post = post;
    this.#pictures = pictures;
    this.#requests = new ClipboardRequests(connection, flush);
  }

  /** @param limit bytes that may be copied, either way */
  settings(primary: boolean, limit: number): void {
    if (primary !== this.#sharesPrimary) {
      const { primary: selection } = clipboardSelection;
      if (primary && this.#offered.length > 0) this.#grab(selection);
      else if (!primary && this.#isOurs(selection)) this.#connection.send('clipboardRelease', { selection });
      this.#sharesPrimary = primary;
    }
    const most = Math.max(0, Math.min(MAX_CLIPBOARD_SIZE, limit));
    if (most !== this.#limit) {
      this.#limit = most;
      this.#sendLimit();
    }
    this.#flush();
  }

  /** An agent said what it can do, the first time or with a request for ours: it starts from zero. */
  ready(): void {
    this.#selections = freshSelections();
    this.#sendLimit();
    if (this.#offered.length > 0) for (const selection of this.#shared) this.#grab(selection);
  }

  /** There is no agent any more. */
  gone(): void {
    const isInterrupted = this.#requests.isWaiting || this.#asked.size > 0 || this.#isSending;
    this.#isSending = false;
    this.#selections = freshSelections();
    this.#asked.clear();
    this.#requests.drop();
    if (isInterrupted) {
      this.#trouble("The guest's agent ended before the clipboard was copied. Copy it again when it runs.");
    }
  }

  /** Something came from the agent. */
  heard(): void {
    this.#requests.heard();
  }

  /** Chunks went out. */
  drained(): void {
    if (this.#connection.queuedBytes === 0) this.#isSending = false;
  }

  offer(formats: readonly ClipboardFormat[]): void {
    const hadOffer = this.#offered.length > 0;
    this.#offered = formats;
    if (!this.#isUsable) return;
    for (const selection of this.#shared) {
      if (formats.length > 0) this.#grab(selection);
      else if (hadOffer && this.#isOurs(selection)) this.#connection.send('clipboardRelease', { selection });
    }
    this.#flush();
  }

  /** What the guest copied; null when it has nothing of that kind, or gives nothing. */
  async request(format: ClipboardFormat, selection: number): Promise<string | ArrayBuffer | null> {
    const type = bestType(format, this.#selections[selection]?.guestTypes ?? []);
    if (!this.#isUsable || type === undefined) return null;
    const data = await this.#requests.ask(selection, type);
    if (data === null) return null;
    if (format === 'text/plain') return this.#fromGuestText(decodeText(data));
    try {
      return await this.#pictures.toPng(type, data);
    } catch {
      this.#trouble('What the guest copied is not a picture that this browser can read, or too large a one.');
      return null;
    }
  }

  /** The main thread answers `clipboardWanted`. */
  async answer(number: number, data: ClipboardAnswer): Promise<void> {
    const asked = this.#asked.get(number);
    if (asked === undefined) return;
    let bytes: Uint8Array | undefined;
    if (typeof data === 'string') bytes = encodeText(this.#toGuestText(data));
    else if (data !== null && data.size <= this.#limit) {
      bytes = await this.#pictures.fromPng(asked.type, data).catch(() => undefined);
    }
    if (!this.#asked.delete(number)) return;
    const size = bytes?.length ?? (data instanceof Blob ? data.size : 0);
    if (size > this.#limit) {
      const [holds, most] = [formatBytes(size), formatBytes(this.#limit)];
      this.#trouble(`The clipboard holds ${holds}; at most ${most} can be pasted into the guest.`);
      bytes = undefined;
    }
    this.#reply(asked.selection, asked.type, bytes);
  }

  onGrab({ selection, serial, types }: AgentMessageValue<'clipboardGrab'>): void {
    const state = this.#selections[selection];
    if (state === undefined) return;
    if (this.#connection.has(agentCapability.clipboardGrabSerial)) {
      // Both sides grabbed at once: ours counts, on both sides.
      if (serial !== state.serial) return;
      state.serial = (state.serial + 1) >>> 0;
    }
    state.guestTypes = types;
    this.#requests.drop(selection);
    if (!this.#shared.includes(selection)) return;
    // What is only selected leaves what was copied as it is.
    if (selection === clipboardSelection.clipboard) this.#offered = [];
    const formats = readableFormats(types);
    const problem = formats.length === 0 ? unreadableSentence(types) : undefined;
    if (problem !== undefined && selection === clipboardSelection.clipboard) this.#trouble(problem);
    this.#post({ kind: 'clipboardGrab', selection, formats });
  }

  onRelease({ selection }: AgentMessageValue<'clipboardRelease'>): void {
    const state = this.#selections[selection];
    if (state !== undefined) state.guestTypes = undefined;
  }

  onRequest({ selection, type }: AgentMessageValue<'clipboardRequest'>): void {
    const format = formatFor(type);
    // An agent that asks faster than it takes gets nothing.
    const isBusy = this.#asked.size > 16 || this.#connection.queuedBytes > MAX_CLIPBOARD_SIZE;
    if (!this.#isOurs(selection) || isBusy || format === undefined || !this.#offered.includes(format)) {
      return this.#reply(selection, clipboardType.none, undefined);
    }
    const answer = this.#nextAnswer;
    this.#nextAnswer++;
    this.#asked.set(answer, { selection, type });
    this.#post({ kind: 'clipboardWanted', answer, format });
    setTimeout(() => {
      if (this.#asked.delete(answer)) this.#reply(selection, clipboardType.none, undefined);
    }, ANSWER_LIMIT);
  }

  onData({ selection, type, data }: AgentMessageValue<'clipboard'>): void {
    const isTooLarge = data.length > this.#limit;
    const isAsked = this.#requests.answered(selection, type, isTooLarge ? null : data);
    if (isAsked && isTooLarge) this.#tooLarge();
  }

  /** The agent sent more than any limit. */
  onOversized(): void {
    this.#tooLarge();
    this.#requests.refuse();
  }

  get #isUsable(): boolean {
    return this.#connection.has(agentCapability.clipboardByDemand);
  }

  get #shared(): readonly number[] {
    const hasPrimary = this.#sharesPrimary && this.#connection.has(agentCapability.clipboardSelection);
    const { clipboard, primary } = clipboardSelection;
    return hasPrimary ? [clipboard, primary] : [clipboard];
  }

  #isOurs(selection: number): boolean {
    return this.#shared.includes(selection) && this.#selections[selection]?.guestTypes === undefined;
  }

  #sendLimit(): void {
    if (!this.#connection.has(agentCapability.maxClipboard)) return;
    this.#connection.send('maxClipboard', { max: this.#limit });
  }

  #grab(selection: number): void {
    const state = this.#selections[selection];
    if (!this.#isUsable || state === undefined) return;
    const { serial } = state;
    state.serial = (serial + 1) >>> 0;
    state.guestTypes = undefined;
    this.#requests.drop(selection);
    this.#connection.send('clipboardGrab', { selection, serial, types: offeredTypes(this.#offered) });
  }

  #reply(selection: number, type: number, bytes: Uint8Array | undefined): void {
    this.#connection.send('clipboard', {
      selection,
      type: bytes === undefined ? clipboardType.none : type,
      data: bytes ?? new Uint8Array(0),
    });
    if (bytes !== undefined) this.#isSending = true;
    this.#flush();
  }

  #tooLarge(): void {
    const most = formatBytes(this.#limit);
    this.#trouble(`The guest's clipboard holds more than ${most}; it was not copied.`);
  }

  #trouble(message: string): void {
    this.#post({ kind: 'agentTrouble', about: 'clipboard', message });
  }

  #toGuestText(text: string): string {
    const hasCrlf = this.#connection.has(agentCapability.guestLineendCrlf);
    return hasCrlf ? text.replaceAll(/\r?\n/g, '\r\n') : text;
  }

  #fromGuestText(text: string): string {
    const hasCrlf = this.#connection.has(agentCapability.guestLineendCrlf);
    return hasCrlf ? text.replaceAll('\r\n', '\n') : text;
  }
}

function freshSelections(): Selection[] {
  return Object.values(clipboardSelection).map(() => ({ serial: 0, guestTypes: undefined }));
}
