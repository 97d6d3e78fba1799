/** How the guest's picture lies in the viewport. */
export interface Placement {
  /** client coordinates of the canvas' top left corner, CSS pixels */
  readonly left: number;
  readonly top: number;
  /** size on screen, CSS pixels */
  readonly width: number;
  readonly height: number;
  /** size of the guest's picture, guest pixels */
  readonly guestWidth: number;
  readonly guestHeight: number;
}

/** The guest pixel under a client position, clamped into the picture. */
export function toGuestPixel(at: Placement, clientX: number, clientY: number): { x: number; y: number } {
  return {
    x: clampPixel(((clientX - at.left) * at.guestWidth) / at.width, at.guestWidth),
    y: clampPixel(((clientY - at.top) * at.guestHeight) / at.height, at.guestHeight),
  };
}

function clampPixel(value: number, size: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(size - 1, Math.floor(value))) : 0;
}

/** DOM `buttons` bits to SPICE's button numbers. */
const domButtons: readonly (readonly [domBit: number, spiceButton: number])[] = [
  [1, 1],
  [4, 2],
  [2, 3],
  [8, 6],
  [16, 7],
];

/** SPICE's button mask for a DOM `buttons` mask. */
export function spiceButtonMask(domMask: number): number {
  return domButtons.reduce(
    (mask, [bit, button]) => ((domMask & bit) === 0 ? mask : mask | (1 << (button - 1))),
    0,
  );
}

/** The presses and releases that lead from one mask to another, each with the mask after it. */
export function buttonChanges(from: number, to: number): { button: number; down: boolean; mask: number }[] {
  const changes: { button: number; down: boolean; mask: number }[] = [];
  let mask = from;
  for (const [, button] of domButtons) {
    const bit = 1 << (button - 1);
    if ((mask & bit) === (to & bit)) continue;
    mask ^= bit;
    changes.push({ button, down: (mask & bit) !== 0, mask });
  }
  return changes;
}

/** Turns wheel distances of mice and touch pads into whole notches; keeps the rest for later. */
export class WheelNotches {
  #rest = 0;

  /** @param delta CSS pixels, lines or pages as `deltaMode` says; positive is down */
  add(delta: number, deltaMode: number): number {
    if (delta === 0) return 0;
    const pixels = deltaMode === 0 ? delta : deltaMode === 1 ? delta * LINE_PIXELS : delta * PAGE_PIXELS;
    // A mouse wheel moves in big equal steps: at least one notch each, whatever the browser's unit.
    if (Math.abs(pixels) >= SMALLEST_NOTCH) {
      this.#rest = 0;
      return Math.sign(pixels) * Math.max(1, Math.round(Math.abs(pixels) / NOTCH_PIXELS));
    }
    if (Math.sign(pixels) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += pixels;
    const notches = Math.trunc(this.#rest / SMALLEST_NOTCH);
    this.#rest -= notches * SMALLEST_NOTCH;
    return notches;
  }
}

const NOTCH_PIXELS = 120;
const SMALLEST_NOTCH = 48;
const LINE_PIXELS = 40;
const PAGE_PIXELS = 400;
