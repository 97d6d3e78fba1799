import { blitSolid } from './blit.ts';
import type { Region } from './region.ts';
import { rop2 } from './rop.ts';
import type { Surface } from './surface.ts';

/** DRAW_BLACKNESS: all bits 0, alpha too. */
export function drawBlackness(target: Surface, region: Region): void {
  blitSolid(target, region, rop2.clear, 0);
}

/** DRAW_WHITENESS: all bits 1. */
export function drawWhiteness(target: Surface, region: Region): void {
  blitSolid(target, region, rop2.set, 0);
}

/** DRAW_INVERS: all bits flipped. */
export function drawInvers(target: Surface, region: Region): void {
  blitSolid(target, region, rop2.invert, 0);
}
