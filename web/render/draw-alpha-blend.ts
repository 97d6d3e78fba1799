import { alphaFlag, type DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { scaleMode } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { mulWord } from './alpha-math.ts';
import { placeInFormatOf } from './image-convert.ts';
import type { ResolvedImages } from './image-roles.ts';
import { clearUnusedByte, overRow } from './over-blend.ts';
import { widenRow } from './pixel-row.ts';
import type { Raster, RasterFormat } from './raster.ts';
import type { ResolvedImage } from './resolved-image.ts';
import type { Region } from './region.ts';
import { isEmptyRect, isSameSize, placeScaled } from './scale.ts';
import { Surface } from './surface.ts';

/**
 * DRAW_ALPHA_BLEND: the premultiplied source, times a constant alpha, over the destination. The source is not
 * converted first, so that its alpha counts on 16-bit surfaces too. Scaling is NEAREST always.
 */
export function drawAlphaBlend(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawAlphaBlend'>,
  images: ResolvedImages,
): void {
  const { src } = images;
  const { srcArea, base, alpha, alphaFlags } = message;
  if (src === undefined || alpha === 0) return;
  const { box } = base;
  const format = blendedFormat(src, alphaFlags);
  const { width, height, pixels } = src;
  const image: Raster = { format, width, height, pixels };
  if (isEmptyRect(srcArea)) return;
  const extents = region.extents();
  // Scaled, what lies outside of the image is transparent, also if the image is opaque.
  const source = isSameSize(srcArea, box)
    ? placeInFormatOf(
        { format, pixels: target.pixels },
        image,
        box.left - srcArea.left,
        box.top - srcArea.top,
        extents,
      )
    : placeScaled(extents, image, srcArea, box, scaleMode.nearest, 'argb32', format);
  const { raster, left, top } = source;
  const row = new Uint32Array(extents.right - extents.left);
  const { rects } = region;
  for (let at = 0; at < region.count * 4; at += 4) {
    const x0 = Math.max(rects[at], left);
    const y0 = Math.max(rects[at + 1], top);
    const count = Math.min(rects[at + 2], left + raster.width) - x0;
    const y1 = Math.min(rects[at + 3], top + raster.height);
    if (count <= 0) continue;
    for (let y = y0; y < y1; y++) {
      widenRow(raster.format, raster.pixels, (y - top) * raster.width + x0 - left, count, row, 0);
      if (alpha !== 255) for (let i = 0; i < count; i++) row[i] = mulWord(row[i], alpha);
      overRow(target, y * target.width + x0, row, 0, count);
    }
  }
  if ((alphaFlags & alphaFlag.destHasAlpha) === 0) {
    clearUnusedByte(target, box.left, box.top, box.right, box.bottom);
  }
}

/** SRC_SURFACE_HAS_ALPHA makes the fourth byte of an xRGB surface count. */
function blendedFormat(image: ResolvedImage, flags: number): RasterFormat {
  return image instanceof Surface && image.format === 'xrgb32' && (flags & alphaFlag.srcSurfaceHasAlpha) !== 0
    ? 'argb32'
    : image.format;
}
