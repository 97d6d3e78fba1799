import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import type { Surface } from './surface.ts';

/** An image reference of a message after resolution: pixels of its own, or a surface (read when drawn). */
export type ResolvedImage = DecodedImage | Surface;
