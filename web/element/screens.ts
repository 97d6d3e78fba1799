import type { SpiceClient } from '../session/spice-client.ts';
import type { DisplayHead, ScaleMode } from './public-types.ts';
import { screenSize } from './screen-layout.ts';

interface Screen {
  readonly head: DisplayHead;
  readonly canvas: HTMLCanvasElement;
}

/** The canvases of a session, one a display, each drawn by the display worker alone. */
export class Screens {
  private readonly container: HTMLElement;
  private readonly screens = new Map<number, Screen>();
  private client: SpiceClient | undefined;

  constructor(container: HTMLElement) {
    this.container = container;
  }

  get all(): readonly Screen[] {
    return [...this.screens.values()];
  }

  get(display: number): Screen | undefined {
    return this.screens.get(display);
  }

  /** The screen that an event hit; where there is only one, that one. */
  under(event: MouseEvent): Screen | undefined {
    const hit = this.all.find((screen) => event.composedPath().includes(screen.canvas));
    return hit ?? (this.screens.size === 1 ? this.all[0] : undefined);
  }

  bind(client: SpiceClient): void {
    this.clear();
    this.client = client;
  }

  clear(): void {
    for (const { canvas } of this.screens.values()) canvas.remove();
    this.screens.clear();
  }

  /** Follows the guest's displays. A canvas is kept while its size stays. */
  update(heads: readonly DisplayHead[], only: number | undefined): void {
    const shown = only === undefined ? heads : heads.filter((head) => head.id === only);
    for (const [id, screen] of this.screens) {
      if (shown.some((head) => head.id === id)) continue;
      screen.canvas.remove();
      this.screens.delete(id);
      this.client?.detachCanvas(id);
    }
    for (const head of shown) {
      const known = this.screens.get(head.id);
      if (known === undefined) this.add(head);
      else this.screens.set(head.id, { head, canvas: known.canvas });
    }
  }

  /** Sizes the canvases for a viewport, CSS pixels. */
  layout(scale: ScaleMode, viewport: { width: number; height: number }): void {
    const { all } = this;
    const total = {
      width: all.reduce((sum, { head }) => sum + head.width, 0),
      height: Math.max(0, ...all.map(({ head }) => head.height)),
    };
    const size = screenSize(scale, total, viewport, devicePixelRatio);
    for (const { head, canvas } of all) {
      const width = total.width === 0 ? 0 : (size.width * head.width) / total.width;
      const height = total.height === 0 ? 0 : (size.height * head.height) / total.height;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      // Whole multiples stay crisp; anything between is smoothed.
      const factor = head.width === 0 ? 1 : (width * devicePixelRatio) / head.width;
      canvas.classList.toggle('sharp', Number.isInteger(factor));
    }
  }

  private add(head: DisplayHead): void {
    const canvas = this.container.ownerDocument.createElement('canvas');
    canvas.width = head.width;
    canvas.height = head.height;
    canvas.setAttribute('part', 'screen');
    canvas.dataset['display'] = String(head.id);
    this.screens.set(head.id, { head, canvas });
    this.container.append(canvas);
    this.client?.attachCanvas(head.id, canvas);
  }
}
