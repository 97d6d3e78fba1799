import { surfaceFlag, type DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { bytesPerPixel, type RasterFormat } from './raster.ts';
import { checkSurfaceSize, rasterFormatOf, Surface } from './surface.ts';

/** Memory of all surfaces of a display channel together. */
export const MAX_SURFACE_BYTES = 1 << 30;
export const MAX_SURFACES = 16_384;

/** The surfaces of one display channel. */
export class SurfaceStore {
  readonly #byId = new Map<number, Surface>();
  #bytes = 0;
  #livePrimary: Surface | undefined;

  get primary(): Surface | undefined {
    return this.#livePrimary;
  }

  get(id: number): Surface | undefined {
    return this.#byId.get(id);
  }

  values(): IterableIterator<Surface> {
    return this.#byId.values();
  }

  /**
   * SURFACE_CREATE. A primary of the live primary's size changes nothing; another size replaces it.
   * An existing other surface of that id is replaced.
   * @throws ProtocolError for an unknown format or beyond the limits
   */
  create(message: DisplayMessage<'surfaceCreate'>): Surface {
    const primary = (message.flags & surfaceFlag.primary) !== 0;
    return this.#add(
      message.surfaceId,
      rasterFormatOf(message.format),
      message.width,
      message.height,
      primary,
    );
  }

  /** SURFACE_DESTROY; an unknown id is ignored. */
  destroy(id: number): void {
    const surface = this.#byId.get(id);
    if (surface !== undefined) this.#drop(surface);
  }

  /** MODE: a primary with id 0. */
  mode(message: DisplayMessage<'mode'>): Surface {
    return this.#add(0, message.bits === 32 ? 'xrgb32' : 'rgb555', message.xRes, message.yRes, true);
  }

  /** RESET: the primary turns black. */
  reset(): void {
    const primary = this.#livePrimary;
    if (primary === undefined) return;
    primary.pixels.fill(0);
    primary.dirty.addAll();
  }

  clear(): void {
    this.#byId.clear();
    this.#livePrimary = undefined;
    this.#bytes = 0;
  }

  #add(id: number, format: RasterFormat, width: number, height: number, primary: boolean): Surface {
    const old = this.#livePrimary;
    if (primary && old !== undefined && old.width === width && old.height === height) return old;
    checkSurfaceSize(width, height);
    if (primary && old !== undefined) this.#drop(old);
    this.destroy(id);
    const bytes = width * height * bytesPerPixel(format);
    if (this.#bytes + bytes > MAX_SURFACE_BYTES || this.#byId.size >= MAX_SURFACES) {
      throw new ProtocolError(
        'too-large',
        `at most ${MAX_SURFACES} surfaces with ${MAX_SURFACE_BYTES} bytes together`,
        `${this.#byId.size + 1} with ${this.#bytes + bytes}`,
      );
    }
    const surface = new Surface(id, format, width, height, primary);
    this.#byId.set(id, surface);
    this.#bytes += bytes;
    if (primary) {
      this.#livePrimary = surface;
      surface.dirty.addAll();
    }
    return surface;
  }

  #drop(surface: Surface): void {
    this.#byId.delete(surface.id);
    this.#bytes -= surface.pixels.byteLength;
    if (this.#livePrimary === surface) this.#livePrimary = undefined;
  }
}
