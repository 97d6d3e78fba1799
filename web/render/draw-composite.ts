import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { compositeFlag } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { blendModeRow } from './composite-blend-modes.ts';
import { floatOperator, isHslOperator } from './composite-float.ts';
import { compositeFloats } from './composite-wide.ts';
import {
  applyComponentMask,
  applyMask,
  plainOperator,
  porterDuffRow,
  type CombineRow,
} from './composite-operators.ts';
import { CompositeSource } from './composite-source.ts';
import { keptFormat } from './image-convert.ts';
import type { ResolvedImages } from './image-roles.ts';
import { narrowRow, widenRow } from './pixel-row.ts';
import type { RasterFormat } from './raster.ts';
import type { Region } from './region.ts';
import { Surface } from './surface.ts';

const OVER_REVERSE = 4;
/** The same as OVER_REVERSE for opaque sources, only rounded otherwise. */
const SATURATE = 13;

/**
 * DRAW_COMPOSITE (docs/protocol/drawing.md#composite): a source, through a mask, combined with the box by a RENDER
 * operator. An unknown operator paints nothing.
 */
export function drawComposite(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawComposite'>,
  images: ResolvedImages,
): void {
  const { src } = images;
  const { flags, base, srcOrigin, maskOrigin, srcTransform, maskTransform } = message;
  if (src === undefined || (message.mask !== undefined && images.mask === undefined)) return;
  const sourceFormat = formatOfSource(target.format, src, flags);
  const source = new CompositeSource(
    src,
    sourceFormat,
    target.pixels,
    srcOrigin,
    srcTransform,
    (flags >> 8) & 7,
    (flags >> 14) & 3,
  );
  let mask: CompositeSource | undefined;
  let componentAlpha = false;
  if (images.mask !== undefined && message.mask !== undefined) {
    mask = new CompositeSource(
      images.mask,
      keptFormat(target.format, images.mask),
      target.pixels,
      maskOrigin,
      maskTransform,
      (flags >> 11) & 7,
      (flags >> 16) & 3,
    );
    componentAlpha = (flags & compositeFlag.componentAlpha) !== 0;
  }
  const { box } = base;
  const boxWidth = box.right - box.left;
  const boxHeight = box.bottom - box.top;
  const opaque =
    !componentAlpha && source.isOpaque(boxWidth, boxHeight) && (mask?.isOpaque(boxWidth, boxHeight) ?? true);
  const given = plainOperator(flags & 0xff);
  const operator = opaque && given === SATURATE ? OVER_REVERSE : given;
  const byteRow = porterDuffRow(operator) ?? blendModeRow(operator);
  if (byteRow === undefined) {
    const combine = floatOperator(operator, componentAlpha);
    if (combine === undefined) return;
    compositeFloats(target, region, box, source, mask, combine, isHslOperator(operator));
    return;
  }
  const combine = maskedRow(byteRow, componentAlpha);
  const extents = region.extents();
  const width = extents.right - extents.left;
  const s = new Uint32Array(width);
  const m = mask === undefined ? undefined : new Uint32Array(width);
  const d = new Uint32Array(width);
  const { left, top } = box;
  const destinationFormat =
    target.format === 'xrgb32' && usesNoDestinationAlpha(operator) ? 'argb32' : target.format;
  const { rects } = region;
  for (let at = 0; at < region.count * 4; at += 4) {
    const x0 = rects[at];
    const count = rects[at + 2] - x0;
    for (let y = rects[at + 1]; y < rects[at + 3]; y++) {
      const to = y * target.width + x0;
      source.row(x0 - left, y - top, count, s);
      if (m !== undefined) mask?.row(x0 - left, y - top, count, m);
      widenRow(destinationFormat, target.pixels, to, count, d, 0);
      combine(s, m, d, count);
      if (destinationFormat === 'xrgb32') for (let i = 0; i < count; i++) d[i] &= 0xffffff;
      narrowRow(d, 0, count, target.format, target.pixels, to);
    }
  }
}

/** A row of source words, of mask words if there is a mask (both may be changed), and of destination words. */
type MaskedRow = (
  source: Uint32Array,
  mask: Uint32Array | undefined,
  destination: Uint32Array,
  count: number,
) => void;

function maskedRow(combine: CombineRow, componentAlpha: boolean): MaskedRow {
  return (source, mask, destination, count) => {
    if (mask === undefined) combine(source, undefined, destination, count);
    else if (componentAlpha) {
      applyComponentMask(source, mask, count);
      combine(source, mask, destination, count);
    } else {
      applyMask(source, mask, count);
      combine(source, undefined, destination, count);
    }
  };
}

/** SOURCE_OPAQUE counts for surfaces only. */
function formatOfSource(
  target: RasterFormat,
  src: Parameters<typeof keptFormat>[1],
  flags: number,
): RasterFormat {
  const format = keptFormat(target, src);
  return format === 'argb32' && src instanceof Surface && (flags & compositeFlag.sourceOpaque) !== 0
    ? 'xrgb32'
    : format;
}

/**
 * CLEAR, SRC, DST, OVER, IN_REVERSE, OUT_REVERSE and ADD do not look at the destination's alpha. The unused byte of
 * xRGB goes through them like alpha; the other operators leave 0 there.
 */
function usesNoDestinationAlpha(operator: number): boolean {
  return operator <= 3 || operator === 6 || operator === 8 || operator === 12;
}
