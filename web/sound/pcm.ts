/** A piece of sound, one array for each side. */
export interface StereoSamples {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

/**
 * Signed 16 bit, little endian, interleaved, as floats. One channel is heard on both sides; of more than two the
 * first two are. A frame that is not whole is left out.
 */
export function stereoOfS16(bytes: Uint8Array, channels: number): StereoSamples {
  const frames = Math.floor(bytes.length / (2 * channels));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  const second = channels > 1 ? 2 : 0;
  for (let i = 0; i < frames; i++) {
    const at = i * 2 * channels;
    left[i] = view.getInt16(at, true) / 32_768;
    right[i] = view.getInt16(at + second, true) / 32_768;
  }
  return { left, right };
}

/** The other way round, as one channel or two; what is louder than can be is cut. */
export function s16OfStereo(
  { left, right }: { readonly left: Float32Array; readonly right: Float32Array },
  channels: number,
): Uint8Array {
  const bytes = new Uint8Array(left.length * 2 * channels);
  const view = new DataView(bytes.buffer);
  const put = (at: number, sample: number): void =>
    view.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  for (let i = 0; i < left.length; i++) {
    const at = i * 2 * channels;
    const l = left[i] as number;
    const r = right[i] as number;
    if (channels === 1) put(at, (l + r) / 2);
    else {
      put(at, l);
      put(at + 2, r);
    }
  }
  return bytes;
}
