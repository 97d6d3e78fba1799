import { Unzlib } from 'fflate';
import { CodecError } from './codec-error.ts';
import { MAX_IMAGE_PIXELS } from './decoded-image.ts';

/** A GLZ stream is at worst a little larger than its pixels. */
export const MAX_GLZ_BYTES = MAX_IMAGE_PIXELS * 4 + MAX_IMAGE_PIXELS / 4;
/**
 * Bytes that are inflated at a time. DEFLATE makes at most 1032 bytes of one, so a bomb is noticed before 17 MB were
 * made of it, whatever its size.
 */
const STEP_BYTES = 16 * 1024;

/**
 * Inflates the zlib stream of a ZLIB_GLZ_RGB payload to the GLZ stream of exactly `size` bytes (glz_data_size).
 * The caller owns the result; `data` is borrowed. Throws CodecError.
 */
export function inflateGlz(data: Uint8Array, size: number): Uint8Array {
  if (size > MAX_GLZ_BYTES || size > data.length * 1032 + 1024) {
    throw new CodecError('ZLIB_GLZ', 'too-large', 0, 'a size that the data can have', size);
  }
  const glz = new Uint8Array(size);
  let done = 0;
  const inflate = new Unzlib((part) => {
    if (part.length > size - done) {
      throw new CodecError('ZLIB_GLZ', 'overrun', 0, `${size} inflated bytes`, done + part.length);
    }
    glz.set(part, done);
    done += part.length;
  });
  try {
    // At least one step, so that no data at all is noticed as well.
    for (let at = 0, last = false; !last; at += STEP_BYTES) {
      last = at + STEP_BYTES >= data.length;
      inflate.push(data.subarray(at, at + STEP_BYTES), last);
    }
  } catch (error) {
    if (error instanceof CodecError) throw error;
    throw new CodecError('ZLIB_GLZ', 'damaged', 0, 'a zlib stream', String(error), { cause: error });
  }
  if (done !== size)
    throw new CodecError('ZLIB_GLZ', 'truncated', data.length, `${size} inflated bytes`, done);
  return glz;
}
