/** A piece of sound, one array for each side. */
export interface StereoSamples {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

/**
 * Signed 16 bit, little endian, interleaved, as floats. One channel is heard on both sides; of more than two the
 * first two are. A frame that is not whole is left out.
 */
export const stereoOfS16 = (bytes: Uint8Array, channels: number): StereoSamples => {
  const frames = Math.floor(bytes.length / (2 * channels));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  const second = channels > 1 ? 2 : 0;
  for (let i = 0; i < frames; i += 1) {
    const at = i * 2 * channels;
    left[i] = view.getInt16(at, true) / 32_768;
    right[i] = view.getInt16(at + second, true) / 32_768;
  }
  return { left, right };
};
