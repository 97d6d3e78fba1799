import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { DrawCommand } from './draw-command.ts';
import { translated } from './draw-command.ts';
import { Picture } from './picture.ts';
import {
  boundsOf,
  contains,
  heightOf,
  intersect,
  offset,
  offsetRect,
  rectOf,
  subtract,
  widthOf,
  type Region,
} from './region.ts';
import type { Screen } from './screen.ts';
import type { Bitmap } from './bitmap.ts';
import type { DesktopWindow, WindowHost } from './window.ts';

/** Windows above a ground, from bottom to top, and what of each is visible. */
export class WindowStack implements WindowHost {
  readonly ground: Bitmap;
  readonly #screen: Screen;
  /** bottom first; the panel stays on top */
  #windows: readonly DesktopWindow[] = [];

  constructor(screen: Screen, ground: Bitmap) {
    this.#screen = screen;
    this.ground = ground;
  }

  get all(): readonly DesktopWindow[] {
    return this.#windows;
  }

  /** The topmost window at a place of the screen. */
  at(x: number, y: number): DesktopWindow | undefined {
    return this.#windows.findLast((window) => contains(window.bounds, x, y));
  }

  /** Puts a window below the topmost `below` ones. */
  add(window: DesktopWindow, below: number): void {
    const at = this.#windows.length - below;
    this.#windows = [...this.#windows.slice(0, at), window, ...this.#windows.slice(at)];
    window.show(this);
    this.present(this.visible(window));
  }

  remove(window: DesktopWindow): void {
    const uncovered = this.visible(window);
    this.#windows = this.#windows.filter((one) => one !== window);
    this.present(uncovered);
  }

  /** Brings a window up, below the topmost `below` ones. */
  raise(window: DesktopWindow, below: number): void {
    const before = this.visible(window);
    const others = this.#windows.filter((one) => one !== window);
    const at = others.length - below;
    this.#windows = [...others.slice(0, at), window, ...others.slice(at)];
    this.present(subtract(this.visible(window), before));
  }

  /** What is visible before and after is copied on the screen, the rest drawn. */
  move(window: DesktopWindow, x: number, y: number): void {
    const dx = x - window.x;
    const dy = y - window.y;
    if (dx === 0 && dy === 0) return;
    const before = this.visible(window);
    window.x = x;
    window.y = y;
    const after = this.visible(window);
    const kept = intersect(offset(before, dx, dy), after);
    if (kept.length > 0) {
      const box = boundsOf(kept);
      const from = { x: box.left - dx, y: box.top - dy };
      this.#screen.draw({ kind: 'copy', box, clip: kept, from });
    }
    this.present(subtract(after, kept));
    this.present(subtract(before, after));
  }

  /** The parts of the screen where a window shows. */
  visible(window: DesktopWindow): Region {
    const above = this.#windows.slice(this.#windows.indexOf(window) + 1).map((one) => one.bounds);
    return subtract(intersect([window.bounds], [this.#screen.bitmap.bounds]), above);
  }

  /** The parts of the screen where the ground shows. */
  visibleGround(): Region {
    return subtract(
      [this.#screen.bitmap.bounds],
      this.#windows.map((window) => window.bounds),
    );
  }

  /** Draws those parts of the screen anew from the windows and the ground. */
  present(region: Region): void {
    for (const window of this.#windows) {
      for (const area of intersect(this.visible(window), region)) {
        this.#picture(area, window.bitmap.crop(offsetRect(area, -window.x, -window.y)), false);
      }
    }
    for (const area of intersect(this.visibleGround(), region))
      this.#picture(area, this.ground.crop(area), true);
  }

  drawn(window: DesktopWindow, command: DrawCommand): void {
    const visible = this.visible(window);
    const box = offsetRect(command.box, window.x, window.y);
    if (command.kind === 'copy' && !this.#isVisible(window, command)) {
      // What would be copied is not all on the screen.
      this.present(intersect(visible, [box]));
      return;
    }
    this.#screen.draw(translated(command, window.x, window.y, visible));
  }

  changed(window: DesktopWindow, area: Rect): void {
    this.present(intersect(this.visible(window), [offsetRect(area, window.x, window.y)]));
  }

  #isVisible(window: DesktopWindow, { box, from }: DrawCommand & { kind: 'copy' }): boolean {
    const source = rectOf(from.x + window.x, from.y + window.y, widthOf(box), heightOf(box));
    return subtract([source], this.visible(window)).length === 0;
  }

  #picture(box: Rect, bitmap: Bitmap, gradual: boolean): void {
    this.#screen.draw({ kind: 'picture', box, picture: new Picture(bitmap, { gradual }) });
  }
}
