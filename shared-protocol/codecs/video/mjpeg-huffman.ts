const marker = { soi: 0xd8, eoi: 0xd9, sos: 0xda, dht: 0xc4 } as const;

/** Where a JPEG's scan starts (its SOS marker), and the DHT segments before it. */
interface Headers {
  readonly scan: number;
  readonly tables: readonly { readonly start: number; readonly end: number }[];
}

function readHeaders(jpeg: Uint8Array): Headers | undefined {
  if (jpeg[0] !== 0xff || jpeg[1] !== marker.soi) return undefined;
  const tables: { start: number; end: number }[] = [];
  let at = 2;
  while (at + 4 <= jpeg.length) {
    if (jpeg[at] !== 0xff) return undefined;
    const type = jpeg[at + 1] as number;
    // A marker may be preceded by fill bytes.
    if (type === 0xff) {
      at++;
      continue;
    }
    if (type === marker.sos) return { scan: at, tables };
    if (type === marker.eoi) return undefined;
    if (type === 0x01 || (type >= 0xd0 && type <= marker.soi)) {
      at += 2;
      continue;
    }
    const length = ((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number);
    if (length < 2) return undefined;
    const end = at + 2 + length;
    if (end > jpeg.length) return undefined;
    if (type === marker.dht) tables.push({ start: at, end });
    at = end;
  }
  return undefined;
}

/**
 * Completes the frames of a motion JPEG stream: spice-server's encoder writes the Huffman tables into the first frame
 * only. One for each stream.
 */
export class MjpegTables {
  #tables: Uint8Array = standardHuffmanTables;

  /**
   * The frame with Huffman tables: itself if it has some or is no JPEG, else a copy with those of the newest frame
   * that had some, or with the standard ones.
   */
  complete(jpeg: Uint8Array): Uint8Array {
    const headers = readHeaders(jpeg);
    if (headers === undefined) return jpeg;
    if (headers.tables.length > 0) {
      this.#remember(jpeg, headers.tables);
      return jpeg;
    }
    const tables = this.#tables;
    const whole = new Uint8Array(jpeg.length + tables.length);
    whole.set(jpeg.subarray(0, headers.scan));
    whole.set(tables, headers.scan);
    whole.set(jpeg.subarray(headers.scan), headers.scan + tables.length);
    return whole;
  }

  #remember(jpeg: Uint8Array, segments: Headers['tables']): void {
    const size = segments.reduce((sum, { start, end }) => sum + end - start, 0);
    if (size > MAX_TABLE_BYTES) return;
    const tables = new Uint8Array(size);
    let at = 0;
    for (const { start, end } of segments) {
      tables.set(jpeg.subarray(start, end), at);
      at += end - start;
    }
    this.#tables = tables;
  }
}

/** Far more than any baseline JPEG's tables: eight of 16 + 256 bytes. */
const MAX_TABLE_BYTES = 4096;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** The tables of ITU-T T.81 annex K.3: [class and id, codes of each length, values]. */
const dcValues = range(0, 11);
const luminanceAc = [
  0x01,
  0x02,
  0x03,
  0x00,
  0x04,
  0x11,
  0x05,
  0x12,
  0x21,
  0x31,
  0x41,
  0x06,
  0x13,
  0x51,
  0x61,
  0x07,
  0x22,
  0x71,
  0x14,
  0x32,
  0x81,
  0x91,
  0xa1,
  0x08,
  0x23,
  0x42,
  0xb1,
  0xc1,
  0x15,
  0x52,
  0xd1,
  0xf0,
  0x24,
  0x33,
  0x62,
  0x72,
  0x82,
  0x09,
  0x0a,
  0x16,
  0x17,
  0x18,
  0x19,
  0x1a,
  0x25,
  0x26,
  0x27,
  0x28,
  0x29,
  0x2a,
  ...[3, 4, 5, 6, 7].flatMap((high) => range(high * 16 + (high === 3 ? 4 : 3), high * 16 + 10)),
  ...range(0x83, 0x8a),
  ...range(0x92, 0x9a),
  ...range(0xa2, 0xaa),
  ...range(0xb2, 0xba),
  ...range(0xc2, 0xca),
  ...range(0xd2, 0xda),
  ...range(0xe1, 0xea),
  ...range(0xf1, 0xfa),
];
const chrominanceAc = [
  0x00,
  0x01,
  0x02,
  0x03,
  0x11,
  0x04,
  0x05,
  0x21,
  0x31,
  0x06,
  0x12,
  0x41,
  0x51,
  0x07,
  0x61,
  0x71,
  0x13,
  0x22,
  0x32,
  0x81,
  0x08,
  0x14,
  0x42,
  0x91,
  0xa1,
  0xb1,
  0xc1,
  0x09,
  0x23,
  0x33,
  0x52,
  0xf0,
  0x15,
  0x62,
  0x72,
  0xd1,
  0x0a,
  0x16,
  0x24,
  0x34,
  0xe1,
  0x25,
  0xf1,
  0x17,
  0x18,
  0x19,
  0x1a,
  0x26,
  0x27,
  0x28,
  0x29,
  0x2a,
  ...range(0x35, 0x3a),
  ...range(0x43, 0x4a),
  ...range(0x53, 0x5a),
  ...range(0x63, 0x6a),
  ...range(0x73, 0x7a),
  ...range(0x82, 0x8a),
  ...range(0x92, 0x9a),
  ...range(0xa2, 0xaa),
  ...range(0xb2, 0xba),
  ...range(0xc2, 0xca),
  ...range(0xd2, 0xda),
  ...range(0xe2, 0xea),
  ...range(0xf2, 0xfa),
];
const standardTables: readonly (readonly [number, readonly number[], readonly number[]])[] = [
  [0x00, [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dcValues],
  [0x10, [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d], luminanceAc],
  [0x01, [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dcValues],
  [0x11, [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77], chrominanceAc],
];

/** One DHT segment with the four standard tables. */
export const standardHuffmanTables: Uint8Array = (() => {
  const body = standardTables.flatMap(([id, counts, values]) => [id, ...counts, ...values]);
  const length = body.length + 2;
  return Uint8Array.from([0xff, marker.dht, length >> 8, length & 255, ...body]);
})();
