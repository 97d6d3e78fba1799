import type { SpiceClient } from '../client/spice-client.ts';
import { ClipboardSharing } from './clipboard-sharing.ts';
import { droppedFiles, hasFiles, type FoundFile } from './dropped-files.ts';
import type { ClipboardMode, SpiceEventDetails } from '../api/public-types.ts';
import type { TransferList } from './transfer-list.ts';

export interface ViewerAgentOptions {
  /** the element: takes dropped files */
  readonly host: HTMLElement;
  readonly viewport: HTMLElement;
  readonly client: SpiceClient;
  readonly transfers: TransferList;
  clipboardMode(): ClipboardMode;
  /** connected, and not only for looking */
  isEnabled(): boolean;
  /** the browser gives its clipboard in no way: the user may give text by hand, or take the guest's */
  askText(guestText: string): void;
  /** files are above the element, or no more */
  dragging(isDragging: boolean): void;
}

/** What the guest's agent does for one session's element: the clipboard, files. */
export class ViewerAgent {
  readonly clipboard: ClipboardSharing;
  readonly #options: ViewerAgentOptions;
  readonly #listeners = new AbortController();

  constructor(options: ViewerAgentOptions) {
    this.#options = options;
    const { client, viewport, transfers } = options;
    this.clipboard = new ClipboardSharing({
      surface: viewport,
      client,
      mode: () => options.clipboardMode(),
      isEnabled: () => options.isEnabled(),
      sendFiles: (files) => this.send(files.map((file) => ({ file, path: file.name }))),
      askText: (guestText) => options.askText(guestText),
    });
    this.#listen(client, transfers);
    this.#takeDrops(options.host, this.#listeners.signal);
  }

  send(files: readonly FoundFile[]): void {
    if (files.length > 0 && this.#options.isEnabled()) this.#options.client.sendFiles(files);
  }

  /** A display has a window of its own: clipboard and dropped files work there, too, until the signal. */
  windowOpened(viewport: HTMLElement, until: AbortSignal): void {
    this.clipboard.addSurface(viewport, until);
    this.#takeDrops(viewport, AbortSignal.any([until, this.#listeners.signal]));
  }

  dispose(): void {
    this.#listeners.abort();
    this.clipboard.dispose();
  }

  #listen(client: SpiceClient, transfers: TransferList): void {
    const on = <T>(type: string, act: (detail: T) => void): void =>
      client.addEventListener(type, (event) => act((event as CustomEvent<T>).detail), {
        signal: this.#listeners.signal,
      });
    on<SpiceEventDetails['transferstart']>('transferstart', (detail) => transfers.started(detail));
    on<SpiceEventDetails['transferprogress']>('transferprogress', (detail) => transfers.progressed(detail));
    on<SpiceEventDetails['transferend']>('transferend', (detail) => transfers.ended(detail));
    on<SpiceEventDetails['transfererror']>('transfererror', (detail) => transfers.failed(detail));
    on<SpiceEventDetails['error']>('error', ({ kind, message }) => {
      if (kind === 'clipboard') transfers.say(message);
    });
  }

  #takeDrops(host: HTMLElement, signal: AbortSignal): void {
    const over = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      // Without this the browser would open the file in place of the page.
      event.preventDefault();
      const isEnabled = this.#options.isEnabled();
      event.dataTransfer.dropEffect = isEnabled ? 'copy' : 'none';
      this.#options.dragging(isEnabled);
    };
    host.addEventListener('dragenter', over, { signal });
    host.addEventListener('dragover', over, { signal });
    host.addEventListener(
      'dragleave',
      (event) => {
        if (!(event.relatedTarget instanceof Node && host.contains(event.relatedTarget))) {
          this.#options.dragging(false);
        }
      },
      { signal },
    );
    host.addEventListener(
      'drop',
      (event) => {
        this.#options.dragging(false);
        if (!hasFiles(event.dataTransfer)) return;
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then(
          (files) => this.send(files),
          () =>
            this.#options.transfers.say('The browser could not read what was dropped. Try to drop it again.'),
        );
      },
      { signal },
    );
  }
}
