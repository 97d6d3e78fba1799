// Arithmetic on 0xAARRGGBB words, two channels at a time. Words are int32 or uint32 alike; results are int32.

/** a * b / 255, rounded, for bytes. */
export function mulByte(a: number, b: number): number {
  const t = a * b + 128;
  return (t + (t >> 8)) >> 8;
}

/** Every channel times a / 255. */
export function mulWord(word: number, a: number): number {
  let low = (Math.imul(word & 0xff00ff, a) + 0x800080) | 0;
  low = ((low + ((low >>> 8) & 0xff00ff)) >>> 8) & 0xff00ff;
  let high = (Math.imul((word >>> 8) & 0xff00ff, a) + 0x800080) | 0;
  high = (high + ((high >>> 8) & 0xff00ff)) & 0xff00ff00;
  return low | high;
}

/** Channel by channel a + b, at most 255. */
export function addWords(a: number, b: number): number {
  let low = (a & 0xff00ff) + (b & 0xff00ff);
  low = (low | (0x1000100 - ((low >>> 8) & 0xff00ff))) & 0xff00ff;
  let high = ((a >>> 8) & 0xff00ff) + ((b >>> 8) & 0xff00ff);
  high = (high | (0x1000100 - ((high >>> 8) & 0xff00ff))) & 0xff00ff;
  return low | (high << 8);
}

/** Porter-Duff OVER of a premultiplied source. */
export function over(source: number, destination: number): number {
  return addWords(source, mulWord(destination, 255 - (source >>> 24)));
}
