import { html, type CSSResult } from 'lit';
import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from '../input/input-policy.ts';
import { DisplayWindow } from './display-window.ts';
import { lockKeys, toggleFullscreen } from './fullscreen.ts';
import { watchPixelRatio } from './pixel-ratio.ts';
import type { ScaleMode } from '../api/public-types.ts';
import { ScreenView, viewportTemplate } from './screen-view.ts';
import { SessionResizer, type ResizingView } from './session-resizer.ts';
import { toolbar } from './toolbar.ts';

/** The element's settings, as they are at the moment. */
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
  readonly policy: InputPolicy;
  readonly settings: DisplaySettings;
  /** a window's viewport takes part in what the element does with its own, until that is disposed */
  windowOpened(viewport: HTMLElement): Disposable;
  /** a window opened or closed */
  windowsChanged(): void;
  inputLock(locked: boolean): void;
}

interface OpenDisplay {
  readonly window: DisplayWindow;
  readonly view: ScreenView;
  readonly held: Disposables;
}

/** The displays of one client: those in the element's own view, and those that have a window of their own. */
export class ViewerDisplays implements Disposable {
  readonly #options: ViewerDisplaysOptions;
  readonly #main: ScreenView;
  readonly #windows = new Map<number, OpenDisplay>();
  readonly #resizer: SessionResizer;
  readonly #held = new Disposables();
  /** no session has anything to show: until one has, the last pictures stay */
  #isPaused = false;

  constructor(options: ViewerDisplaysOptions) {
    this.#options = options;
    const { client, viewport } = options;
    this.#main = this.#held.use(this.#view(viewport));
    this.#resizer = this.#held.use(
      new SessionResizer({
        views: () => this.#resizingViews(),
        displays: () => client.displays,
        apply: (monitors) => client.setMonitors(monitors),
      }),
    );
    this.#held.defer(
      client.on('agentfeatures', () => {
        this.#resizer.forget();
        this.sizeChanged();
      }),
    );
    this.#held.listen(document, 'visibilitychange', () => this.#visibilityChanged());
    this.#held.use(watchPixelRatio(window, () => this.layout()));
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

  /** The display comes into the window. */
  #adopt(id: number, window: DisplayWindow): ScreenView {
    window.whenClosed = () => this.#windowClosed(id);
    this.#fill(window, id);
    const viewport = window.root.querySelector('.viewport') as HTMLElement;
    const held = new Disposables();
    const view = held.use(this.#view(viewport));
    this.#windows.set(id, { window, view, held });
    const { document: page } = window.window;
    held.listen(page, 'visibilitychange', () => this.#visibilityChanged());
    held.listen(page, 'fullscreenchange', () => {
      if (this.#options.settings.keyboardLock) lockKeys(page, page.fullscreenElement !== null);
    });
    held.listen(page, 'pointerlockchange', () => {
      const locked = window.root.pointerLockElement === viewport;
      if (!locked) view.releaseAll();
      this.#options.inputLock(locked);
    });
    held.use(watchPixelRatio(window.window, () => this.layout()));
    held.use(this.#options.windowOpened(viewport));
    const resizes = new window.window.ResizeObserver(() => this.layout());
    resizes.observe(viewport);
    held.defer(() => resizes.disconnect());
    return view;
  }

  /** The guest's displays, or the settings, changed. */
  update(): void {
    // Of a session that is over the last pictures stay.
    if (this.#held.isDisposed) return this.layout();
    const { client, settings } = this.#options;
    const heads = client.channelDisplays;
    if (heads.length > 0 || client.state !== 'connected') this.#isPaused = heads.length === 0;
    if (!this.#isPaused) {
      const only = settings.display;
      // A canvas is given up in one view before it is made anew in another: the newest gets the picture.
      const inMain = heads.filter(({ id }) => !this.#windows.has(id) && (only === undefined || only === id));
      this.#main.update(inMain);
      for (const [id, { view }] of this.#windows) view.update(heads.filter((head) => head.id === id));
    }
    for (const [id, { window }] of this.#windows) this.#fill(window, id);
    this.layout();
  }

  layout(): void {
    const { scale } = this.#options.settings;
    for (const view of this.#views()) view.layout(scale);
    this.sizeChanged();
  }

  /** Whether the guest follows may have changed. */
  sizeChanged(): void {
    if (this.#options.settings.resizeSession) this.#resizer.changed();
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
    this.#resizer.forget();
    this.releaseAll();
    this.update();
  }

  /** A session begins in place of one that broke. */
  sessionStarted(): void {
    this.#visibilityChanged();
  }

  /** The session is over: windows close, the last pictures stay in the element. */
  dispose(): void {
    this.#held.dispose();
    for (const id of this.opened) this.close(id);
  }

  /** The last pictures go, too. */
  clear(): void {
    this.dispose();
    this.#main.clear();
  }

  #views(): ScreenView[] {
    return [this.#main, ...[...this.#windows.values()].map(({ view }) => view)];
  }

  #view(viewport: HTMLElement): ScreenView {
    const { client, policy } = this.#options;
    return new ScreenView({ viewport, client, policy });
  }

  #fill(window: DisplayWindow, id: number): void {
    const { client, settings } = this.#options;
    const { scale, clipViewport, toolbar: shown } = settings;
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
        <p class="note" part="status" role="status">${this.#statusOf(id)}</p>
      `,
    });
  }

  #statusOf(id: number): string {
    if (this.#isPaused) return 'Reconnecting…';
    const isOn = this.#options.client.displays.some((display) => display.id === id);
    return isOn ? '' : `Display ${id + 1} is off.`;
  }

  #windowClosed(id: number): void {
    const display = this.#windows.get(id);
    if (display === undefined) return;
    this.#windows.delete(id);
    display.held.dispose();
    display.view.clear();
    if (this.#held.isDisposed) return;
    this.#visibilityChanged();
    this.update();
    this.#options.windowsChanged();
  }

  #visibilityChanged(): void {
    const documents = this.#views().map(({ viewport }) => viewport.ownerDocument);
    this.#options.client.setVisible(documents.some(({ hidden }) => !hidden));
  }

  #resizingViews(): ResizingView[] {
    const { settings, client, policy } = this.#options;
    const { resizeSession, scale } = settings;
    const follows = resizeSession && policy.enabled && client.agentFeatures.monitors;
    return this.#views().map((view) => {
      // Scroll bars come and go with the guest's size: they do not count.
      const { offsetWidth: width, offsetHeight: height } = view.viewport;
      const ratio = scale === 'real' ? 1 : view.pixelRatio;
      return { displays: view.displays, size: follows ? { width, height, ratio } : undefined };
    });
  }
}
