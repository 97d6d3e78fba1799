import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';

/** Browsers ignore CSS cursors with a longer side, CSS pixels. */
const maxCssCursor = 128;
const maxKeptUrls = 64;

/** Where the guest's picture lies, to place an own pointer over it. */
export interface CursorScreen {
  readonly canvas: HTMLCanvasElement;
}

/**
 * Shows the guest's pointer: as the browser's own cursor where it can be one (it never lags), on small
 * canvases over the picture where not: too large, placed by the guest (server mouse mode), or with pixels that
 * invert what is under them, which only blending can do.
 */
export class CursorView {
  private readonly viewport: HTMLElement;
  /** the pointer's colours, and over them its inverting pixels */
  private readonly overlay: HTMLElement;
  private readonly colours: HTMLCanvasElement;
  private readonly inverting: HTMLCanvasElement;
  private readonly screen: () => CursorScreen | undefined;
  private readonly urls = new Map<string, string>();
  private shape: CursorShape | null = null;
  private key = '';
  private isVisible = true;
  /** the server moves the pointer (server mouse mode) */
  private isPlacedByServer = false;
  private serverX = 0;
  private serverY = 0;
  /** a page's CSP may forbid data: images, and with them CSS cursors of our own */
  private mayUseCss = true;
  /** the user's pointer, client coordinates */
  private client: { x: number; y: number } | undefined;

  /** @param overlay an element with two canvases, the second blended by difference */
  constructor(viewport: HTMLElement, overlay: HTMLElement, screen: () => CursorScreen | undefined) {
    this.viewport = viewport;
    this.overlay = overlay;
    [this.colours, this.inverting] = overlay.querySelectorAll('canvas') as unknown as [
      HTMLCanvasElement,
      HTMLCanvasElement,
    ];
    this.screen = screen;
    this.reset();
    const { ownerDocument } = viewport;
    ownerDocument.addEventListener('securitypolicyviolation', this.onViolation);
  }

  dispose(): void {
    this.viewport.ownerDocument.removeEventListener('securitypolicyviolation', this.onViolation);
  }

  private readonly onViolation = (event: SecurityPolicyViolationEvent): void => {
    if (event.blockedURI !== 'data' || !event.effectiveDirective.startsWith('img')) return;
    this.mayUseCss = false;
    this.update();
  };

  reset(): void {
    this.shape = null;
    this.isVisible = true;
    this.overlay.hidden = true;
    this.viewport.style.cursor = 'default';
  }

  setShape(shape: CursorShape | null, key: string): void {
    this.shape = shape;
    this.key = key;
    this.isVisible = shape !== null;
    if (shape !== null) this.paintOverlay(shape);
    this.update();
  }

  setPosition(x: number, y: number, visible: boolean): void {
    this.serverX = x;
    this.serverY = y;
    this.isVisible = visible && this.shape !== null;
    this.update();
  }

  setPlacedByServer(placed: boolean): void {
    this.isPlacedByServer = placed;
    this.update();
  }

  /** The user's pointer moved over the picture. */
  pointerMoved(clientX: number, clientY: number): void {
    this.client = { x: clientX, y: clientY };
    if (!this.overlay.hidden && !this.isPlacedByServer) this.placeOverlay();
  }

  /** The picture moved or changed its scale. */
  update(): void {
    const { shape } = this;
    const usesCss = shape !== null && this.mayUseCss && !this.isPlacedByServer && fitsCss(shape);
    this.viewport.style.cursor = this.cssCursor(usesCss);
    this.overlay.hidden = shape === null || !this.isVisible || usesCss;
    if (!this.overlay.hidden) this.placeOverlay();
  }

  private cssCursor(usesCss: boolean): string {
    // Before the guest takes the pointer (server mode), the user must see the own one.
    if (this.isPlacedByServer) return 'default';
    if (!this.isVisible || this.shape === null) return 'none';
    return usesCss ? this.urlOf(this.shape) : 'none';
  }

  private urlOf(shape: CursorShape): string {
    const kept = this.urls.get(this.key);
    if (kept !== undefined) return kept;
    const canvas = this.viewport.ownerDocument.createElement('canvas');
    paint(canvas, shape, shape.rgba);
    const url = `url(${canvas.toDataURL('image/png')}) ${shape.hotSpotX} ${shape.hotSpotY}, default`;
    const oldest = this.urls.keys().next();
    if (this.urls.size >= maxKeptUrls && !oldest.done) this.urls.delete(oldest.value);
    this.urls.set(this.key, url);
    return url;
  }

  private paintOverlay(shape: CursorShape): void {
    paint(this.colours, shape, shape.rgba);
    this.inverting.hidden = shape.invert === null;
    if (shape.invert !== null) paint(this.inverting, shape, shape.invert);
  }

  private placeOverlay(): void {
    const at = this.screen();
    const { shape } = this;
    if (at === undefined || shape === null) return;
    const picture = at.canvas.getBoundingClientRect();
    const origin = this.viewport.getBoundingClientRect();
    const scale = at.canvas.width === 0 ? 1 : picture.width / at.canvas.width;
    let left = picture.left + this.serverX * scale;
    let top = picture.top + this.serverY * scale;
    if (!this.isPlacedByServer && this.client !== undefined) {
      left = this.client.x;
      top = this.client.y;
    }
    const x = left - origin.left + this.viewport.scrollLeft - shape.hotSpotX * scale;
    const y = top - origin.top + this.viewport.scrollTop - shape.hotSpotY * scale;
    // No transform on the overlay: it would be a blending group of its own.
    for (const canvas of [this.colours, this.inverting]) {
      canvas.style.width = `${shape.width * scale}px`;
      canvas.style.height = `${shape.height * scale}px`;
      canvas.style.left = `${x}px`;
      canvas.style.top = `${y}px`;
    }
  }
}

const fitsCss = (shape: CursorShape): boolean =>
  shape.invert === null && Math.max(shape.width, shape.height) <= maxCssCursor;

const paint = (canvas: HTMLCanvasElement, size: CursorShape, rgba: Uint8ClampedArray<ArrayBuffer>): void => {
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, size.width, size.height), 0, 0);
};
