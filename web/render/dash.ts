import { lineFlag, type LineAttr } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { roundFix } from './bezier.ts';

/** Dashes (even entries) and gaps (odd ones) in turn, in pixels, and where each path starts in them. */
export interface Dashes {
  readonly lengths: readonly number[];
  /** of all entries */
  readonly total: number;
  readonly startIndex: number;
  /** pixels of the start entry that are already used up */
  readonly startOffset: number;
}

/**
 * The dash pattern of a line, or undefined for solid ones; a style without any length counts as solid. Lengths are
 * bytes. START_WITH_GAP moves the first entry to the end and starts behind the entry that then comes first.
 */
export function dashesOf(attr: LineAttr): Dashes | undefined {
  const { style } = attr;
  if (style === undefined) return undefined;
  const lengths = style.segments.map((length) => roundFix(length) & 0xff);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total === 0) return undefined;
  if ((attr.flags & lineFlag.startWithGap) === 0) return { lengths, total, startIndex: 0, startOffset: 0 };
  lengths.push(lengths.shift() as number);
  // Stepping on by the first entry's length: past it, and past empty entries that follow.
  let startIndex = 1 % lengths.length;
  while (lengths[startIndex] === 0) startIndex = (startIndex + 1) % lengths.length;
  return { lengths, total, startIndex, startOffset: 0 };
}
