/**
 * Copies inside of a growing output, shared by LZ, GLZ and LZ4. Most are short, of unforeseeable length: those of up to
 * 16 pixels write a fixed number of pixels too many, which the following ones overwrite, and so need no loop. Long
 * ones are the engine's memmove and memset, whose calls cost as much as a loop over some ten elements (measured).
 */
const LOOP_BELOW = 12;
const OVERLAP_LOOP_BELOW = 64;
const WILD = 16;

/**
 * out[at + k] = out[at - distance + k] for k = 0..length-1 in this order, so that a distance below the length repeats
 * what was just written. The caller has checked 1 <= distance <= at and at + length <= out.length; elements behind
 * at + length are undefined afterwards.
 */
export function copyWords(out: Uint32Array, at: number, distance: number, length: number): void {
  if (length <= WILD && at <= out.length - WILD) {
    if (distance >= 8) {
      copyWild(out, at, out, at - distance, length);
      return;
    }
    if (distance === 1) {
      repeatWild(out, at, out[at - 1], length);
      return;
    }
  }
  if (length < LOOP_BELOW) {
    for (let to = at, from = at - distance, end = at + length; to < end; to++, from++) out[to] = out[from];
  } else {
    copyBack(out, at, distance, length);
  }
}

/** out[at + k] = source[from + k]; both ends checked by the caller. Elements behind at + length are undefined afterwards. */
export function copyWordsFrom(
  out: Uint32Array,
  at: number,
  source: Uint32Array,
  from: number,
  length: number,
): void {
  if (length <= WILD && at <= out.length - WILD && from <= source.length - WILD) {
    copyWild(out, at, source, from, length);
  } else if (length < LOOP_BELOW * 2) {
    for (let to = at, end = at + length; to < end; to++, from++) out[to] = source[from];
  } else {
    out.set(source.subarray(from, from + length), at);
  }
}

/** As `copyWords` for bytes, which leaves what follows alone. */
export function copyBytes(out: Uint8Array, at: number, distance: number, length: number): void {
  if (length < LOOP_BELOW) {
    for (let to = at, from = at - distance, end = at + length; to < end; to++, from++) out[to] = out[from];
  } else {
    copyBack(out, at, distance, length);
  }
}

/** As `copyBytes` for 16-bit pixels. */
export function copyHalves(out: Uint16Array, at: number, distance: number, length: number): void {
  if (length < LOOP_BELOW) {
    for (let to = at, from = at - distance, end = at + length; to < end; to++, from++) out[to] = out[from];
  } else {
    copyBack(out, at, distance, length);
  }
}

/** 4, 8 or 16 words for a length up to 16; source and target are 8 or more apart. */
function copyWild(out: Uint32Array, at: number, source: Uint32Array, from: number, length: number): void {
  out[at] = source[from];
  out[at + 1] = source[from + 1];
  out[at + 2] = source[from + 2];
  out[at + 3] = source[from + 3];
  if (length <= 4) return;
  out[at + 4] = source[from + 4];
  out[at + 5] = source[from + 5];
  out[at + 6] = source[from + 6];
  out[at + 7] = source[from + 7];
  if (length <= 8) return;
  out[at + 8] = source[from + 8];
  out[at + 9] = source[from + 9];
  out[at + 10] = source[from + 10];
  out[at + 11] = source[from + 11];
  out[at + 12] = source[from + 12];
  out[at + 13] = source[from + 13];
  out[at + 14] = source[from + 14];
  out[at + 15] = source[from + 15];
}

function repeatWild(out: Uint32Array, at: number, pixel: number, length: number): void {
  out[at] = pixel;
  out[at + 1] = pixel;
  out[at + 2] = pixel;
  out[at + 3] = pixel;
  if (length <= 4) return;
  out[at + 4] = pixel;
  out[at + 5] = pixel;
  out[at + 6] = pixel;
  out[at + 7] = pixel;
  if (length <= 8) return;
  out[at + 8] = pixel;
  out[at + 9] = pixel;
  out[at + 10] = pixel;
  out[at + 11] = pixel;
  out[at + 12] = pixel;
  out[at + 13] = pixel;
  out[at + 14] = pixel;
  out[at + 15] = pixel;
}

function copyBack(
  out: Uint32Array | Uint16Array | Uint8Array,
  at: number,
  distance: number,
  length: number,
): void {
  if (distance === 1) {
    out.fill(out[at - 1], at, at + length);
  } else if (distance >= length) {
    out.copyWithin(at, at - distance, at - distance + length);
  } else if (length < OVERLAP_LOOP_BELOW) {
    for (let to = at, from = at - distance, end = at + length; to < end; to++, from++) out[to] = out[from];
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
