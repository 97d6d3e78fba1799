/** Constants of the QUIC codec (docs/protocol/quic.md#quic). */

/** Pixels that a learning-rate step lasts. */
export const STEP_PIXELS = 2048;
/** Number of the last learning-rate step. */
export const LAST_STEP = 6;
/** When to halve a bucket's counters, by learning-rate step. */
export const TRIGGERS = Int32Array.of(110, 550, 900, 800, 550, 400, 350);
/** Bits of a run-length piece, by run state. */
// prettier-ignore
export const RUN_BITS = Uint8Array.of(
  0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
  4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
);
export const LAST_RUN_STATE = 31;

/** The pseudo-random sequence behind the distances between model updates. */
export const CHAOS = fromHex(
  '021713150712280e0c202f2c2406120b04132a1d103f39331003050e0f1e1409' +
    '242d03393d000805290e2b1b2b3b1f23273c2a260d363e011a030b3d34220730' +
    '043b160c160832040a062c080b2e1f333511012b2e3c24360a1b272c16291702' +
    '2c0028352830102b201c210c1402383e373a12140d37261d391331212f3f3b00' +
    '233d13192e263c0423011a281c0a050e19123031143b3e222e072134223a091d' +
    '08373e3c2524253206030a1c30181a3d391e0b360206322f07112335200c1711' +
    '05153137332d341b2719273f16182a343826292938200d181a331b383a25182a' +
    '0f1c111e1f0f101719362122011d1f323515310f2f09003a252d1e0d092d3f15',
);

function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** One family of Golomb-Rice codes: samples of 8 or of 5 bits. Arrays are indexed by the code parameter. */
export interface CodeFamily {
  readonly bits: number;
  readonly maxSample: number;
  readonly lastBucket: number;
  /** Zero bits from which on a code is an escape. */
  readonly prefixLimit: Uint8Array;
  /** First value that is sent as an escape. */
  readonly escapeBase: Uint8Array;
  readonly escapeSuffix: Uint8Array;
  readonly escapeLength: Uint8Array;
  /** Code length of sample v with parameter l at index v * 8 + l. */
  readonly lengths: Uint8Array;
  /** Where the family's part of `LOOKUP` begins. */
  readonly lookupBase: number;
}

/**
 * Short codes: for parameter l and the next `LOOKUP_BITS` bits, at lookupBase + (l << LOOKUP_BITS | bits), the code
 * length | the sample << 8. Longer codes have the length `LONG_CODE`.
 */
export const LOOKUP = new Uint16Array(16 * 1024);

export const LOOKUP_BITS = 10;
/** More than one peek holds; three of them still fit a byte. */
export const LONG_CODE = 64;

function family(
  bits: number,
  prefixLimit: Uint8Array,
  escapeSuffix: Uint8Array,
  lookupBase: number,
): CodeFamily {
  const count = 1 << bits;
  const escapeBase = prefixLimit.map((limit, l) => limit << l);
  const escapeLength = prefixLimit.map((limit, l) => limit + escapeSuffix[l]);
  const lengths = new Uint8Array(count * 8);
  for (let v = 0; v < count; v++) {
    for (let l = 0; l < bits; l++) {
      lengths[v * 8 + l] = v < escapeBase[l] ? (v >> l) + l + 1 : escapeLength[l];
    }
  }
  LOOKUP.fill(LONG_CODE, lookupBase, lookupBase + (bits << LOOKUP_BITS));
  for (let l = 0; l < bits; l++) {
    for (let v = 0; v < count; v++) {
      const length = lengths[v * 8 + l];
      const escape = v - escapeBase[l];
      // A prefix of zeros, a one and l bits; or all zeros and the escape's suffix.
      const code = escape < 0 ? (1 << l) | (v & ((1 << l) - 1)) : escape;
      if (length > LOOKUP_BITS || escape >= 1 << escapeSuffix[l]) continue;
      const from = lookupBase + ((l << LOOKUP_BITS) | (code << (LOOKUP_BITS - length)));
      LOOKUP.fill(length | (v << 8), from, from + (1 << (LOOKUP_BITS - length)));
    }
  }
  const lastBucket = bits - 1;
  return {
    bits,
    maxSample: count - 1,
    lastBucket,
    prefixLimit,
    escapeBase,
    escapeSuffix,
    escapeLength,
    lengths,
    lookupBase,
  };
}

export const FAMILY_8 = family(
  8,
  Uint8Array.of(18, 18, 18, 18, 15, 7, 3, 1),
  Uint8Array.of(8, 8, 8, 7, 4, 5, 6, 7),
  0,
);
export const FAMILY_5 = family(
  5,
  Uint8Array.of(21, 15, 7, 3, 1),
  Uint8Array.of(4, 1, 2, 3, 4),
  8 << LOOKUP_BITS,
);
