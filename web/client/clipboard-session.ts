import { clipboardSelection } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { formatBytes } from '../common/format-bytes.ts';
import type { ClipboardAnswer, ToAgent } from '../threads/agent-messages.ts';
import type { ClipboardContent, ClipboardFormat } from '../api/public-types.ts';
import type { FeatureHost } from './client-feature.ts';

/** What the guest copied and nobody has fetched yet. */
interface Copied {
  readonly selection: number;
  readonly formats: readonly ClipboardFormat[];
}

/** The shared clipboard as the main thread sees it: what the mode allows, and the content when somebody asks. */
export class ClipboardSession {
  readonly #host: FeatureHost;
  #isVisible = true;
  #content: ClipboardContent = {};
  /** counts what the guest copies: content that comes too late is not shown */
  #copies = 0;
  #unfetched: Copied | undefined;
  /** why the content did not come was said already */
  #isExplained = false;

  constructor(host: FeatureHost) {
    this.#host = host;
  }

  get takesIn(): boolean {
    const { clipboard } = this.#host.settings;
    return clipboard === 'in' || clipboard === 'both';
  }

  /** A session's guest may have what was offered before it came. */
  started(): void {
    const formats = formatsOf(this.#content);
    if (formats.length > 0) this.#post({ kind: 'clipboardOffer', formats });
  }

  /** There is no agent or no session any more: what it copied cannot come. */
  ended(): void {
    this.#copies++;
    this.#unfetched = undefined;
  }

  modeChanged(): void {
    if (!this.takesIn) this.offer({});
    if (!this.#takesOut) this.#unfetched = undefined;
  }

  /** A hidden page fetches what was copied once it is seen again: nobody can paste it before. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    if (visible && this.#unfetched !== undefined) void this.#fetch(this.#unfetched);
  }

  /** Puts it on the guest's clipboard; the guest fetches it when something pastes there. */
  offer(content: ClipboardContent): void {
    const allowed = this.takesIn ? content : {};
    const hadContent = formatsOf(this.#content).length > 0;
    this.#content = allowed;
    const formats = formatsOf(allowed);
    if (formats.length > 0 || hadContent) this.#post({ kind: 'clipboardOffer', formats });
  }

  /** Something about the clipboard was said to the user. */
  explained(): void {
    this.#isExplained = true;
  }

  answer(answer: number, format: ClipboardFormat): void {
    const { text, image } = this.#content;
    const data: ClipboardAnswer = format === 'text/plain' ? (text ?? null) : (image ?? null);
    this.#post({ kind: 'clipboardAnswer', answer, data });
  }

  guestCopied(copied: Copied): void {
    this.#copies++;
    this.#unfetched = undefined;
    // What is only selected leaves what is offered for pasting as it is.
    if (copied.selection === clipboardSelection.clipboard) this.#content = {};
    if (!this.#takesOut || copied.formats.length === 0) return;
    if (this.#isVisible) void this.#fetch(copied);
    else this.#unfetched = copied;
  }

  #post(command: ToAgent): void {
    this.#host.postToSession({ kind: 'agent', command });
  }

  get #takesOut(): boolean {
    const { clipboard } = this.#host.settings;
    return clipboard === 'out' || clipboard === 'both';
  }

  get #refusal(): string {
    return `The guest did not hand over what was copied. It may be larger than ${formatBytes(this.#host.settings.clipboardLimit)}.`;
  }

  async #fetch({ selection, formats }: Copied): Promise<void> {
    this.#unfetched = undefined;
    this.#isExplained = false;
    const copy = this.#copies;
    const get = async (format: ClipboardFormat): Promise<string | ArrayBuffer | null> => {
      if (!formats.includes(format) || this.#copies !== copy) return null;
      // A session that ends takes the answer with it.
      return this.#host
        .askSession<string | ArrayBuffer | null>({ kind: 'request', what: 'clipboard', format, selection })
        .catch(() => null);
    };
    const text = await get('text/plain');
    const image = await get('image/png');
    if (this.#copies !== copy || !this.#takesOut) return;
    const content: ClipboardContent = {
      ...(typeof text === 'string' ? { text } : {}),
      ...(image instanceof ArrayBuffer ? { image: new Blob([image], { type: 'image/png' }) } : {}),
    };
    const types = formatsOf(content);
    if (types.length === 0) {
      if (!this.#isExplained)
        this.#host.emit('error', { kind: 'clipboard', code: 'clipboard-refused', message: this.#refusal });
      return;
    }
    this.#host.emit('clipboardcontent', content);
    this.#host.emit('clipboard', { text: content.text ?? '', types });
  }
}

function formatsOf(content: ClipboardContent): ClipboardFormat[] {
  return [
    ...(content.text === undefined ? [] : (['text/plain'] as const)),
    ...(content.image === undefined ? [] : (['image/png'] as const)),
  ];
}
