/**
 * The NAL units of an Annex B byte stream (start codes of 3 or 4 bytes), as views without start codes and without
 * the zero bytes that may trail them.
 */
export function* nalUnits(data: Uint8Array): Generator<Uint8Array> {
  let start = -1;
  const { length } = data;
  for (let i = 0; i + 2 < length;) {
    // A start code's third byte: most of the data is skipped three bytes at a time.
    const third = data[i + 2] as number;
    if (third > 1) i += 3;
    else if (third === 1 && data[i] === 0 && data[i + 1] === 0) {
      if (start >= 0) yield withoutTrailingZeros(data, start, i);
      start = i + 3;
      i += 3;
    } else i++;
  }
  if (start >= 0) yield withoutTrailingZeros(data, start, length);
}

function withoutTrailingZeros(data: Uint8Array, start: number, end: number): Uint8Array {
  let last = end;
  while (last > start && data[last - 1] === 0) last--;
  return data.subarray(start, last);
}

/** A NAL unit's payload without emulation prevention bytes (00 00 03 is 00 00). */
export function rawBytes(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length] = byte;
    length++;
  }
  return out.subarray(0, length);
}
