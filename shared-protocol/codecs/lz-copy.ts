/**
 * Copies inside of a growing output, shared by LZ and GLZ. Short copies are loops, long ones the engine's memmove and
 * memset; the limits are measured.
 */
export const SHORT_COPY = 24;
const SHORT_OVERLAP = 64;

/**
 * out[at + k] = out[at - distance + k] for k = 0..length-1 in this order, so that a distance below the length repeats
 * what was just written. The caller has checked 1 <= distance <= at and at + length <= out.length.
 */
export function copyBack(
  out: Uint32Array | Uint16Array | Uint8Array,
  at: number,
  distance: number,
  length: number,
): void {
  if (distance >= length) {
    out.copyWithin(at, at - distance, at - distance + length);
  } else if (distance === 1) {
    out.fill(out[at - 1]!, at, at + length);
  } else if (length < SHORT_OVERLAP) {
    for (let to = at, from = at - distance, end = at + length; to < end; to++, from++) out[to] = out[from]!;
  } else {
    // The written part is periodic and doubles with every step.
    const from = at - distance;
    for (let done = 0; done < length;) {
      const part = Math.min(distance + done, length - done);
      out.copyWithin(at + done, from, from + part);
      done += part;
    }
  }
}
