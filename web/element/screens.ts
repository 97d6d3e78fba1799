import type { SpiceClient } from '../client/spice-client.ts';
import type { ChannelHead } from '../client/guest-displays.ts';
import { arranged, extent } from './display-arrangement.ts';
import type { ScaleMode } from '../api/public-types.ts';
import { screenSize } from './screen-layout.ts';

export interface Screen {
  readonly head: ChannelHead;
  readonly canvas: HTMLCanvasElement;
}

/** The canvases of one view, one a display, each drawn by the display worker alone. */
export class Screens {
  readonly #container: HTMLElement;
  readonly #client: SpiceClient;
  readonly #screens = new Map<number, Screen>();

  constructor(container: HTMLElement, client: SpiceClient) {
    this.#container = container;
    this.#client = client;
  }

  get all(): readonly Screen[] {
    return [...this.#screens.values()];
  }

  /** The screen that an event hit; where there is only one, that one. */
  under(event: MouseEvent): Screen | undefined {
    const hit = this.all.find((screen) => event.composedPath().includes(screen.canvas));
    return hit ?? (this.#screens.size === 1 ? this.all[0] : undefined);
  }

  /** The screen at a place, or the nearest to it: client coordinates. */
  nearest(clientX: number, clientY: number): Screen | undefined {
    let found: Screen | undefined;
    let least = Infinity;
    for (const screen of this.#screens.values()) {
      const { left, top, right, bottom } = screen.canvas.getBoundingClientRect();
      // A point on the right or lower edge belongs to the neighbour.
      const outsideX = Math.max(left - clientX, clientX - right, clientX === right ? Number.EPSILON : 0, 0);
      const outsideY = Math.max(top - clientY, clientY - bottom, clientY === bottom ? Number.EPSILON : 0, 0);
      const distance = Math.hypot(outsideX, outsideY);
      if (distance >= least) continue;
      found = screen;
      least = distance;
    }
    return found;
  }

  /** Where a point of a display channel's surface is shown, pixels of that screen; undefined: not in this view. */
  locate(channel: number, x: number, y: number): { screen: Screen; x: number; y: number } | undefined {
    const ofChannel = this.all.filter(({ head }) => head.channel === channel);
    const screen = ofChannel.find(
      ({ head }) => x >= head.x && y >= head.y && x < head.x + head.width && y < head.y + head.height,
    );
    return screen === undefined ? undefined : { screen, x: x - screen.head.x, y: y - screen.head.y };
  }

  clear(): void {
    this.update([]);
  }

  /** Takes and gives up canvases. One is kept while its display stays. */
  update(heads: readonly ChannelHead[]): void {
    for (const [id, screen] of this.#screens) {
      if (heads.some((head) => head.id === id)) continue;
      screen.canvas.remove();
      this.#screens.delete(id);
      this.#client.detachCanvas(id);
    }
    for (const head of heads) {
      const known = this.#screens.get(head.id);
      if (known === undefined) this.#add(head);
      else this.#screens.set(head.id, { head, canvas: known.canvas });
    }
  }

  /**
   * Sizes and places the canvases for a viewport, CSS pixels.
   * @param ratio device pixels for each CSS pixel
   */
  layout(scale: ScaleMode, viewport: { width: number; height: number }, ratio: number): void {
    const placed = arranged(this.all.map((screen) => ({ ...screen.head, canvas: screen.canvas })));
    const total = extent(placed);
    const size = screenSize(scale, total, viewport, ratio);
    const scaleX = total.width === 0 ? 0 : size.width / total.width;
    const scaleY = total.height === 0 ? 0 : size.height / total.height;
    // Edges lie on device pixels: neighbours leave no seam, and what is not scaled is not smoothed.
    const snap = (value: number): number => Math.round(value * ratio) / ratio;
    this.#container.style.width = `${size.width}px`;
    this.#container.style.height = `${size.height}px`;
    for (const { canvas, left, top, width, height } of placed) {
      const x = snap(left * scaleX);
      const y = snap(top * scaleY);
      const cssWidth = snap((left + width) * scaleX) - x;
      canvas.style.left = `${x}px`;
      canvas.style.top = `${y}px`;
      canvas.style.width = `${cssWidth}px`;
      canvas.style.height = `${snap((top + height) * scaleY) - y}px`;
      // Whole multiples stay crisp; anything between is smoothed.
      const factor = width === 0 ? 1 : (cssWidth * ratio) / width;
      canvas.classList.toggle('sharp', Math.abs(factor - Math.round(factor)) < 1e-6);
    }
  }

  #add(head: ChannelHead): void {
    const canvas = this.#container.ownerDocument.createElement('canvas');
    canvas.width = head.width;
    canvas.height = head.height;
    canvas.setAttribute('part', 'screen');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Display ${head.id + 1}`);
    canvas.dataset['display'] = String(head.id);
    this.#screens.set(head.id, { head, canvas });
    this.#container.append(canvas);
    this.#client.attachCanvas(head.id, canvas);
  }
}
