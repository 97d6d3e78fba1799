import { copyRows } from './blit.ts';
import { convertRow } from './pixel-row.ts';
import {
  is16,
  newPixels,
  sameWords,
  type DrawnAs,
  type PlacedRaster,
  type Raster,
  type RasterFormat,
} from './raster.ts';
import { Surface } from './surface.ts';

/** Whether an image's pixels are moved as they are: those of the same words, and between all 16-bit surfaces. */
function movesRaw(image: Raster, format: RasterFormat): boolean {
  return sameWords(image.format, format) || (image instanceof Surface && is16(image.format) && is16(format));
}

/** A rectangle of an image, inside of it, as a raster of its own in another format. */
export function convertArea(
  image: Raster,
  left: number,
  top: number,
  width: number,
  height: number,
  format: RasterFormat,
): Raster {
  const pixels = newPixels(format, width * height);
  const from = top * image.width + left;
  if (movesRaw(image, format)) {
    copyRows(pixels, 0, width, image.pixels, from, image.width, width, height);
  } else {
    for (let y = 0; y < height; y++) {
      const start = from + y * image.width;
      convertRow(image.format, image.pixels, start, width, format, pixels, y * width);
    }
  }
  return { format, width, height, pixels };
}

/**
 * An image with pixels of the target's format, to be drawn on it. Pixels of the same words are not copied, unless
 * they are the target's own.
 */
export function inFormatOf(target: DrawnAs, image: Raster): Raster {
  return movesRaw(image, target.format) && image.pixels !== target.pixels
    ? image
    : convertArea(image, 0, 0, image.width, image.height, target.format);
}

/**
 * An image laid over the target with its upper left corner at (left, top), in the target's format; only the part
 * inside the given extents needs to be right.
 */
export function placeInFormatOf(
  target: DrawnAs,
  image: Raster,
  left: number,
  top: number,
  extents: { left: number; top: number; right: number; bottom: number },
): PlacedRaster {
  if (movesRaw(image, target.format) && image.pixels !== target.pixels) {
    return { raster: image, left, top };
  }
  const x0 = Math.max(0, extents.left - left);
  const y0 = Math.max(0, extents.top - top);
  const width = Math.max(0, Math.min(image.width, extents.right - left) - x0);
  const height = Math.max(0, Math.min(image.height, extents.bottom - top) - y0);
  if (width === 0 || height === 0) {
    const none: Raster = { format: target.format, width: 0, height: 0, pixels: newPixels(target.format, 0) };
    return { raster: none, left, top };
  }
  return {
    raster: convertArea(image, x0, y0, width, height, target.format),
    left: left + x0,
    top: top + y0,
  };
}

/**
 * The format to which an image is converted before it is scaled or blended on a target: the target's, but images of the
 * same words keep theirs, and with it whether they have alpha; what has no alpha of its own gets none. Surfaces stay
 * as they are.
 */
export function keptFormat(target: RasterFormat, image: Raster): RasterFormat {
  if (image instanceof Surface || sameWords(target, image.format)) return image.format;
  return target === 'argb32' ? 'xrgb32' : target;
}
