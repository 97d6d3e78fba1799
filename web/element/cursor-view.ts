import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { GuestCursor, GuestCursors } from '../client/guest-cursors.ts';
import type { Screen, Screens } from './screens.ts';

/** Browsers ignore CSS cursors with a longer side, CSS pixels. */
const MAX_CSS_CURSOR = 128;
const MAX_KEPT_URLS = 64;

/**
 * Shows the guest's pointer over one view: as the browser's own cursor where it can be one (it never lags), on
 * small canvases over the picture where not: too large, placed by the guest (server mouse mode), or with pixels
 * that invert what is under them, which only blending can do.
 */
export class CursorView {
  readonly #viewport: HTMLElement;
  /** the pointer's colours, and over them its inverting pixels */
  readonly #overlay: HTMLElement;
  readonly #colours: HTMLCanvasElement;
  readonly #inverting: HTMLCanvasElement;
  readonly #screens: Screens;
  readonly #urls = new Map<string, string>();
  readonly #cursors: GuestCursors;
  /** the channel whose pointer moved last: a guest with several has one that counts */
  #active = 0;
  /** what the overlay's canvases show */
  #painted = '';
  /** there is a pointer, and it is not the browser's */
  #usesOverlay = false;
  /** the server moves the pointer (server mouse mode) */
  #isPlacedByServer = false;
  /** a page's CSP may forbid data: images, and with them CSS cursors of our own */
  #mayUseCss = true;
  /** the user's pointer, client coordinates */
  #client: { x: number; y: number; display: number } | undefined;

  /** @param overlay an element with two canvases, the second blended by difference */
  constructor(viewport: HTMLElement, overlay: HTMLElement, screens: Screens, cursors: GuestCursors) {
    this.#viewport = viewport;
    this.#overlay = overlay;
    [this.#colours, this.#inverting] = overlay.querySelectorAll('canvas') as unknown as [
      HTMLCanvasElement,
      HTMLCanvasElement,
    ];
    this.#screens = screens;
    this.#cursors = cursors;
    this.#hide();
    const { ownerDocument } = viewport;
    ownerDocument.addEventListener('securitypolicyviolation', this.#onViolation);
  }

  dispose(): void {
    this.#hide();
    this.#viewport.ownerDocument.removeEventListener('securitypolicyviolation', this.#onViolation);
  }

  readonly #onViolation = (event: SecurityPolicyViolationEvent): void => {
    if (event.blockedURI !== 'data' || !event.effectiveDirective.startsWith('img')) return;
    this.#mayUseCss = false;
    this.update();
  };

  /** @param channel the one whose pointer is to be seen now */
  changed(channel: number): void {
    if (this.#isPlacedByServer && this.#cursors.get(channel)?.isVisible) this.#active = channel;
    this.update();
  }

  setPlacedByServer(placed: boolean): void {
    this.#isPlacedByServer = placed;
    this.update();
  }

  /** The user's pointer moved over a display's picture. */
  pointerMoved(clientX: number, clientY: number, display: number): void {
    this.#client = { x: clientX, y: clientY, display };
    const channel = this.#screens.all.find(({ head }) => head.id === display)?.head.channel ?? this.#active;
    if (channel !== this.#active && !this.#isPlacedByServer) {
      this.#active = channel;
      this.update();
    } else if (this.#usesOverlay && !this.#isPlacedByServer) this.#placeOverlay();
  }

  /** The picture moved or changed its scale. */
  update(): void {
    const cursor = this.#cursors.get(this.#active);
    this.#viewport.style.cursor = this.#cssCursor(cursor);
    for (const { head, canvas } of this.#screens.all) {
      canvas.style.cursor = this.#cssCursor(this.#cursors.get(head.channel));
    }
    this.#usesOverlay = cursor !== undefined && cursor.isVisible && !this.#usesCss(cursor.shape);
    this.#overlay.hidden = !this.#usesOverlay;
    if (this.#usesOverlay) this.#placeOverlay();
  }

  #hide(): void {
    this.#usesOverlay = false;
    this.#overlay.hidden = true;
    this.#viewport.style.cursor = 'default';
    for (const { canvas } of this.#screens.all) canvas.style.cursor = 'default';
  }

  #usesCss(shape: CursorShape | null): boolean {
    return shape !== null && this.#mayUseCss && !this.#isPlacedByServer && fitsCss(shape);
  }

  #cssCursor(cursor: GuestCursor | undefined): string {
    // Before the guest takes the pointer (server mode), and before it says anything, the user must see
    // the own one.
    if (this.#isPlacedByServer || cursor === undefined) return 'default';
    if (!cursor.isVisible || cursor.shape === null) return 'none';
    return this.#usesCss(cursor.shape) ? this.#urlOf(cursor.shape, cursor.key) : 'none';
  }

  #urlOf(shape: CursorShape, key: string): string {
    const kept = this.#urls.get(key);
    if (kept !== undefined) return kept;
    const canvas = this.#viewport.ownerDocument.createElement('canvas');
    paint(canvas, shape, shape.rgba);
    const url = `url(${canvas.toDataURL('image/png')}) ${shape.hotSpotX} ${shape.hotSpotY}, default`;
    const oldest = this.#urls.keys().next();
    if (this.#urls.size >= MAX_KEPT_URLS && !oldest.done) this.#urls.delete(oldest.value);
    this.#urls.set(key, url);
    return url;
  }

  #paintOverlay(shape: CursorShape, key: string): void {
    if (this.#painted === key) return;
    this.#painted = key;
    paint(this.#colours, shape, shape.rgba);
    this.#inverting.hidden = shape.invert === null;
    if (shape.invert !== null) paint(this.#inverting, shape, shape.invert);
  }

  /** Where the pointer's hot spot is, client coordinates; undefined: not in this view. */
  #hotSpot(cursor: GuestCursor): { left: number; top: number; screen: Screen } | undefined {
    const client = this.#client;
    if (!this.#isPlacedByServer && client !== undefined) {
      const screen = this.#screens.all.find(({ head }) => head.id === client.display);
      return screen === undefined ? undefined : { left: client.x, top: client.y, screen };
    }
    const found = this.#screens.locate(this.#active, cursor.x, cursor.y);
    if (found === undefined) return undefined;
    const { screen, x, y } = found;
    const picture = screen.canvas.getBoundingClientRect();
    const { x: scaleX, y: scaleY } = scaleOf(screen);
    return { left: picture.left + x * scaleX, top: picture.top + y * scaleY, screen };
  }

  #placeOverlay(): void {
    const cursor = this.#cursors.get(this.#active);
    if (!cursor || cursor.shape === null) return;
    const at = this.#hotSpot(cursor);
    this.#overlay.hidden = at === undefined;
    if (at === undefined) return;
    const { shape } = cursor;
    this.#paintOverlay(shape, cursor.key);
    const origin = this.#viewport.getBoundingClientRect();
    const scale = scaleOf(at.screen);
    const x = at.left - origin.left + this.#viewport.scrollLeft - shape.hotSpotX * scale.x;
    const y = at.top - origin.top + this.#viewport.scrollTop - shape.hotSpotY * scale.y;
    // No transform on the overlay: it would be a blending group of its own.
    for (const canvas of [this.#colours, this.#inverting]) {
      canvas.style.width = `${shape.width * scale.x}px`;
      canvas.style.height = `${shape.height * scale.y}px`;
      canvas.style.left = `${x}px`;
      canvas.style.top = `${y}px`;
    }
  }
}

/** CSS pixels for each of the guest's. */
function scaleOf({ canvas, head }: Screen): { x: number; y: number } {
  const { width, height } = canvas.getBoundingClientRect();
  return { x: head.width === 0 ? 1 : width / head.width, y: head.height === 0 ? 1 : height / head.height };
}

function fitsCss(shape: CursorShape): boolean {
  return shape.invert === null && Math.max(shape.width, shape.height) <= MAX_CSS_CURSOR;
}

function paint(canvas: HTMLCanvasElement, size: CursorShape, rgba: Uint8ClampedArray<ArrayBuffer>): void {
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, size.width, size.height), 0, 0);
}
