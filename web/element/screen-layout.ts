import type { ScaleMode } from './public-types.ts';

/** The size on the page, CSS pixels, of a picture of the guest in a viewport. */
export const screenSize = (
  scale: ScaleMode,
  guest: { width: number; height: number },
  viewport: { width: number; height: number },
): { width: number; height: number } => {
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
  const factor = Math.min(viewport.width / guest.width, viewport.height / guest.height);
  return { width: guest.width * factor, height: guest.height * factor };
};
