import { surfaceFormat } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { DirtyRegion } from './dirty-region.ts';
import { newPixels, type PixelArray, type Raster, type RasterFormat } from './raster.ts';

/** Neither side of a surface may be longer. */
export const MAX_SURFACE_SIDE = 32_768;
/** Nor may it have more pixels: 256 MiB at 32 bits. */
export const MAX_SURFACE_PIXELS = 1 << 26;

/** A surface of the display channel; new ones are all zero. */
export class Surface implements Raster {
  readonly id: number;
  readonly format: RasterFormat;
  readonly width: number;
  readonly height: number;
  readonly primary: boolean;
  readonly pixels: PixelArray;
  /** What was painted since the owner last took it; kept for primaries only. */
  readonly dirty: DirtyRegion;

  /** @throws ProtocolError ('too-large') */
  constructor(id: number, format: RasterFormat, width: number, height: number, primary = false) {
    checkSurfaceSize(width, height);
    this.id = id;
    this.format = format;
    this.width = width;
    this.height = height;
    this.primary = primary;
    this.pixels = newPixels(format, width * height);
    this.dirty = new DirtyRegion(width, height);
  }
}

/** The raster format of a SURFACE_CREATE. @throws ProtocolError ('bad-value') for an unknown one */
export function rasterFormatOf(code: number): RasterFormat {
  switch (code) {
    case surfaceFormat.xrgb32:
      return 'xrgb32';
    case surfaceFormat.argb32:
      return 'argb32';
    case surfaceFormat.x555:
      return 'rgb555';
    case surfaceFormat.x565:
      return 'rgb565';
    case surfaceFormat.a8:
      return 'a8';
    case surfaceFormat.a1:
      return 'a1';
    default:
      throw new ProtocolError('bad-value', 'a surface format (1, 8, 16, 32, 80, 96)', `${code}`);
  }
}

/** @throws ProtocolError ('too-large') */
export function checkSurfaceSize(width: number, height: number): void {
  if (width > MAX_SURFACE_SIDE || height > MAX_SURFACE_SIDE || width * height > MAX_SURFACE_PIXELS) {
    throw new ProtocolError(
      'too-large',
      `a surface of at most ${MAX_SURFACE_SIDE} pixels a side and ${MAX_SURFACE_PIXELS} pixels`,
      `${width}x${height}`,
    );
  }
}
