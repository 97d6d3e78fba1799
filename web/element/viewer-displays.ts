import { html, type CSSResult } from 'lit';
import type { SpiceClient } from '../client/spice-client.ts';
import type { SpiceClientEventDetails } from '../client/spice-events.ts';
import type { GuestLocks } from '../input/keyboard.ts';
import { DisplayWindow } from './display-window.ts';
import { lockKeys, toggleFullscreen } from './fullscreen.ts';
import { watchPixelRatio } from './pixel-ratio.ts';
import type { ScaleMode } from '../api/public-types.ts';
import { ScreenView, viewportTemplate } from './screen-view.ts';
import { SessionResizer, type ResizingView } from './session-resizer.ts';
import { toolbar } from './toolbar.ts';

/** The element's settings and state, as they are at the moment. */
export interface DisplaySettings {
  readonly scale: ScaleMode;
  readonly clipViewport: boolean;
  /** the one display to show; all when undefined */
  readonly display: number | undefined;
  readonly resizeSession: boolean;
  readonly toolbar: 'auto' | 'none';
  readonly keyboardLock: boolean;
}

export interface ViewerDisplaysOptions {
  readonly host: HTMLElement;
  readonly styles: CSSResult;
  /** the element's own viewport */
  readonly viewport: HTMLElement;
  readonly client: SpiceClient;
  settings(): DisplaySettings;
  isEnabled(): boolean;
  beforePaste(): Promise<boolean> | undefined;
  keepsDefault(event: KeyboardEvent): boolean;
  /** for the user */
  say(note: string): void;
  /** a window's viewport takes part in what the element does with its own; the signal ends that */
  windowOpened(viewport: HTMLElement, signal: AbortSignal): void;
  /** of the session before, if there was one: where that only broke, its windows are kept */
  readonly before: ViewerDisplays | undefined;
  /** a window opened or closed */
  windowsChanged(): void;
  inputLock(locked: boolean): void;
}

interface OpenDisplay {
  readonly window: DisplayWindow;
  readonly view: ScreenView;
  readonly listeners: AbortController;
  readonly resizes: ResizeObserver;
}

/** The displays of one session: those in the element's own view, and those that have a window of their own. */
export class ViewerDisplays {
  readonly #options: ViewerDisplaysOptions;
  readonly #main: ScreenView;
  readonly #windows = new Map<number, OpenDisplay>();
  readonly #resizer: SessionResizer;
  readonly #locks: GuestLocks = { guest: undefined };
  readonly #listeners = new AbortController();

  constructor(options: ViewerDisplaysOptions) {
    this.#options = options;
    const { client, viewport } = options;
    const windows = options.before === undefined ? [] : options.before.#handOver();
    this.#main = this.#view(viewport);
    this.#resizer = new SessionResizer({
      views: () => this.#resizingViews(),
      displays: () => client.displays,
      apply: (monitors) => client.setMonitors(monitors),
    });
    const { signal } = this.#listeners;
    client.addEventListener(
      'agentfeatures',
      () => {
        this.#resizer.forget();
        this.sizeChanged();
      },
      { signal },
    );
    client.addEventListener(
      'guestlockstate',
      (event) => {
        this.#locks.guest = (
          event as CustomEvent<SpiceClientEventDetails['guestlockstate']>
        ).detail.modifiers;
      },
      { signal },
    );
    document.addEventListener('visibilitychange', () => this.#visibilityChanged(), { signal });
    watchPixelRatio(window, () => this.layout(), signal);
    for (const [id, window] of windows) this.#adopt(id, window);
    this.#visibilityChanged();
    this.update();
  }

  /** The displays that have a window. */
  get opened(): readonly number[] {
    return [...this.#windows.keys()];
  }

  /** Shows a display in a window of its own, or brings that window to the front. */
  open(id: number): Window | undefined {
    const known = this.#windows.get(id);
    if (known !== undefined) {
      known.window.window.focus();
      return known.window.window;
    }
    const { client, host, styles } = this.#options;
    const head = client.displays.find((display) => display.id === id);
    if (head === undefined) throw new RangeError(`The guest has no display ${id}.`);
    const window = DisplayWindow.open({
      host,
      styles,
      width: head.width / devicePixelRatio,
      height: head.height / devicePixelRatio,
    });
    if (window === undefined) return undefined;
    const view = this.#adopt(id, window);
    this.#visibilityChanged();
    this.update();
    view.viewport.focus();
    this.#options.windowsChanged();
    return window.window;
  }

  /** Back into the element's view. */
  close(id: number): void {
    this.#windows.get(id)?.window.close();
  }

  /** A display of this session comes into the window. */
  #adopt(id: number, window: DisplayWindow): ScreenView {
    window.whenClosed = () => this.#windowClosed(id);
    this.#fill(window, id);
    const viewport = window.root.querySelector('.viewport') as HTMLElement;
    const listeners = new AbortController();
    const { signal } = listeners;
    const resizes = new window.window.ResizeObserver(() => this.layout());
    const display = { window, view: this.#view(viewport), listeners, resizes };
    this.#windows.set(id, display);
    const { document: page } = window.window;
    page.addEventListener('visibilitychange', () => this.#visibilityChanged(), { signal });
    page.addEventListener(
      'fullscreenchange',
      () => {
        if (this.#options.settings().keyboardLock) lockKeys(page, page.fullscreenElement !== null);
      },
      { signal },
    );
    page.addEventListener(
      'pointerlockchange',
      () => {
        const locked = window.root.pointerLockElement === viewport;
        if (!locked) display.view.releaseAll();
        this.#options.inputLock(locked);
      },
      { signal },
    );
    watchPixelRatio(window.window, () => this.layout(), signal);
    this.#options.windowOpened(viewport, signal);
    resizes.observe(viewport);
    return display.view;
  }

  /** The guest's displays, or the settings, changed. */
  update(): void {
    const { client, settings } = this.#options;
    // Of a session that is over the last pictures stay.
    if (this.#listeners.signal.aborted) return this.layout();
    const heads = client.channelDisplays;
    const only = settings().display;
    // A canvas is given up in one view before it is made anew in another: the newest gets the picture.
    const inMain = heads.filter(({ id }) => !this.#windows.has(id) && (only === undefined || only === id));
    this.#main.update(inMain);
    for (const [id, { window, view }] of this.#windows) {
      view.update(heads.filter((head) => head.id === id));
      this.#fill(window, id);
    }
    this.layout();
  }

  layout(): void {
    const { scale } = this.#options.settings();
    for (const view of this.#views()) view.layout(scale);
    this.sizeChanged();
  }

  /** Whether the guest follows may have changed. */
  sizeChanged(): void {
    if (this.#options.settings().resizeSession) this.#resizer.changed();
    else this.#resizer.forget();
  }

  /** Somebody else asked for monitors. */
  monitorsSet(): void {
    this.#resizer.forget();
  }

  /** The on-screen one, for the element's own view. To be called in a gesture of the user. */
  showKeyboard(): void {
    this.#main.showKeyboard();
  }

  releaseAll(): void {
    for (const view of this.#views()) view.releaseAll();
  }

  /** The session broke and may come again: the last pictures stay, in the windows too. */
  paused(): void {
    this.#listeners.abort();
    this.#resizer.dispose();
    this.#main.ended();
    for (const [id, { window, view, listeners, resizes }] of this.#windows) {
      listeners.abort();
      resizes.disconnect();
      view.ended();
      this.#fill(window, id, 'Reconnecting…');
    }
  }

  /** The session is over: windows close, the last pictures stay in the element. */
  ended(): void {
    this.paused();
    for (const id of this.opened) this.close(id);
  }

  /** Gives up all views, and the windows that are open. */
  #handOver(): Map<number, DisplayWindow> {
    const windows = new Map([...this.#windows].map(([id, { window }]) => [id, window]));
    this.#main.dispose();
    for (const { view } of this.#windows.values()) view.dispose();
    this.#windows.clear();
    return windows;
  }

  #views(): ScreenView[] {
    return [this.#main, ...[...this.#windows.values()].map(({ view }) => view)];
  }

  #view(viewport: HTMLElement): ScreenView {
    const { client, isEnabled, beforePaste, keepsDefault, say } = this.#options;
    return new ScreenView({
      viewport,
      client,
      locks: this.#locks,
      isEnabled,
      beforePaste,
      keepsDefault,
      say,
    });
  }

  #fill(window: DisplayWindow, id: number, status = this.#statusOf(id)): void {
    const { client, settings } = this.#options;
    const { scale, clipViewport, toolbar: shown } = settings();
    const name = `Display ${id + 1}`;
    const viewport = window.root.querySelector<HTMLElement>('.viewport');
    const bar = toolbar(
      [
        { label: 'Ctrl+Alt+Del', act: () => (client.sendKeys('ctrl+alt+delete'), viewport?.focus()) },
        {
          label: 'Fullscreen',
          act: () => void toggleFullscreen(window.root.host as HTMLElement).then(() => viewport?.focus()),
        },
        { label: 'Back to the main window', act: () => this.close(id) },
      ],
      '',
    );
    window.show({
      title: client.name === '' ? name : `${name} – ${client.name}`,
      template: html`
        ${viewportTemplate(`Remote desktop, ${name}`, scale, clipViewport)} ${shown === 'none' ? '' : bar}
        <p class="note" part="status" role="status">${status}</p>
      `,
    });
  }

  #statusOf(id: number): string {
    const isOn = this.#options.client.displays.some((display) => display.id === id);
    return isOn ? '' : `Display ${id + 1} is off.`;
  }

  #windowClosed(id: number): void {
    const display = this.#windows.get(id);
    if (display === undefined) return;
    this.#windows.delete(id);
    display.listeners.abort();
    display.resizes.disconnect();
    display.view.dispose();
    if (this.#listeners.signal.aborted) return;
    this.#visibilityChanged();
    this.update();
    this.#options.windowsChanged();
  }

  #visibilityChanged(): void {
    const documents = this.#views().map(({ viewport }) => viewport.ownerDocument);
    this.#options.client.setVisible(documents.some(({ hidden }) => !hidden));
  }

  #resizingViews(): ResizingView[] {
    const { settings, client, isEnabled } = this.#options;
    const { resizeSession, scale } = settings();
    const follows = resizeSession && isEnabled() && client.agentFeatures.monitors;
    return this.#views().map((view) => {
      // Scroll bars come and go with the guest's size: they do not count.
      const { offsetWidth: width, offsetHeight: height } = view.viewport;
      const ratio = scale === 'real' ? 1 : view.pixelRatio;
      return { displays: view.displays, size: follows ? { width, height, ratio } : undefined };
    });
  }
}
