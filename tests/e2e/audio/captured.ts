/** What a guest captured. */

export interface Captured {
  /** frames from the first sound to the last */
  readonly frames: number;
  /** the median of the periods, a second */
  readonly frequency: number;
  /** how much of those frames is sound, 0 to 1: pieces of 25 ms that are not silent */
  readonly filled: number;
}

const RATE = 48_000;

/** @param bytes signed 16 bit, little endian, stereo, 48 kHz */
export function analyse(bytes: Buffer): Captured {
  const left = new Float32Array(bytes.length / 4);
  for (let i = 0; i < left.length; i++) left[i] = bytes.readInt16LE(i * 4) / 32_768;
  const isSound = (sample: number): boolean => Math.abs(sample) > 0.01;
  const sound = left.slice(left.findIndex(isSound), left.findLastIndex(isSound) + 1);
  if (!left.some(isSound)) return { frames: 0, frequency: 0, filled: 0 };
  const periods: number[] = [];
  let last = -1;
  for (let i = 1; i < sound.length; i++) {
    const [before, sample] = [sound[i - 1] as number, sound[i] as number];
    if (before >= 0 || sample < 0) continue;
    const crossing = i - sample / (sample - before);
    if (last >= 0) periods.push(crossing - last);
    last = crossing;
  }
  const median = periods.sort((a, b) => a - b)[periods.length >> 1] ?? Infinity;
  const piece = RATE / 40;
  let filled = 0;
  for (let at = 0; at + piece <= sound.length; at += piece) {
    if (sound.subarray(at, at + piece).some(isSound)) filled++;
  }
  return {
    frames: sound.length,
    frequency: RATE / median,
    filled: filled / Math.max(1, Math.floor(sound.length / piece)),
  };
}
