import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { Bitmap } from './bitmap.ts';
import { palette } from './color.ts';
import type { CursorName } from './cursors.ts';
import { applyCommand, type DrawCommand } from './draw-command.ts';
import { offsetRect, rectOf } from './region.ts';
import { paintTitleBar } from './pictures.ts';
import type { KeyEvent } from './keyboard.ts';

export const TITLE_HEIGHT = 26;

/** Who shows windows on the screen. */
export interface WindowHost {
  /** The window's bitmap changed there by this command; its own coordinates. */
  drawn(window: DesktopWindow, command: DrawCommand): void;
  /** The window's bitmap changed there in some other way; its own coordinates. */
  changed(window: DesktopWindow, area: Rect): void;
}

export interface WindowOptions {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** none: no frame */
  readonly title?: string;
  readonly background: number;
}

/** A window: where it is and what it looks like, visible or not. Coordinates are its own unless said otherwise. */
export class DesktopWindow {
  x: number;
  y: number;
  readonly bitmap: Bitmap;
  readonly title: string | undefined;
  /** inside the frame */
  readonly content: Rect;
  #host: WindowHost | undefined;

  constructor({ x, y, width, height, title, background }: WindowOptions) {
    this.x = x;
    this.y = y;
    this.title = title;
    this.bitmap = new Bitmap(width, height);
    this.content =
      title === undefined
        ? this.bitmap.bounds
        : rectOf(1, TITLE_HEIGHT + 1, width - 2, height - TITLE_HEIGHT - 2);
    this.bitmap.fill(this.bitmap.bounds, palette.border);
    this.bitmap.fill(this.content, background);
    this.#paintFrame(false);
  }

  /** on the screen */
  get bounds(): Rect {
    return offsetRect(this.bitmap.bounds, this.x, this.y);
  }

  show(host: WindowHost): void {
    this.#host = host;
  }

  setActive(active: boolean): void {
    if (this.title === undefined) return;
    this.#paintFrame(active);
    this.changed(rectOf(0, 0, this.bitmap.width, TITLE_HEIGHT + 1));
  }

  inTitle(x: number, y: number): boolean {
    return this.title !== undefined && y <= TITLE_HEIGHT && x >= 0 && x < this.bitmap.width && y >= 0;
  }

  /** Draws on the window and, where it is visible, on the screen. */
  draw(command: DrawCommand): void {
    applyCommand(this.bitmap, command);
    this.#host?.drawn(this, command);
  }

  /** The bitmap was painted on directly: show it. */
  changed(area: Rect): void {
    this.#host?.changed(this, area);
  }

  cursorAt(x: number, y: number): CursorName {
    return this.inTitle(x, y) ? 'move' : 'arrow';
  }

  /** The pointer was pressed (button 1 to 7) or moved, with these buttons held. */
  pointer(_x: number, _y: number, _buttons: number, _pressed: number | undefined): void {}

  key(_event: KeyEvent): void {}

  /** Called some 20 times a second. */
  tick(_now: Date): void {}

  #paintFrame(active: boolean): void {
    if (this.title !== undefined) paintTitleBar(this.bitmap, TITLE_HEIGHT, this.title, active);
  }
}
