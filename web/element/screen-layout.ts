import type { ScaleMode } from '../api/public-types.ts';

/** Device pixels by which a guest that follows its viewport is smaller: many have only multiples of 8. */
const FOLLOW_GAP = 8;

/**
 * The size on the page, CSS pixels, of a picture of the guest in a viewport.
 * @param ratio device pixels for each CSS pixel
 */
export function screenSize(
  scale: ScaleMode,
  guest: { width: number; height: number },
  viewport: { width: number; height: number },
  ratio = 1,
): { width: number; height: number } {
  if (
    scale === 'real' ||
    viewport.width === 0 ||
    viewport.height === 0 ||
    guest.width === 0 ||
    guest.height === 0
  ) {
    return { width: guest.width, height: guest.height };
  }
  if (scale === 'full') return { width: viewport.width, height: viewport.height };
  // A picture that all but fits is shown pixel for pixel rather than blurred.
  const gaps = [viewport.width * ratio - guest.width, viewport.height * ratio - guest.height];
  if (gaps.every((gap) => gap >= 0 && gap < FOLLOW_GAP)) {
    return { width: guest.width / ratio, height: guest.height / ratio };
  }
  const factor = Math.min(viewport.width / guest.width, viewport.height / guest.height);
  return { width: guest.width * factor, height: guest.height * factor };
}
