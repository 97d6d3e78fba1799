import { html, type TemplateResult } from 'lit';
import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { ChannelHead } from '../client/guest-displays.ts';
import type { InputPolicy } from '../input/input-policy.ts';
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
  readonly policy: InputPolicy;
}

/** The displays of one client in one viewport: their canvases, the guest's pointer over them, keys and pointer. */
export class ScreenView implements Disposable {
  readonly viewport: HTMLElement;
  readonly screens: Screens;
  readonly #client: SpiceClient;
  readonly #cursor: CursorView;
  readonly #input: ViewerInput;
  readonly #held = new Disposables();

  constructor(options: ScreenViewOptions) {
    const { viewport, client, policy } = options;
    const container = viewport.querySelector<HTMLElement>('.screens') as HTMLElement;
    const field = viewport.querySelector<HTMLTextAreaElement>('.typing') as HTMLTextAreaElement;
    const overlay = viewport.querySelector<HTMLElement>('.cursor') as HTMLElement;
    this.viewport = viewport;
    this.#client = client;
    this.screens = new Screens(container, client);
    this.#cursor = this.#held.use(new CursorView(viewport, overlay, this.screens, client.cursors));
    this.#input = this.#held.use(
      new ViewerInput({
        surface: viewport,
        field,
        screens: this.screens,
        client,
        policy,
        pointerMoved: (x, y, display) => this.#cursor.pointerMoved(x, y, display),
      }),
    );
    this.#held.use(
      panAtEdges(
        viewport,
        () => viewport.matches('.real.clip'),
        () => {
          this.#input.pictureMoved();
          this.#cursor.update();
        },
      ),
    );
    this.#held.defer(client.on('mousemodechange', () => this.#modeChanged()));
    this.#held.defer(client.on('statechange', () => this.#modeChanged()));
    this.#held.defer(client.on('cursorshape', ({ channel }) => this.#cursor.changed(channel)));
    this.#held.defer(client.on('cursorposition', ({ channel }) => this.#cursor.changed(channel)));
    this.#modeChanged();
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

  /** Nothing is bound to it any more, and its last pictures stay. */
  dispose(): void {
    this.#held.dispose();
  }

  /** Gives the pictures up, too. */
  clear(): void {
    this.dispose();
    this.screens.clear();
  }

  /** Another mouse mode, or no session that has one: nothing stays held. */
  #modeChanged(): void {
    const { mouseMode, state } = this.#client;
    this.#cursor.setPlacedByServer(mouseMode === 'server' && state === 'connected');
    this.#input.releaseAll();
  }
}
