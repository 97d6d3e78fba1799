import { mouseButton } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from './input-policy.ts';
import { buttonChanges, spiceButtonMask, toGuestPixel, WheelNotches } from './pointer-geometry.ts';

/** Where the pointer's work goes: the inputs channel. */
export interface PointerSink {
  /** absolute, in the picture of that display (client mouse mode) */
  sendPosition(x: number, y: number, buttons: number, display: number): void;
  /** relative, guest pixels (server mouse mode) */
  sendMotion(dx: number, dy: number, buttons: number): void;
  sendButton(button: number, down: boolean, buttons: number): void;
}

export interface PointerScreen {
  /** the canvas, whose width and height are the guest's */
  readonly canvas: HTMLCanvasElement;
  readonly display: number;
}

export interface PointerOptions {
  /** the element that gets the events */
  readonly surface: HTMLElement;
  readonly sink: PointerSink;
  readonly policy: Pick<InputPolicy, 'enabled'>;
  /** the screen under an event, or the only one */
  screenOf(event: MouseEvent): PointerScreen | undefined;
  /** the screen at a place or nearest to it, client coordinates: where a drag goes on */
  nearest(clientX: number, clientY: number): PointerScreen | undefined;
  isRelative(): boolean;
  /** the pointer moved over the screen, client coordinates */
  moved?(clientX: number, clientY: number, display: number): void;
}

/**
 * Pointer events to SPICE. Button messages are differences of `buttons` masks, so chords, lost
 * events and releases outside the window all come out right.
 */
export class Pointer implements Disposable {
  readonly #options: PointerOptions;
  readonly #wheelX = new WheelNotches();
  readonly #wheelY = new WheelNotches();
  #buttons = 0;
  /** a drag began on a screen: it goes on, over all of them, until all buttons are up */
  #isDragging = false;
  #restX = 0;
  #restY = 0;
  /** where the pointer was last, client coordinates */
  #last: { readonly clientX: number; readonly clientY: number } | undefined;
  readonly #held = new Disposables();

  constructor(options: PointerOptions) {
    this.#options = options;
    const { surface } = options;
    for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel']) {
      this.#held.listen(surface, type, (event) => this.#onPointer(event));
    }
    this.#held.listen(surface, 'wheel', (event) => this.#onWheel(event), { passive: false });
    // The side buttons go back and forward in the page's history otherwise.
    for (const type of ['contextmenu', 'mousedown', 'mouseup', 'auxclick', 'dragstart']) {
      this.#held.listen(surface, type, (event) => this.#isOn(event) && event.preventDefault());
    }
    const page = surface.ownerDocument.defaultView;
    if (page !== null) this.#held.listen(page, 'blur', () => this.releaseAll());
  }

  dispose(): void {
    this.releaseAll();
    this.#held.dispose();
  }

  /** To be called whenever the guest is to get no more of the pointer, too. */
  releaseAll(): void {
    this.#changeButtons(0);
    this.#isDragging = false;
  }

  /** The picture moved under a pointer that rests. */
  pictureMoved(): void {
    const last = this.#last;
    if (last === undefined || !this.#options.policy.enabled || this.#options.isRelative()) return;
    const screen = this.#options.nearest(last.clientX, last.clientY);
    if (screen !== undefined) this.#moveAbsolute(last, screen);
  }

  get isLocked(): boolean {
    return rootOf(this.#options.surface).pointerLockElement === this.#options.surface;
  }

  #isOn(event: MouseEvent): boolean {
    return this.#options.policy.enabled && this.#options.screenOf(event) !== undefined;
  }

  #onPointer(event: PointerEvent): void {
    const buttons = event.type === 'pointercancel' ? 0 : spiceButtonMask(event.buttons);
    // What the guest has down comes up there, whatever has been switched off meanwhile.
    if (!this.#options.policy.enabled) return this.#changeButtons(this.#buttons & buttons);
    const screen = this.#isDragging
      ? this.#options.nearest(event.clientX, event.clientY)
      : this.#options.screenOf(event);
    if (screen === undefined) return;
    const { surface } = this.#options;
    if (event.type === 'pointerdown') {
      if (!surface.matches(':focus-within')) surface.focus({ preventScroll: true });
      event.preventDefault();
      if (this.#options.isRelative() && !this.isLocked) {
        // The click that takes the pointer is not the guest's.
        void surface.requestPointerLock();
        return;
      }
      if (!this.isLocked && event.isTrusted) surface.setPointerCapture(event.pointerId);
    }
    if (this.#options.isRelative()) this.#moveRelative(event);
    else this.#moveAbsolute(event, screen);
    this.#changeButtons(buttons);
    this.#isDragging = buttons !== 0;
  }

  #moveAbsolute(event: { clientX: number; clientY: number }, screen: PointerScreen): void {
    this.#last = { clientX: event.clientX, clientY: event.clientY };
    const { canvas } = screen;
    const bounds = canvas.getBoundingClientRect();
    const place = {
      left: bounds.left,
      top: bounds.top,
      width: bounds.width,
      height: bounds.height,
      guestWidth: canvas.width,
      guestHeight: canvas.height,
    };
    const at = toGuestPixel(place, event.clientX, event.clientY);
    this.#options.sink.sendPosition(at.x, at.y, this.#buttons, screen.display);
    this.#options.moved?.(event.clientX, event.clientY, screen.display);
  }

  #moveRelative(event: PointerEvent): void {
    if (!this.isLocked) return;
    this.#restX += event.movementX;
    this.#restY += event.movementY;
    const dx = Math.trunc(this.#restX);
    const dy = Math.trunc(this.#restY);
    this.#restX -= dx;
    this.#restY -= dy;
    if (dx !== 0 || dy !== 0) this.#options.sink.sendMotion(dx, dy, this.#buttons);
  }

  #changeButtons(to: number): void {
    for (const change of buttonChanges(this.#buttons, to)) {
      this.#options.sink.sendButton(change.button, change.down, change.mask);
    }
    this.#buttons = to;
  }

  #onWheel(event: WheelEvent): void {
    if (!this.#isOn(event) && !this.isLocked) return;
    event.preventDefault();
    const notches = this.#wheelY.add(event.deltaY, event.deltaMode);
    // SPICE has no horizontal wheel; Shift+wheel is what guests take for it, and that arrives as keys.
    if (event.shiftKey && notches === 0) this.#turn(this.#wheelX.add(event.deltaX, event.deltaMode));
    this.#turn(notches);
  }

  #turn(notches: number): void {
    const button = notches < 0 ? mouseButton.up : mouseButton.down;
    for (let i = Math.min(MAX_NOTCHES, Math.abs(notches)); i > 0; i--) {
      this.#options.sink.sendButton(button, true, this.#buttons);
      this.#options.sink.sendButton(button, false, this.#buttons);
    }
  }
}

const MAX_NOTCHES = 20;

/** By the property: in another window `instanceof` knows other classes. */
function rootOf(element: HTMLElement): DocumentOrShadowRoot {
  const root = element.getRootNode();
  return 'pointerLockElement' in root ? (root as unknown as DocumentOrShadowRoot) : element.ownerDocument;
}
