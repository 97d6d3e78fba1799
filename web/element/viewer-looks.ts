import { html, nothing, type LitElement, type TemplateResult } from 'lit';
import type { SpiceViewerElement } from '../api/page-types.ts';
import { AudioControls, audioControlsStyles } from './audio-controls.ts';
import { awayNote, coverOf } from './covers.ts';
import { LazyPart } from './lazy-part.ts';
import { microphoneControlsStyles, microphoneIndicator } from './microphone-controls.ts';
import { viewportTemplate } from './screen-view.ts';
import { spiceViewerStyles } from './spice-viewer-styles.ts';
import { TransferList, transferListStyles } from './transfer-list.ts';
import { VideoControls, videoControlsStyles } from './video-controls.ts';
import type { ViewerDisplays } from './viewer-displays.ts';
import type { ViewerSession } from './viewer-session.ts';
import type { ViewerEvents, ViewerState } from './viewer-state.ts';
import { viewerToolbar } from './viewer-toolbar.ts';

/** The element, as far as its looks deal with it. */
export interface LooksHost {
  readonly viewer: LitElement & SpiceViewerElement;
  session(): ViewerSession | undefined;
  /** what the viewport shows: after a session its last pictures */
  displays(): ViewerDisplays | undefined;
  happened<Type extends keyof ViewerEvents>(type: Type, event: ViewerEvents[Type]): void;
}

export const viewerStyles = [
  spiceViewerStyles,
  transferListStyles,
  audioControlsStyles,
  microphoneControlsStyles,
  videoControlsStyles,
];

/** What <spice-viewer> shows in each of its states. Parts that few sessions need are loaded when they are wanted. */
export class ViewerLooks {
  readonly transfers: TransferList;
  readonly sound: AudioControls;
  readonly #host: LooksHost;
  readonly #video: VideoControls;
  readonly #stats;
  readonly #dialogs;
  /** the dialog that was given the focus */
  #dialog: Element | null = null;

  constructor(host: LooksHost) {
    this.#host = host;
    const { viewer } = host;
    this.transfers = new TransferList({
      changed: () => viewer.requestUpdate(),
      cancel: (id) => viewer.cancelTransfer(id),
    });
    this.sound = new AudioControls(viewer);
    this.#video = new VideoControls(viewer);
    const failed = (): void =>
      this.transfers.say('A part of the viewer could not be loaded. Check the network, then try again.');
    this.#stats = new LazyPart(
      viewer,
      async () => {
        const { StatsOverlay, statsOverlayStyles } = await import('./stats-overlay.ts');
        return { part: new StatsOverlay(viewer, () => viewer.getStats()), styles: statsOverlayStyles };
      },
      failed,
    );
    this.#dialogs = new LazyPart(viewer, async () => ({ part: await import('./dialogs.ts') }), failed);
  }

  /** @param isDropTarget files are held above the element */
  render(state: ViewerState, isDropTarget: boolean): TemplateResult {
    const { viewer } = this.#host;
    const isShown = state.name === 'shown';
    return html`
      ${viewportTemplate('Remote desktop', viewer.scale, viewer.clipViewport)}
      ${isShown ? [this.#awayNote(), this.#toolbar()] : nothing} ${this.#cover(state)}
      ${this.transfers.render()} ${isShown && viewer.stats ? this.#stats.wanted()?.render() : nothing}
      ${this.sound.renderHint()} ${microphoneIndicator(viewer.microphoneState)}
      ${isDropTarget ? html`<div class="dropping">Drop files to send them to the guest</div>` : nothing}
    `;
  }

  /** The page has what `render` gave. */
  rendered(state: ViewerState): void {
    const { viewer } = this.#host;
    this.#stats.loaded?.setShown(viewer.stats && state.name === 'shown');
    if (state.name !== 'shown') this.#video.stop();
    const dialog = viewer.renderRoot.querySelector('[part=dialog]');
    if (dialog !== this.#dialog) dialog?.querySelector<HTMLElement>('input, textarea')?.focus();
    this.#dialog = dialog;
  }

  #toolbar(): unknown {
    const { viewer, session, displays } = this.#host;
    if (viewer.toolbar === 'none') return nothing;
    return viewerToolbar(viewer, {
      sendClipboard: () => void session()?.agent?.clipboard.sendNow(),
      sendFiles: (found) => session()?.agent?.send(found),
      opened: displays()?.opened ?? [],
      closeDisplay: (id) => displays()?.close(id),
      showKeyboard: () => displays()?.showKeyboard(),
      sound: this.sound,
      video: this.#video,
    });
  }

  /** Said where a picture would be, when all that this view could show has windows of its own. */
  #awayNote(): unknown {
    const { viewer, displays } = this.#host;
    const opened = displays()?.opened ?? [];
    const ids = viewer.displays
      .map(({ id }) => id)
      .filter((id) => viewer.display === undefined || viewer.display === id);
    if (opened.length === 0 || !ids.every((id) => opened.includes(id))) return nothing;
    return awayNote(ids, (id) => displays()?.close(id));
  }

  #cover(state: ViewerState): unknown {
    const { viewer, session, happened } = this.#host;
    return coverOf(state, {
      connect: () => viewer.connect(),
      disconnect: () => viewer.disconnect(),
      sendPassword: (password) => viewer.sendCredentials({ ...viewer.credentials, password }),
      cancelPassword: () => {
        happened('cancelled', {});
        viewer.disconnect();
      },
      sendText: (text) => session()?.agent?.clipboard.sendText(text),
      closeClipboard: () => {
        happened('clipboardClosed', {});
        viewer.focus();
      },
      dialogs: () => this.#dialogs.wanted(),
    });
  }
}
