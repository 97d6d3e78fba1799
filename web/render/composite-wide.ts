import type { CombineFloats } from './composite-float.ts';
import { floatsOf, wordsOfFloats } from './composite-pixel-floats.ts';
import type { CompositeSource } from './composite-source.ts';
import { narrowRow, widenRow } from './pixel-row.ts';
import type { Region } from './region.ts';
import type { Surface } from './surface.ts';

/**
 * Combines a box of a surface in single precision.
 * @param showsSkipped whether the operator shows what the source leaves under an empty mask
 */
export function compositeFloats(
  target: Surface,
  region: Region,
  box: { readonly left: number; readonly top: number },
  source: CompositeSource,
  mask: CompositeSource | undefined,
  combine: CombineFloats,
  showsSkipped: boolean,
): void {
  const { format, pixels } = target;
  const { left, top, right, bottom } = region.extents();
  const width = right - left;
  const words = new Uint32Array(width);
  const s = new Float32Array(4 * width);
  const m = mask === undefined ? undefined : new Float32Array(4 * width);
  const d = new Float32Array(4 * width);
  const toFloats = floatsOf(format);
  const skipped = mask !== undefined && m !== undefined && showsSkipped && source.skipsMasked;
  const fetched = skipped ? new Float32Array(4 * width) : s;
  const { rects } = region;
  const end = region.count * 4;
  let band = 0;
  for (let y = skipped ? Math.max(0, box.top) : top; y < bottom; y++) {
    if (skipped) {
      mask.floatRow(left - box.left, y - box.top, width, m, 0);
      source.floatRow(left - box.left, y - box.top, width, fetched, 0);
      copyUnmasked(fetched, m, s);
    }
    while (rects[band + 3] <= y) band += 4;
    for (let at = band; at < end && rects[at + 1] <= y; at += 4) {
      const x = rects[at];
      const count = rects[at + 2] - x;
      const from = 4 * (x - left);
      if (!skipped) {
        if (m !== undefined) mask?.floatRow(x - box.left, y - box.top, count, m, from);
        source.floatRow(x - box.left, y - box.top, count, s, from);
      }
      widenRow(format, pixels, y * target.width + x, count, words, 0);
      toFloats(words, count, d, from);
      combine(s, m, d, from, from + 4 * count);
      wordsOfFloats(d, from, count, words);
      // The reference leaves 0 in unused bytes.
      if (format === 'xrgb32') for (let i = 0; i < count; i++) words[i] &= 0xffffff;
      narrowRow(words, 0, count, format, pixels, y * target.width + x);
    }
  }
}

/** Takes over the pixels whose mask is not all zero. */
function copyUnmasked(fetched: Float32Array, mask: Float32Array, out: Float32Array): void {
  for (let i = 0; i < mask.length; i += 4) {
    if (mask[i] === 0 && mask[i + 1] === 0 && mask[i + 2] === 0 && mask[i + 3] === 0) continue;
    out[i] = fetched[i];
    out[i + 1] = fetched[i + 1];
    out[i + 2] = fetched[i + 2];
    out[i + 3] = fetched[i + 3];
  }
}
