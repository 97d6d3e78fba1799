import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Region } from './region.ts';
import type { Surface } from './surface.ts';

/**
 * COPY_BITS: moves pixels inside a surface, as if from a snapshot whatever overlaps. Pixels whose source would lie
 * outside of the surface stay; so does a 1_A surface.
 */
export function copyBits(target: Surface, region: Region, message: DisplayMessage<'copyBits'>): void {
  const { box } = message.base;
  const dx = box.left - message.srcPos.x;
  const dy = box.top - message.srcPos.y;
  if (target.format === 'a1' || (dx === 0 && dy === 0)) return;
  const { rects, count } = region;
  // Against the direction of the move, no rectangle is written to before it was read: bands of rectangles
  // bottom up when pixels go down, and inside a band right to left when they go right.
  let first = 0;
  while (first < count) {
    const band = dy > 0 ? count - 1 - first : first;
    const top = rects[band * 4 + 1];
    let size = 1;
    while (first + size < count && rects[(dy > 0 ? band - size : band + size) * 4 + 1] === top) size++;
    const low = dy > 0 ? band - size + 1 : band;
    for (let i = 0; i < size; i++) {
      const at = (dx > 0 ? low + size - 1 - i : low + i) * 4;
      moveRect(target, rects[at], rects[at + 1], rects[at + 2], rects[at + 3], dx, dy);
    }
    first += size;
  }
}

/** Moves what lands in the rectangle from (dx, dy) back. */
function moveRect(
  target: Surface,
  left: number,
  top: number,
  right: number,
  bottom: number,
  dx: number,
  dy: number,
): void {
  const { pixels, width, height } = target;
  const x0 = Math.max(left, dx);
  const y0 = Math.max(top, dy);
  const x1 = Math.min(right, width + dx);
  const y1 = Math.min(bottom, height + dy);
  if (x0 >= x1 || y0 >= y1) return;
  const count = x1 - x0;
  if (count === width) {
    pixels.copyWithin(y0 * width, (y0 - dy) * width, (y1 - dy) * width);
    return;
  }
  const back = dy * width + dx;
  if (dy > 0) {
    for (let y = y1 - 1; y >= y0; y--) moveRow(pixels, y * width + x0, back, count);
  } else {
    for (let y = y0; y < y1; y++) moveRow(pixels, y * width + x0, back, count);
  }
}

function moveRow(pixels: Surface['pixels'], to: number, back: number, count: number): void {
  pixels.copyWithin(to, to - back, to - back + count);
}

/** What COPY_BITS reads of its surface. */
export function copiedRect({ base: { box }, srcPos }: DisplayMessage<'copyBits'>): Rect {
  return {
    left: srcPos.x,
    top: srcPos.y,
    right: srcPos.x + box.right - box.left,
    bottom: srcPos.y + box.bottom - box.top,
  };
}
