import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from '../input/input-policy.ts';
import { isPasteKey } from '../input/paste-gate.ts';
import {
  canReadSilently,
  contentKey,
  pastedContent,
  readClipboard,
  writeClipboard,
} from './local-clipboard.ts';
import type { ClipboardContent, ClipboardMode } from '../api/public-types.ts';

/** How long a paste waits for the browser to give the clipboard, and for the guest to learn of it: milliseconds. */
const PASTE_WAIT = 150;
const LEARN_PAUSE = 120;

export interface ClipboardSharingOptions {
  /** the element's viewport; windows of displays bring more */
  readonly surface: HTMLElement;
  readonly client: SpiceClient;
  readonly policy: Pick<InputPolicy, 'enabled'>;
  mode(): ClipboardMode;
  /** files were copied outside and are pasted here */
  sendFiles(files: readonly File[]): void;
  /** the browser gives its clipboard in no way: the user may give text by hand, or take the guest's */
  askText(guestText: string): void;
}

/**
 * The browser's clipboard and the guest's, kept alike as far as the browser lets us: read on focus where
 * it may be read silently, by paste events elsewhere; written when the guest copies, or at the user's next
 * gesture. What came from one side is never offered back to it.
 */
export class ClipboardSharing implements Disposable {
  readonly #options: ClipboardSharingOptions;
  readonly #held = new Disposables();
  readonly #surfaces = new Set<HTMLElement>();
  /** key of what both sides have, as far as we know */
  #shared = '';
  #unwritten: ClipboardContent | undefined;
  #mayReadSilently = false;
  #whenPasted: ((mayPaste: boolean) => void) | undefined;
  /** what the guest copied last, for users who copy it by hand */
  #guestText = '';

  constructor(options: ClipboardSharingOptions) {
    this.#options = options;
    const { surface, client } = options;
    const read = (): void => void this.#readSilently();
    this.#held.defer(client.on('agentfeatures', read));
    this.#held.defer(client.on('clipboardcontent', (content) => void this.#guestCopied(content)));
    this.addSurface(surface);
    read();
  }

  /** Takes part in the clipboard from another viewport, which may be in another window, until that is disposed. */
  addSurface(surface: HTMLElement): Disposable {
    const held = this.#held.part();
    const { ownerDocument } = surface;
    const page = ownerDocument.defaultView;
    const read = (): void => void this.#readSilently();
    this.#surfaces.add(surface);
    held.defer(() => this.#surfaces.delete(surface));
    if (page !== null) held.listen(page, 'focus', read);
    held.listen(surface, 'focusin', read);
    // Firefox gives the event to the body when what has the focus takes no text.
    held.listen(ownerDocument, 'paste', (event) => void this.#onPaste(event, surface));
    for (const gesture of ['pointerdown', 'pointerup', 'keydown']) {
      held.listen(surface, gesture, () => void this.#writeLater(), { capture: true });
    }
    return held;
  }

  /** The session broke: what both sides have is known no more, and no paste waits for it. */
  paused(): void {
    this.#shared = '';
    this.#whenPasted?.(true);
  }

  dispose(): void {
    this.#held.dispose();
    this.#whenPasted?.(true);
  }

  /** Whether the browser should go on with this key, so that its paste event brings the clipboard. */
  wantsDefault(event: KeyboardEvent): boolean {
    // Where the clipboard can be read, too: only the event brings files.
    if (!this.#takesIn) return false;
    if (event.code === 'KeyV' && event.metaKey) return true;
    return isPasteKey(event.code, (code) => {
      if (code.startsWith('Control')) return event.ctrlKey;
      return code.startsWith('Shift') && event.shiftKey;
    });
  }

  /**
   * The guest is about to paste: resolves when it has what the user's clipboard has; false when that was
   * files, which are on their way already.
   */
  beforePaste(): Promise<boolean> | undefined {
    if (!this.#takesIn) return undefined;
    const pasted = new Promise<boolean>((resolve) => {
      const done = (mayPaste: boolean): void => {
        if (this.#whenPasted === done) this.#whenPasted = undefined;
        resolve(mayPaste);
      };
      this.#whenPasted = done;
      setTimeout(() => done(true), PASTE_WAIT);
    });
    if (!this.#mayReadSilently) return pasted;
    const read = Promise.race([this.#readSilently(), pause(PASTE_WAIT).then(() => false)]).then(learn);
    return Promise.all([pasted, read]).then(([mayPaste]) => mayPaste);
  }

  /** The user asks for it: the browser may ask back. */
  async sendNow(): Promise<void> {
    const content = await readClipboard(this.#navigator);
    if (content !== undefined) await this.#offer(content);
    else this.#options.askText(this.#guestText);
    await this.#refreshPermission();
  }

  /** The user gives text by hand. */
  sendText(text: string): void {
    void this.#offer({ text });
  }

  /** The document that has the focus, of those that the session is in. */
  get #focused(): Document | undefined {
    return [...this.#surfaces].map((surface) => surface.ownerDocument).find((page) => page.hasFocus());
  }

  get #navigator(): Navigator {
    return this.#focused?.defaultView?.navigator ?? navigator;
  }

  get #takesIn(): boolean {
    const mode = this.#options.mode();
    return (
      (mode === 'in' || mode === 'both') &&
      this.#options.policy.enabled &&
      this.#options.client.agentFeatures.clipboard
    );
  }

  async #refreshPermission(): Promise<void> {
    this.#mayReadSilently = await canReadSilently(this.#navigator);
  }

  /** @returns whether the guest was offered something new */
  async #readSilently(): Promise<boolean> {
    if (!this.#takesIn || this.#focused === undefined) return false;
    await this.#refreshPermission();
    if (!this.#mayReadSilently) return false;
    const content = await readClipboard(this.#navigator);
    return content !== undefined && this.#offer(content);
  }

  async #onPaste(event: ClipboardEvent, surface: HTMLElement): Promise<void> {
    if (!this.#takesIn || !surface.matches(':focus-within')) return;
    event.preventDefault();
    const done = this.#whenPasted;
    const { content, files } = pastedContent(event.clipboardData);
    if (files.length > 0) {
      this.#options.sendFiles(files);
      return done?.(false);
    }
    await learn(await this.#offer(content));
    done?.(true);
  }

  async #offer(content: ClipboardContent): Promise<boolean> {
    if (content.text === undefined && content.image === undefined) return false;
    const key = await contentKey(content);
    if (key === this.#shared || !this.#takesIn) return false;
    this.#shared = key;
    this.#unwritten = undefined;
    this.#options.client.offerClipboard(content);
    return true;
  }

  async #guestCopied(content: ClipboardContent): Promise<void> {
    this.#unwritten = content;
    this.#guestText = content.text ?? '';
    await this.#writeLater();
  }

  async #writeLater(): Promise<void> {
    const content = this.#unwritten;
    if (content === undefined) return;
    // Known before it is written: whoever reads in between must not offer it back.
    this.#shared = await contentKey(content);
    if (!(await writeClipboard(this.#navigator, content))) return;
    if (this.#unwritten === content) this.#unwritten = undefined;
    // Browsers write images anew: what comes back has other bytes.
    if (content.image === undefined || !(await canReadSilently(this.#navigator))) return;
    const written = await readClipboard(this.#navigator);
    if (written !== undefined) this.#shared = await contentKey(written);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

async function learn(isNew: boolean): Promise<void> {
  if (isNew) await pause(LEARN_PAUSE);
}
