import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import type { Bitmap } from './bitmap.ts';
import { BounceWindow } from './bounce-window.ts';
import type { CursorName } from './cursors.ts';
import { Keyboard, type KeyEvent } from './keyboard.ts';
import { NoticeWindow } from './notice-window.ts';
import { PanelWindow, PANEL_HEIGHT, type PanelStatus } from './panel-window.ts';
import { ICON_HEIGHT, ICON_WIDTH, paintIcon, type IconName, type IconPictures } from './pictures.ts';
import { Picture } from './picture.ts';
import { PointersWindow } from './pointers-window.ts';
import { contains, intersect, rectOf } from './region.ts';
import { Screen } from './screen.ts';
import { SketchWindow } from './sketch-window.ts';
import { TerminalWindow } from './terminal-window.ts';
import { paintWallpaper } from './wallpaper.ts';
import { VideoWindow } from './video-window.ts';
import { TITLE_HEIGHT, type DesktopWindow } from './window.ts';
import { WindowStack } from './window-stack.ts';

export const DESKTOP_WIDTH = 1024;
export const DESKTOP_HEIGHT = 768;

/** A notice goes away by itself after these many ticks. */
const NOTICE_TICKS = 100;
const MAX_COORDINATE = 0x7fff;

interface Icon {
  readonly box: Rect;
  readonly window: DesktopWindow;
  readonly pictures: IconPictures;
}

/** What channels are told of. */
export interface DesktopEvents {
  cursorChanged(name: CursorName): void;
  /** in server mouse mode only: where the pointer is now */
  pointerMoved(): void;
  locksChanged(): void;
  mouseModeChanged(): void;
}

/** The one desktop that all clients see: windows, pointer, keyboard. Knows nothing of channels. */
export class Desktop {
  readonly screen = new Screen(DESKTOP_WIDTH, DESKTOP_HEIGHT);
  readonly keyboard = new Keyboard();
  readonly terminal = new TerminalWindow(130, 50);
  readonly video = new VideoWindow(20, 400);
  /** what clients get first; icons and windows come on top */
  readonly wallpaper: Picture;
  readonly stack: WindowStack;
  readonly icons: readonly Icon[];
  cursor: CursorName = 'arrow';
  mouseMode: number = mouseMode.client;
  pointer = { x: DESKTOP_WIDTH / 2, y: DESKTOP_HEIGHT / 2, buttons: 0 };
  viewers = 0;
  latency: number | undefined;
  readonly #events: DesktopEvents;
  readonly #bounce = new BounceWindow(694, 64);
  readonly #panel = new PanelWindow(DESKTOP_WIDTH, DESKTOP_HEIGHT);
  #lastKey = '';
  #shownStatus = '';
  #hovered: Icon | undefined;
  #active: DesktopWindow | undefined;
  /** the window under drag, and where in it the pointer holds it */
  #drag: { readonly window: DesktopWindow; readonly dx: number; readonly dy: number } | undefined;
  #notice: { readonly window: DesktopWindow; ticksLeft: number } | undefined;

  constructor(events: DesktopEvents) {
    this.#events = events;
    const wallpaper = paintWallpaper(DESKTOP_WIDTH, DESKTOP_HEIGHT);
    this.wallpaper = new Picture(wallpaper.crop(wallpaper.bounds), { gradual: true });
    const pointers = new PointersWindow(626, 396);
    const sketch = new SketchWindow(196, 452);
    const names: [IconName, DesktopWindow][] = [
      ['Terminal', this.terminal],
      ['Sketch', sketch],
      ['Pointers', pointers],
    ];
    this.icons = names.map(([name, window], i) => this.#addIcon(name, window, i, wallpaper));
    this.stack = new WindowStack(this.screen, wallpaper);
    this.screen.bitmap.blit(wallpaper, 0, 0);
    this.stack.add(this.#panel, 0);
    for (const window of [this.video, pointers, sketch, this.#bounce, this.terminal])
      this.stack.add(window, 1);
    this.#activate(this.terminal);
    this.#panel.tick(new Date());
    this.showStatus();
  }

  /** Absolute, in pixels of the screen; ignored in server mouse mode, as guests without a tablet do. */
  pointTo(x: number, y: number, buttons: number): void {
    if (this.mouseMode === mouseMode.client) this.#movePointer(x, y, buttons);
  }

  /** Relative; ignored in client mouse mode. */
  pointBy(dx: number, dy: number, buttons: number): void {
    if (this.mouseMode !== mouseMode.server) return;
    this.#movePointer(this.pointer.x + dx, this.pointer.y + dy, buttons);
    this.#events.pointerMoved();
  }

  /** @param button 1 to 7 */
  button(button: number, down: boolean): void {
    const bit = 1 << (button - 1);
    const buttons = down ? this.pointer.buttons | bit : this.pointer.buttons & ~bit;
    this.pointer = { ...this.pointer, buttons };
    if (down && button === 1) this.#pressLeft();
    if (!down && button === 1) this.#drag = undefined;
    this.#tellWindow(down ? button : undefined);
  }

  /** One byte of a set 1 scan code. */
  scancode(byte: number): void {
    const before = this.keyboard.locks;
    const event = this.keyboard.press(byte);
    if (this.keyboard.locks !== before) this.#events.locksChanged();
    if (event !== undefined) this.#key(event);
  }

  setLocks(locks: number): void {
    if (this.keyboard.locks === locks) return;
    this.keyboard.locks = locks;
    this.#events.locksChanged();
  }

  setMouseMode(mode: number): void {
    if (mode === this.mouseMode || (mode !== mouseMode.server && mode !== mouseMode.client)) return;
    this.mouseMode = mode;
    this.#events.mouseModeChanged();
    this.#events.pointerMoved();
  }

  /** A client went: what it held is let go. */
  releaseInputs(): void {
    this.keyboard.releaseAll();
    this.#drag = undefined;
    this.pointer = { ...this.pointer, buttons: 0 };
  }

  /** Moves what moves by itself; about 20 times a second while somebody looks. */
  animate(now: Date): void {
    this.#bounce.tick();
    this.#panel.tick(now);
    if (this.#notice !== undefined) {
      this.#notice.ticksLeft--;
      if (this.#notice.ticksLeft <= 0) this.#closeNotice();
    }
  }

  /** Brings the status line up to date. */
  showStatus(): void {
    const { x, y, buttons } = this.pointer;
    const status: PanelStatus = {
      x,
      y,
      buttons,
      lastKey: this.#lastKey,
      locks: this.keyboard.locks,
      clientMouse: this.mouseMode === mouseMode.client,
      viewers: this.viewers,
      latency: this.latency,
    };
    const text = JSON.stringify(status);
    if (text === this.#shownStatus) return;
    this.#shownStatus = text;
    this.#panel.showStatus(status);
  }

  showNotice(text: string): void {
    this.#closeNotice();
    const window = new NoticeWindow(DESKTOP_WIDTH, DESKTOP_HEIGHT, text);
    this.stack.add(window, 1);
    this.#activate(window);
    this.#notice = { window, ticksLeft: NOTICE_TICKS };
  }

  #addIcon(name: IconName, window: DesktopWindow, index: number, ground: Bitmap): Icon {
    const box = rectOf(20, 56 + index * (ICON_HEIGHT + 24), ICON_WIDTH, ICON_HEIGHT);
    const pictures = paintIcon(name, ground.crop(box));
    ground.blit(pictures.idle.bitmap, box.left, box.top);
    return { box, window, pictures };
  }

  #key(event: KeyEvent): void {
    if (event.down) this.#lastKey = event.name;
    if (event.down && event.name === 'F9') {
      this.setMouseMode(this.mouseMode === mouseMode.client ? mouseMode.server : mouseMode.client);
    }
    if (event.down && event.name === 'Delete' && event.ctrl && event.alt) {
      this.showNotice('Ctrl+Alt+Del arrived. A real guest would show its security screen.');
      return;
    }
    this.terminal.key(event);
  }

  #movePointer(x: number, y: number, buttons: number): void {
    const limit = (value: number, end: number): number =>
      Math.max(0, Math.min(end - 1, Math.max(-MAX_COORDINATE, Math.min(MAX_COORDINATE, value))));
    this.pointer = { x: limit(x, DESKTOP_WIDTH), y: limit(y, DESKTOP_HEIGHT), buttons: buttons & 0x7f };
    if (this.#drag !== undefined && (buttons & 1) === 0) this.#drag = undefined;
    if (this.#drag !== undefined) this.#dragTo(this.#drag);
    else this.#tellWindow(undefined);
    this.#hover();
  }

  #dragTo({ window, dx, dy }: { window: DesktopWindow; dx: number; dy: number }): void {
    // Some of the title stays in reach.
    const x = Math.max(80 - window.bitmap.width, Math.min(DESKTOP_WIDTH - 80, this.pointer.x - dx));
    const y = Math.max(0, Math.min(DESKTOP_HEIGHT - PANEL_HEIGHT - TITLE_HEIGHT, this.pointer.y - dy));
    this.stack.move(window, x, y);
  }

  #pressLeft(): void {
    const { x, y } = this.pointer;
    const window = this.stack.at(x, y);
    if (window === undefined) {
      const icon = this.icons.find(({ box }) => contains(box, x, y));
      if (icon !== undefined) this.#activate(icon.window);
      return;
    }
    if (window === this.#notice?.window && !window.inTitle(x - window.x, y - window.y)) {
      this.#closeNotice();
      return;
    }
    if (window !== this.#panel) this.#activate(window);
    if (window.inTitle(x - window.x, y - window.y)) {
      this.#drag = { window, dx: x - window.x, dy: y - window.y };
    }
  }

  #tellWindow(pressed: number | undefined): void {
    const { x, y, buttons } = this.pointer;
    const window = this.stack.at(x, y);
    for (const one of this.stack.all) {
      one.pointer(x - one.x, y - one.y, one === window && one === this.#active ? buttons : 0, pressed);
    }
  }

  #hover(): void {
    const { x, y } = this.pointer;
    const window = this.stack.at(x, y);
    const icon = window === undefined ? this.icons.find(({ box }) => contains(box, x, y)) : undefined;
    if (icon !== this.#hovered) {
      if (this.#hovered !== undefined) this.#drawIcon(this.#hovered, false);
      if (icon !== undefined) this.#drawIcon(icon, true);
      this.#hovered = icon;
    }
    const name = window?.cursorAt(x - window.x, y - window.y) ?? 'arrow';
    if (name === this.cursor) return;
    this.cursor = name;
    this.#events.cursorChanged(name);
  }

  #drawIcon({ box, pictures }: Icon, hovered: boolean): void {
    const picture = hovered ? pictures.hovered : pictures.idle;
    this.stack.ground.blit(picture.bitmap, box.left, box.top);
    const clip = intersect(this.stack.visibleGround(), [box]);
    this.screen.draw({ kind: 'picture', box, clip, picture });
  }

  #activate(window: DesktopWindow): void {
    this.stack.raise(window, 1);
    if (this.#active === window) return;
    this.#active?.setActive(false);
    this.#active = window;
    window.setActive(true);
  }

  #closeNotice(): void {
    if (this.#notice === undefined) return;
    const { window } = this.#notice;
    this.#notice = undefined;
    this.stack.remove(window);
    if (this.#active === window) this.#activate(this.terminal);
    if (this.#drag?.window === window) this.#drag = undefined;
  }
}
