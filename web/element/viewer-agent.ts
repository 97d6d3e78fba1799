import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from '../input/input-policy.ts';
import { ClipboardSharing } from './clipboard-sharing.ts';
import { droppedFiles, hasFiles, type FoundFile } from './dropped-files.ts';
import type { ClipboardMode } from '../api/public-types.ts';
import type { TransferList } from './transfer-list.ts';

export interface ViewerAgentOptions {
  /** the element: takes dropped files */
  readonly host: HTMLElement;
  readonly viewport: HTMLElement;
  readonly client: SpiceClient;
  readonly transfers: TransferList;
  readonly policy: Pick<InputPolicy, 'enabled'>;
  clipboardMode(): ClipboardMode;
  /** the browser gives its clipboard in no way: the user may give text by hand, or take the guest's */
  askText(guestText: string): void;
  /** files are above the element, or no more */
  dragging(isDragging: boolean): void;
}

/** What the guest's agent does for the element and one client of it: the clipboard, files. */
export class ViewerAgent implements Disposable {
  readonly clipboard: ClipboardSharing;
  readonly #options: ViewerAgentOptions;
  readonly #held = new Disposables();

  constructor(options: ViewerAgentOptions) {
    this.#options = options;
    const { client, viewport, transfers } = options;
    this.clipboard = this.#held.use(
      new ClipboardSharing({
        surface: viewport,
        client,
        policy: options.policy,
        mode: () => options.clipboardMode(),
        sendFiles: (files) => this.send(files.map((file) => ({ file, path: file.name }))),
        askText: (guestText) => options.askText(guestText),
      }),
    );
    this.#listen(client, transfers);
    this.#takeDrops(options.host, this.#held);
  }

  send(files: readonly FoundFile[]): void {
    if (files.length > 0 && this.#options.policy.enabled) this.#options.client.sendFiles(files);
  }

  /** A display has a window of its own: clipboard and dropped files work there, too, until that is disposed. */
  windowOpened(viewport: HTMLElement): Disposable {
    const held = this.#held.part();
    held.use(this.clipboard.addSurface(viewport));
    this.#takeDrops(viewport, held);
    return held;
  }

  /** The session broke; another guest's clipboard may come. */
  paused(): void {
    this.clipboard.paused();
    this.#options.dragging(false);
  }

  dispose(): void {
    this.#held.dispose();
  }

  #listen(client: SpiceClient, transfers: TransferList): void {
    this.#held.defer(client.on('transferstart', (detail) => transfers.started(detail)));
    this.#held.defer(client.on('transferprogress', (detail) => transfers.progressed(detail)));
    this.#held.defer(client.on('transferend', (detail) => transfers.ended(detail)));
    this.#held.defer(client.on('transfererror', (detail) => transfers.failed(detail)));
    this.#held.defer(
      client.on('error', ({ kind, message }) => {
        if (kind === 'clipboard') transfers.say(message);
      }),
    );
  }

  #takeDrops(host: HTMLElement, held: Disposables): void {
    const over = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      // Without this the browser would open the file in place of the page.
      event.preventDefault();
      const isEnabled = this.#options.policy.enabled;
      event.dataTransfer.dropEffect = isEnabled ? 'copy' : 'none';
      this.#options.dragging(isEnabled);
    };
    held.listen(host, 'dragenter', over);
    held.listen(host, 'dragover', over);
    held.listen(host, 'dragleave', ({ relatedTarget }: DragEvent) => {
      if (!(relatedTarget instanceof Node && host.contains(relatedTarget))) this.#options.dragging(false);
    });
    held.listen(host, 'drop', (event: DragEvent) => {
      this.#options.dragging(false);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then(
        (files) => this.send(files),
        () =>
          this.#options.transfers.say('The browser could not read what was dropped. Try to drop it again.'),
      );
    });
  }
}
