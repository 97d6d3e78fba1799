import { html, type TemplateResult } from 'lit';
import type { SpiceClient } from '../client/spice-client.ts';
import type { SpiceClientEventDetails } from '../client/spice-events.ts';
import type { ChannelHead } from '../threads/worker-messages.ts';
import type { GuestLocks } from '../input/keyboard.ts';
import { CursorView } from './cursor-view.ts';
import { panAtEdges } from './edge-pan.ts';
import type { ScaleMode } from '../api/public-types.ts';
import { Screens } from './screens.ts';
import { ViewerInput } from './viewer-input.ts';

/** Where a view's pictures and its pointer are; one in the element, one in each window of a display. */
export function viewportTemplate(label: string, scale: ScaleMode, clip: boolean): TemplateResult {
  return html`
    <div class="viewport ${scale} ${clip ? 'clip' : ''}" tabindex="-1" role="application" aria-label=${label}>
      <textarea
        class="typing"
        aria-label=${label}
        autocapitalize="off"
        autocomplete="off"
        autocorrect="off"
        spellcheck="false"
      ></textarea>
      <div class="screens"></div>
      <div class="cursor" hidden><canvas></canvas><canvas class="inverting"></canvas></div>
    </div>
  `;
}

export interface ScreenViewOptions {
  /** as `viewportTemplate` makes it */
  readonly viewport: HTMLElement;
  readonly client: SpiceClient;
  /** one for all views of a session */
  readonly locks: GuestLocks;
  isEnabled(): boolean;
  beforePaste(): Promise<boolean> | undefined;
  keepsDefault(event: KeyboardEvent): boolean;
  /** for the user */
  say(note: string): void;
}

/** The displays of one session in one viewport: their canvases, the guest's pointer over them, keys and pointer. */
export class ScreenView {
  readonly viewport: HTMLElement;
  readonly screens: Screens;
  readonly #cursor: CursorView;
  readonly #input: ViewerInput;
  readonly #listeners = new AbortController();

  constructor(options: ScreenViewOptions) {
    const { viewport, client } = options;
    const container = viewport.querySelector<HTMLElement>('.screens') as HTMLElement;
    const field = viewport.querySelector<HTMLTextAreaElement>('.typing') as HTMLTextAreaElement;
    const overlay = viewport.querySelector<HTMLElement>('.cursor') as HTMLElement;
    this.viewport = viewport;
    this.screens = new Screens(container, client);
    this.#cursor = new CursorView(viewport, overlay, this.screens, client.cursors);
    this.#cursor.setPlacedByServer(client.mouseMode === 'server' && client.state === 'connected');
    this.#input = new ViewerInput({
      surface: viewport,
      field,
      screens: this.screens,
      locks: options.locks,
      client,
      isEnabled: () => options.isEnabled(),
      beforePaste: () => options.beforePaste(),
      keepsDefault: (event) => options.keepsDefault(event),
      say: (note) => options.say(note),
      pointerMoved: (x, y, display) => this.#cursor.pointerMoved(x, y, display),
    });
    panAtEdges(
      viewport,
      () => viewport.matches('.real.clip'),
      () => {
        this.#input.pictureMoved();
        this.#cursor.update();
      },
      this.#listeners.signal,
    );
    this.#listen(client);
  }

  get displays(): readonly number[] {
    return this.screens.all.map(({ head }) => head.id);
  }

  /** Device pixels for each CSS pixel, in the window that the view is in. */
  get pixelRatio(): number {
    return this.viewport.ownerDocument.defaultView?.devicePixelRatio ?? 1;
  }

  update(heads: readonly ChannelHead[]): void {
    this.screens.update(heads);
  }

  layout(scale: ScaleMode): void {
    const { clientWidth: width, clientHeight: height } = this.viewport;
    this.screens.layout(scale, { width, height }, this.pixelRatio);
    this.#cursor.update();
  }

  /** On devices without a keyboard. To be called in a gesture of the user. */
  showKeyboard(): void {
    this.#input.showKeyboard();
  }

  releaseAll(): void {
    this.#input.releaseAll();
  }

  /** The session is over: its last pictures stay. */
  ended(): void {
    this.#listeners.abort();
    this.#input.dispose();
    this.#cursor.dispose();
  }

  dispose(): void {
    this.ended();
    this.screens.clear();
  }

  #listen(client: SpiceClient): void {
    const on = <K extends keyof SpiceClientEventDetails>(
      type: K,
      act: (detail: SpiceClientEventDetails[K]) => void,
    ): void =>
      client.addEventListener(
        type,
        (event) => act((event as CustomEvent<SpiceClientEventDetails[K]>).detail),
        {
          signal: this.#listeners.signal,
        },
      );
    on('mousemodechange', ({ mode }) => {
      this.#cursor.setPlacedByServer(mode === 'server');
      this.#input.releaseAll();
    });
    on('cursorshape', ({ channel }) => this.#cursor.changed(channel));
    on('cursorposition', ({ channel }) => this.#cursor.changed(channel));
  }
}
