import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { SpiceClient } from '../client/spice-client.ts';
import { AudioControls, audioControlsStyles } from './audio-controls.ts';
import { clipboardDialog } from './clipboard-dialog.ts';
import { awayNote, connectingCover, disconnectedCover, passwordDialog, reconnectingCover } from './covers.ts';
import { lockKeys } from './fullscreen.ts';
import { microphoneButton, microphoneControlsStyles, microphoneIndicator } from './microphone-controls.ts';
import type {
  ClientSettingInputs,
  MonitorRequest,
  SpiceCredentials,
  SpiceEventDetails,
  SpiceState,
  SpiceViewerElement,
  TicketProvider,
} from '../api/public-types.ts';
import { viewportTemplate } from './screen-view.ts';
import { spiceViewerStyles } from './spice-viewer-styles.ts';
import { StatsOverlay, statsOverlayStyles } from './stats-overlay.ts';
import { viewerToolbar } from './viewer-toolbar.ts';
import { TransferList, transferListStyles } from './transfer-list.ts';
import { VideoControls, videoControlsStyles } from './video-controls.ts';
import { ViewerAgent } from './viewer-agent.ts';
import { ViewerDisplays } from './viewer-displays.ts';
import { ViewerCommands } from './viewer-commands.ts';
import { clientSettingNames } from '../api/settings.ts';

/**
 * A SPICE desktop as an element.
 *
 * @element spice-viewer
 * @attr url - where the bridge offers the desktop: a ws(s), http(s) or relative URL
 * @attr scale - `fit` (default), `real` (one CSS pixel for each of the guest's) or `full`
 * @attr view-only - shows, but sends no input
 * @attr toolbar - `auto` (default) or `none`
 * @attr resize-session - the guest follows the element's size
 * @attr clipboard - `both` (default), `in` into the guest, `out` of it, `off`
 * @attr primary-selection - the guest's PRIMARY selection is shared too
 * @attr clipboard-limit - bytes that may be copied, either way; 64 MB by default and at most
 * @attr keyboard-layout - the guest's, for typed text: `us` (default), `gb`, `de`, `fr`, `es`, `it`, `none`
 * @attr disable-effects - for slow links: `wallpaper`, `font-smooth`, `animation`, `all`
 * @attr color-depth - 16 or 32: the guest's agent is asked for it
 * @attr video-codecs - video codecs to ask the server for, best first
 * @attr video-decoder - `auto` (default), `hardware` or `software`
 * @attr audio - `off` for a guest that is not heard
 * @attr microphone - the guest may record from the user's microphone
 * @attr stats - shows numbers and a plot over the picture
 * @attr reconnect - a session that breaks is opened anew
 * @csspart screen - each display's canvas
 * @csspart progress - files on their way into the guest
 * @csspart stats - the numbers that `stats` shows
 * @slot toolbar-start - before the toolbar's buttons
 * @slot toolbar-end - after them
 * @slot connecting - in place of the built-in "connecting" message
 * @slot disconnected - in place of the built-in message about why the session ended
 */
export class SpiceViewer extends ViewerCommands implements SpiceViewerElement {
  static override styles = [
    spiceViewerStyles,
    transferListStyles,
    statsOverlayStyles,
    audioControlsStyles,
    microphoneControlsStyles,
    videoControlsStyles,
  ];
  static override properties = {
    state: { state: true },
    problem: { state: true },
    dialog: { state: true },
    isDropTarget: { state: true },
  };

  declare state: SpiceState;
  /** why the last session ended, where the user should know */
  declare private problem: string;
  declare private dialog: 'none' | 'password' | 'clipboard';
  /** what the guest copied last, for the clipboard's dialog */
  #guestText = '';
  /** files are held above the element */
  declare private isDropTarget: boolean;

  /** Never reflected to an attribute. */
  credentials: SpiceCredentials | undefined;
  /** Never reflected to an attribute; sent as a WebSocket subprotocol. */
  token: string | undefined;
  /** Never reflected to an attribute; called for every reconnect. */
  ticketProvider: TicketProvider | undefined;

  #views: ViewerDisplays | undefined;
  #attempt = 0;
  /** `viewOnly` is the session's doing, not the page's */
  #looksOn = false;
  /** a session in place of one that broke has nothing to show yet: the last picture stays */
  #beginsLate = false;
  #agent: ViewerAgent | undefined;
  readonly #transfers = new TransferList({
    changed: () => this.requestUpdate(),
    cancel: (id) => this.cancelTransfer(id),
  });
  readonly #resizes = new ResizeObserver(() => this.#views?.layout());
  readonly #statsOverlay = new StatsOverlay(this, () => this.getStats());
  readonly #audioControls = new AudioControls(this);
  readonly #videoControls = new VideoControls(this);
  #documentListeners = new AbortController();

  constructor() {
    super();
    this.state = 'disconnected';
    this.problem = '';
    this.dialog = 'none';
    this.isDropTarget = false;
  }

  connect(): void {
    if (this.state !== 'disconnected') return;
    this.problem = '';
    this.dialog = 'none';
    const client = new SpiceClient({
      source: this.url,
      ...(this.credentials === undefined ? {} : { credentials: this.credentials }),
      ...(this.token === undefined ? {} : { token: this.token }),
      ...(this.ticketProvider === undefined ? {} : { ticketProvider: this.ticketProvider }),
      ...(Object.fromEntries(clientSettingNames.map((name) => [name, this[name]])) as ClientSettingInputs),
      microphone: this.#mayRecord,
    });
    this.client = client;
    this.#listen(client);
    this.#audioControls.bind(client, () => this.#emit('audioblocked', {}));
    client.connect();
    void this.updateComplete.then(() => this.#begin(client));
  }

  disconnect(): void {
    this.client?.disconnect();
  }

  /** Answers `credentialsrequired`; after a refused password it connects anew. */
  sendCredentials(credentials: SpiceCredentials): void {
    this.credentials = credentials;
    this.dialog = 'none';
    if (this.state === 'disconnected') this.connect();
    else this.client?.sendCredentials(credentials);
  }

  override focus(options?: FocusOptions): void {
    this.#viewport?.querySelector('textarea')?.focus(options ?? { preventScroll: true });
  }

  override blur(): void {
    this.#viewport?.querySelector('textarea')?.blur();
  }

  /** Asks the guest for these monitors, in their order; an empty list asks for nothing from now on. */
  override setMonitors(monitors: readonly MonitorRequest[]): void {
    this.#views?.monitorsSet();
    super.setMonitors(monitors);
  }

  /**
   * Shows a display in a window of its own, with the same session; closing it brings the display back. To be called
   * in a gesture of the user. Gives undefined, after an `error` event, where the browser blocks it.
   * @throws RangeError for a display that the guest does not have
   */
  openDisplay(id: number): Window | undefined {
    if (this.#views === undefined || this.client === undefined) throw new Error('There is no session.');
    const opened = this.#views.open(id);
    if (opened === undefined) {
      const message = `The browser blocked the window for display ${id + 1}. Allow pop-ups for this page, then try again.`;
      this.#transfers.say(message);
      this.#emit('error', { kind: 'popup', code: 'popup-blocked', message });
    }
    return opened;
  }

  /** Takes the pointer for guests in server mouse mode. */
  override requestPointerLock(): Promise<void> {
    return Promise.resolve(this.#viewport?.requestPointerLock());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
    this.#documentListeners = new AbortController();
    const { signal } = this.#documentListeners;
    document.addEventListener('pointerlockchange', () => this.#onPointerLock(), { signal });
    document.addEventListener(
      'fullscreenchange',
      () => this.keyboardLock && lockKeys(document, document.fullscreenElement !== null),
      { signal },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    this.#documentListeners.abort();
    this.disconnect();
  }

  protected override render(): TemplateResult {
    return html`
      ${viewportTemplate('Remote desktop', this.scale, this.clipViewport)} ${this.#renderAway()}
      ${this.#renderToolbar()} ${this.#renderCover()} ${this.#transfers.render()}
      ${this.#statsOverlay.render()} ${this.#audioControls.renderHint()}
      ${microphoneIndicator(this.microphoneState)}
      ${this.isDropTarget ? html`<div class="dropping">Drop files to send them to the guest</div>` : nothing}
    `;
  }

  protected override updated(changed: PropertyValues): void {
    for (const name of clientSettingNames) {
      if (changed.has(name))
        this.client?.update(name, name === 'microphone' ? this.#mayRecord : (this[name] as never));
    }
    if (changed.has('viewOnly')) this.client?.update('microphone', this.#mayRecord);
    this.#statsOverlay.setShown(this.stats && this.state === 'connected');
    if (viewSettings.some((name) => changed.has(name))) this.#views?.update();
    if (changed.has('resizeSession')) this.#followSize();
    if (changed.has('dialog') && this.dialog !== 'none') {
      this.renderRoot.querySelector<HTMLElement>('[part=dialog] :is(input, textarea)')?.focus();
    }
  }

  #renderToolbar(): unknown {
    if (this.toolbar === 'none' || this.state !== 'connected') return nothing;
    return viewerToolbar(this, {
      sendClipboard: () => void this.#agent?.clipboard.sendNow(),
      sendFiles: (found) => this.#agent?.send(found),
      displays: this.displays.map(({ id }) => ({ id, hasWindow: this.#views?.opened.includes(id) ?? false })),
      closeDisplay: (id) => this.#views?.close(id),
      showKeyboard: () => this.#views?.showKeyboard(),
      sound: [this.audio ? this.#audioControls.render() : nothing, this.#renderMicrophone()],
      video: this.#videoControls.render(),
    });
  }

  /** Said where a picture would be, when all that this view could show has windows of its own. */
  #renderAway(): unknown {
    const opened = this.#views?.opened ?? [];
    const shown = this.displays.filter(({ id }) => this.display === undefined || this.display === id);
    if (this.state !== 'connected' || opened.length === 0 || !shown.every(({ id }) => opened.includes(id))) {
      return nothing;
    }
    return awayNote(
      shown.map(({ id }) => id),
      (id) => this.#views?.close(id),
    );
  }

  #renderMicrophone(): unknown {
    if (this.viewOnly || !this.capabilities['microphone']) return nothing;
    return microphoneButton(this.microphoneState, () => {
      this.microphone = !this.microphone;
    });
  }

  /** Whoever only looks says nothing either. */
  get #mayRecord(): boolean {
    return this.microphone && !this.viewOnly;
  }

  #renderCover(): unknown {
    if (this.dialog === 'password') {
      return passwordDialog(this.problem, {
        submit: (password) => this.sendCredentials({ ...this.credentials, password }),
        cancel: () => {
          this.dialog = 'none';
          this.disconnect();
        },
      });
    }
    if (this.dialog === 'clipboard') {
      const close = (): void => {
        this.dialog = 'none';
        this.focus();
      };
      return clipboardDialog(this.#guestText, {
        send: (text) => {
          this.#agent?.clipboard.sendText(text);
          close();
        },
        close,
      });
    }
    if (this.state === 'connecting') return connectingCover();
    if (this.state === 'reconnecting') return reconnectingCover(this.#attempt, () => this.disconnect());
    if (this.state === 'disconnected' && this.problem !== '') {
      return disconnectedCover(this.problem, () => this.connect());
    }
    return nothing;
  }

  get #viewport(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.viewport');
  }

  /** The element has its DOM: screens, pointer and keyboard of a session come to it. */
  #begin(client: SpiceClient): void {
    const viewport = this.#viewport;
    if (this.client !== client || !viewport) return;
    const before = this.#views;
    const isEnabled = (): boolean => !this.viewOnly && this.state === 'connected';
    const agent = new ViewerAgent({
      host: this,
      viewport,
      client,
      transfers: this.#transfers,
      clipboardMode: () => this.clipboard,
      isEnabled,
      askText: (guestText) => {
        this.#guestText = guestText;
        this.dialog = 'clipboard';
      },
      dragging: (isDragging) => {
        this.isDropTarget = isDragging;
      },
    });
    this.#agent = agent;
    this.#views = new ViewerDisplays({
      host: this,
      styles: spiceViewerStyles,
      viewport,
      client,
      settings: () => this,
      isEnabled,
      say: (note) => this.#transfers.say(note),
      beforePaste: () => agent.clipboard.beforePaste(),
      keepsDefault: (event) => agent.clipboard.wantsDefault(event),
      windowOpened: (surface, signal) => agent.windowOpened(surface, signal),
      windowsChanged: () => this.requestUpdate(),
      inputLock: (locked) => this.#emit('inputlock', { locked }),
      before,
    });
  }

  /** Passes the client's events on as the element's and follows them. */
  #listen(client: SpiceClient): void {
    const on = <T>(type: string, act: (detail: T) => void): void =>
      client.addEventListener(type, (event) => {
        if (this.client === client) act((event as CustomEvent<T>).detail);
      });
    on<SpiceEventDetails['statechange']>('statechange', ({ state }) => {
      this.state = state;
      this.#emit('statechange', { state });
    });
    on<SpiceEventDetails['connect']>('connect', (detail) => {
      this.problem = '';
      this.focus();
      this.#emit('connect', detail);
    });
    on<SpiceEventDetails['reconnecting']>('reconnecting', (detail) => {
      this.#attempt = detail.attempt;
      this.#views?.paused();
      this.#endAgent();
      this.requestUpdate();
      this.#emit('reconnecting', detail);
    });
    on('inputsrefused', () => {
      this.#looksOn ||= !this.viewOnly;
      this.viewOnly = true;
    });
    on('sessionstart', () => {
      this.#endLookingOn();
      this.#beginsLate = this.state === 'reconnecting';
    });
    on<SpiceEventDetails['disconnect']>('disconnect', (detail) => this.#onDisconnect(detail));
    on<SpiceEventDetails['credentialsrequired']>('credentialsrequired', (detail) => {
      if (this.#emit('credentialsrequired', detail)) this.dialog = 'password';
    });
    on<SpiceEventDetails['securityfailure']>('securityfailure', (detail) => {
      this.problem = detail.reason;
      if (this.#emit('securityfailure', detail)) this.dialog = 'password';
    });
    on<SpiceEventDetails['displayschange']>('displayschange', (detail) => {
      if (this.#beginsLate) this.#begin(client);
      // What goes with a session's end leaves its last picture.
      else if (this.state === 'connecting' || this.state === 'connected') this.#views?.update();
      this.#beginsLate = false;
      this.requestUpdate();
      this.#emit('displayschange', detail);
    });
    for (const type of passedOn) {
      on<SpiceEventDetails[typeof type]>(type, (detail) => this.#emit(type, detail));
    }
    on<SpiceEventDetails['microphonechange']>('microphonechange', (detail) => {
      if (detail.state === 'denied') this.microphone = false;
      this.requestUpdate();
      this.#emit('microphonechange', detail);
    });
    on('agentfeatures', () => this.requestUpdate());
  }

  /** Nothing of an ended session is left but its last picture. */
  #endSession(): void {
    this.#views?.ended();
    this.#endAgent();
  }

  #endAgent(): void {
    this.#agent?.dispose();
    this.#agent = undefined;
    this.isDropTarget = false;
  }

  /** Another session may be allowed more. */
  #endLookingOn(): void {
    if (this.#looksOn) this.viewOnly = false;
    this.#looksOn = false;
  }

  #onDisconnect(detail: SpiceEventDetails['disconnect']): void {
    this.#endSession();
    this.#audioControls.release();
    this.client?.dispose();
    this.client = undefined;
    if (this.dialog === 'clipboard') this.dialog = 'none';
    this.#endLookingOn();
    if (this.dialog === 'none' && detail.reason !== '') this.problem = detail.reason;
    this.#emit('disconnect', detail);
  }

  #followSize(): void {
    this.#views?.sizeChanged();
    // The agent is not to have the old size again when it restarts.
    if (!this.resizeSession && this.client?.state === 'connected') this.client.setMonitors([]);
  }

  #onPointerLock(): void {
    const locked = this.shadowRoot?.pointerLockElement === this.#viewport;
    if (!locked) this.#views?.releaseAll();
    this.#emit('inputlock', { locked });
  }

  /** @returns false when a listener called preventDefault */
  #emit<K extends keyof SpiceEventDetails>(type: K, detail: SpiceEventDetails[K]): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}

/** What changes how displays are shown. */
const viewSettings = ['scale', 'display', 'clipViewport', 'toolbar'] as const;

/** Events that only pass through. */
const passedOn = [
  'agentchange',
  'mousemodechange',
  'guestname',
  'error',
  'clipboard',
  'transferstart',
  'transferprogress',
  'transferend',
  'transfererror',
] as const;

declare global {
  interface HTMLElementTagNameMap {
    'spice-viewer': SpiceViewer;
  }
}
