import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { scaleMode } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { ResolvedImages } from './image-roles.ts';
import { narrow555, narrow565 } from './pixel-row.ts';
import type { RasterFormat } from './raster.ts';
import type { Region } from './region.ts';
import { placeSource } from './scale.ts';
import type { Surface } from './surface.ts';

/** DRAW_TRANSPARENT: like DRAW_COPY, but pixels of the key colour are left out. Scaling is NEAREST always. */
export function drawTransparent(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawTransparent'>,
  images: ResolvedImages,
): void {
  if (images.src === undefined) return;
  const { srcArea, base, trueColor } = message;
  const source = placeSource(target, region, images.src, srcArea, base.box, scaleMode.nearest);
  if (source === undefined) return;
  const { key, compared } = colorKey(target.format, trueColor);
  const { raster, left, top } = source;
  const d = target.pixels;
  const s = raster.pixels;
  const { rects } = region;
  for (let at = 0; at < region.count * 4; at += 4) {
    const x0 = Math.max(rects[at], left);
    const y0 = Math.max(rects[at + 1], top);
    const x1 = Math.min(rects[at + 2], left + raster.width);
    const y1 = Math.min(rects[at + 3], top + raster.height);
    for (let y = y0; y < y1; y++) {
      const to = y * target.width;
      const from = (y - top) * raster.width - left;
      for (let x = x0; x < x1; x++) {
        const pixel = s[from + x];
        if ((pixel & compared) !== key) d[to + x] = pixel;
      }
    }
  }
}

/** The key as a pixel of the target, and which bits of a pixel are compared with it. */
function colorKey(format: RasterFormat, color: number): { key: number; compared: number } {
  switch (format) {
    case 'xrgb32':
    case 'argb32':
      return { key: color & 0xffffff, compared: 0xffffff };
    case 'rgb555':
      return { key: narrow555(color), compared: 0xffff };
    case 'rgb565':
      return { key: narrow565(color), compared: 0xffff };
    case 'a8':
    case 'a1':
      return { key: 0, compared: 0xff };
  }
}
