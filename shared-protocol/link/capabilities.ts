/**
 * Capability bits, by set (docs/protocol/link.md#capabilities). Bit n is in word n >> 5; words that are missing read as
 * 0.
 */
export const commonCapability = { authSelection: 0, authSpice: 1, authSasl: 2, miniHeader: 3 } as const;

export const mainCapability = {
  semiSeamlessMigrate: 0,
  nameAndUuid: 1,
  agentConnectedTokens: 2,
  seamlessMigrate: 3,
} as const;

export const displayCapability = {
  sizedStream: 0,
  monitorsConfig: 1,
  composite: 2,
  a8Surface: 3,
  streamReport: 4,
  lz4Compression: 5,
  preferredCompression: 6,
  /** never announced over a network: a scanout is a file descriptor */
  glScanout: 7,
  multiCodec: 8,
  codecMjpeg: 9,
  codecVp8: 10,
  codecH264: 11,
  preferredVideoCodecType: 12,
  codecVp9: 13,
  codecH265: 14,
} as const;

export const inputsCapability = { keyScancode: 0 } as const;
export const playbackCapability = { celt051: 0, volume: 1, latency: 2, opus: 3 } as const;
export const recordCapability = { celt051: 0, volume: 1, opus: 2 } as const;
/** usbredir, port and webdav */
export const spicevmcCapability = { dataCompressLz4: 0 } as const;

/** The u32 words in which exactly these bits are set. */
export function capabilityWords(bits: readonly number[]): number[] {
  const words: number[] = [];
  for (const bit of bits) {
    const word = bit >> 5;
    while (words.length <= word) words.push(0);
    words[word] = (words[word] | (1 << (bit & 31))) >>> 0;
  }
  return words;
}

export function hasCapability(words: readonly number[], bit: number): boolean {
  return (((words[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}
