import type { PropertyValues, TemplateResult } from 'lit';
import type { SpiceViewerElement } from '../api/page-types.ts';
import type {
  DisplayHead,
  MicrophoneState,
  MonitorRequest,
  MouseModeName,
  SpiceCredentials,
  SpiceEventDetails,
  SpiceState,
  SpiceStats,
  TicketProvider,
} from '../api/public-types.ts';
import type { SpiceClient } from '../client/spice-client.ts';
import { noStats } from '../client/spice-stats.ts';
import { Disposables } from '../common/disposables.ts';
import { SettingsElement } from './bind-settings.ts';
import { capabilities } from './capabilities.ts';
import { lockKeys } from './fullscreen.ts';
import type { ViewerDisplays } from './viewer-displays.ts';
import { ViewerLooks, viewerStyles } from './viewer-looks.ts';
import { ViewerSession, type SessionHost } from './viewer-session.ts';
import { idle, nextState, type ViewerEvents, type ViewerState } from './viewer-state.ts';

/**
 * A SPICE desktop as an element. Its attributes and properties are the table of settings (web/api/settings.ts), and what
 * is below.
 *
 * @element spice-viewer
 * @csspart screen - each display's canvas
 * @csspart progress - files on their way into the guest
 * @csspart stats - the numbers that `stats` shows
 * @slot toolbar-start - before the toolbar's buttons
 * @slot toolbar-end - after them
 * @slot connecting - in place of the built-in "connecting" message
 * @slot disconnected - in place of the built-in message about why the session ended
 */
export class SpiceViewer extends SettingsElement implements SpiceViewerElement {
  static override styles = viewerStyles;
  static override properties = { phase: { state: true }, isDropTarget: { state: true } };

  declare private phase: ViewerState;
  /** files are held above the element */
  declare private isDropTarget: boolean;

  // Never reflected to attributes.
  credentials: SpiceCredentials | undefined;
  token: string | undefined;
  ticketProvider: TicketProvider | undefined;

  #session: ViewerSession | undefined;
  /** the session before, whose last pictures stay until another begins */
  #last: ViewerSession | undefined;
  #onPage = new Disposables();
  readonly #resizes = new ResizeObserver(() => this.#displays?.layout());
  readonly #looks = new ViewerLooks({
    viewer: this,
    session: () => this.#session,
    displays: () => this.#displays,
    happened: (type, event) => this.#happened(type, event),
  });

  constructor() {
    super();
    this.phase = idle;
    this.isDropTarget = false;
  }

  get state(): SpiceState {
    return this.#client?.state ?? 'disconnected';
  }

  get displays(): readonly DisplayHead[] {
    return this.#client?.displays ?? [];
  }

  get mouseMode(): MouseModeName {
    return this.#client?.mouseMode ?? 'server';
  }

  get agentConnected(): boolean {
    return this.#client?.agentConnected ?? false;
  }

  get microphoneState(): MicrophoneState {
    return this.#client?.microphoneState ?? 'off';
  }

  get guestName(): string {
    return this.#client?.name ?? '';
  }

  get guestUuid(): string {
    return this.#client?.uuid ?? '';
  }

  get capabilities(): Readonly<Record<string, boolean>> {
    return capabilities(this.#client);
  }

  connect(): void {
    if (this.state !== 'disconnected') return;
    this.#session?.dispose();
    const session = new ViewerSession(this.#sessionHost);
    this.#session = session;
    this.#happened('connect', {});
    session.held.use(this.#looks.sound.bind(session.client, () => this.#emit('audioblocked', {})));
    session.client.connect();
    void this.updateComplete.then(() => this.#begin(session));
  }

  disconnect(): void {
    this.#client?.disconnect();
  }

  /** Answers `credentialsrequired`; after a refused password it connects anew. */
  sendCredentials(credentials: SpiceCredentials): void {
    this.credentials = credentials;
    this.#happened('answered', {});
    if (this.state === 'disconnected') this.connect();
    else this.#client?.sendCredentials(credentials);
  }

  override focus(options?: FocusOptions): void {
    this.#viewport?.querySelector('textarea')?.focus(options ?? { preventScroll: true });
  }

  override blur(): void {
    this.#viewport?.querySelector('textarea')?.blur();
  }

  sendKeys(combination: string): void {
    this.#client?.sendKeys(combination);
  }

  sendKey(code: string, down: boolean): void {
    this.#client?.sendKey(code, down);
  }

  async typeText(text: string): Promise<void> {
    await this.#connected.typeText(text);
  }

  clipboardPasteFrom(text: string): void {
    this.#client?.clipboardPasteFrom(text);
  }

  requestMouseMode(mode: MouseModeName): void {
    this.#client?.requestMouseMode(mode);
  }

  sendFiles(files: Iterable<File>): number[] {
    return this.#connected.sendFiles(files);
  }

  cancelTransfer(id: number): void {
    this.#client?.cancelTransfer(id);
  }

  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.#session?.displays?.monitorsSet();
    this.#client?.setMonitors(monitors);
  }

  openDisplay(id: number): Window | undefined {
    const displays = this.#session?.displays;
    if (displays === undefined) throw new Error('There is no session.');
    const opened = displays.open(id);
    if (opened === undefined) {
      const message = `The browser blocked the window for display ${id + 1}. Allow pop-ups for this page, then try again.`;
      this.#looks.transfers.say(message);
      this.#emit('error', { kind: 'popup', code: 'popup-blocked', message });
    }
    return opened;
  }

  override requestPointerLock(): Promise<void> {
    return Promise.resolve(this.#viewport?.requestPointerLock());
  }

  async getStats(): Promise<SpiceStats> {
    return (await this.#client?.getStats()) ?? noStats;
  }

  async toBlob({ display }: { display?: number } = {}): Promise<Blob> {
    return this.#connected.toBlob(display);
  }

  async getImageData({ display }: { display?: number } = {}): Promise<ImageData> {
    return this.#connected.getImageData(display);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#onPage = new Disposables();
    this.#resizes.observe(this);
    this.#onPage.defer(() => this.#resizes.disconnect());
    this.#onPage.listen(document, 'pointerlockchange', () => this.#onPointerLock());
    this.#onPage.listen(document, 'fullscreenchange', () => {
      if (this.keyboardLock) lockKeys(document, document.fullscreenElement !== null);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#onPage.dispose();
    this.#displays?.releaseAll();
    // Whoever moves an element takes it out and puts it in again, in one task or nearly so: only what stays out ends.
    setTimeout(() => this.isConnected || this.disconnect());
  }

  /** For `moveBefore`: with it, the element only moves. */
  connectedMoveCallback(): void {}

  protected override render(): TemplateResult {
    return this.#looks.render(this.phase, this.isDropTarget);
  }

  protected override updated(changed: PropertyValues): void {
    this.#session?.settingsChanged(changed);
    this.#looks.rendered(this.phase);
  }

  get #client(): SpiceClient | undefined {
    return this.#session?.client;
  }

  /** @throws in words, for what there must be a session */
  get #connected(): SpiceClient {
    if (this.#client === undefined) throw new Error('There is no session.');
    return this.#client;
  }

  /** What the viewport shows: after a session its last pictures. */
  get #displays(): ViewerDisplays | undefined {
    return this.#session?.displays ?? this.#last?.displays;
  }

  get #viewport(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.viewport');
  }

  get #sessionHost(): SessionHost {
    return {
      element: this,
      transfers: this.#looks.transfers,
      emit: (type, detail) => this.#emit(type, detail),
      happened: (type, event) => this.#happened(type, event),
      changed: () => this.requestUpdate(),
      dragging: (isDragging) => {
        this.isDropTarget = isDragging;
      },
      ended: (detail) => this.#ended(detail),
    };
  }

  #begin(session: ViewerSession): void {
    const viewport = this.#viewport;
    if (this.#session !== session || viewport === null) return;
    this.#last?.displays?.clear();
    this.#last = undefined;
    session.begin(viewport);
  }

  #ended(detail: SpiceEventDetails['disconnect']): void {
    const session = this.#session;
    this.#session = undefined;
    session?.dispose();
    if (session?.displays !== undefined) this.#last = session;
    this.#happened('ended', detail);
    this.#emit('disconnect', detail);
  }

  #happened<Type extends keyof ViewerEvents>(type: Type, event: ViewerEvents[Type]): void {
    const before = this.phase;
    this.phase = nextState(before, type, event);
    // A session that may only look on makes the element so; another session may be allowed more.
    if (this.phase.looksOn !== before.looksOn) this.viewOnly = this.phase.looksOn;
  }

  #onPointerLock(): void {
    const locked = this.shadowRoot?.pointerLockElement === this.#viewport;
    if (!locked) this.#displays?.releaseAll();
    this.#emit('inputlock', { locked });
  }

  /** @returns false when a listener called preventDefault */
  #emit<K extends keyof SpiceEventDetails>(type: K, detail: SpiceEventDetails[K]): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'spice-viewer': SpiceViewer;
  }
}
