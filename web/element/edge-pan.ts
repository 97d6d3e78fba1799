import { Disposables, type Disposable } from '../common/disposables.ts';

/** How near the pointer must be to an edge, and how fast the picture moves then at the most: CSS pixels. */
const EDGE = 24;
const FASTEST = 24;

/** How far to scroll in one frame for a pointer at `at` between `low` and `high`. */
export function panStep(at: number, low: number, high: number): number {
  const before = low + EDGE - at;
  const after = at - (high - EDGE);
  const depth = Math.max(before, after);
  if (depth <= 0 || high - low < 3 * EDGE) return 0;
  return Math.ceil((Math.min(depth, EDGE) / EDGE) * FASTEST) * (before > after ? -1 : 1);
}

/**
 * Moves a picture that is larger than its viewport while the pointer is at an edge of it.
 * @param panned the picture moved under the pointer
 */
export function panAtEdges(viewport: HTMLElement, isOn: () => boolean, panned: () => void): Disposable {
  let at: { x: number; y: number } | undefined;
  let isMoving = false;
  const frame = (): void => {
    isMoving = false;
    if (at === undefined) return;
    const { left, top, right, bottom } = viewport.getBoundingClientRect();
    const { scrollLeft, scrollTop } = viewport;
    viewport.scrollBy(panStep(at.x, left, right), panStep(at.y, top, bottom));
    if (viewport.scrollLeft === scrollLeft && viewport.scrollTop === scrollTop) return;
    panned();
    isMoving = true;
    viewport.ownerDocument.defaultView?.requestAnimationFrame(frame);
  };
  const stop = (): void => {
    at = undefined;
  };
  const moved = ({ clientX: x, clientY: y }: PointerEvent): void => {
    at = isOn() ? { x, y } : undefined;
    if (!isMoving) frame();
  };
  const held = new Disposables();
  held.listen(viewport, 'pointermove', moved);
  held.listen(viewport, 'pointerleave', stop);
  held.defer(stop);
  return held;
}
