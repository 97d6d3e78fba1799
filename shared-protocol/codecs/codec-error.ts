/** Stable reasons why an image could not be decoded. */
export type CodecErrorCode =
  /** The data ends before the image is complete. */
  | 'truncated'
  /** A header field (magic, version, type, format) has a value the codec does not know. */
  | 'bad-header'
  /** Width, height or stride is zero, contradictory, or not what the image descriptor said. */
  | 'bad-size'
  /** The image, or what it would need of memory, is above a named limit. */
  | 'too-large'
  /** A copy reaches outside of the pixels that exist. */
  | 'bad-reference'
  /** A run or a block is longer than the image has room for. */
  | 'overrun'
  /** A palette is missing. */
  | 'no-palette'
  /** The payload's kind has no decoder here. */
  | 'unsupported'
  /** The compressed container (zlib, JPEG) is damaged. */
  | 'damaged'
  /** What the decoder depends on (a dictionary, a window) was closed. */
  | 'closed';

/** An image payload that cannot be decoded. Every decoder in this folder throws this and nothing else. */
export class CodecError extends Error {
  readonly codec: string;
  readonly code: CodecErrorCode;
  /** Byte in the codec's data at which it was noticed. */
  readonly offset: number;
  readonly expected: string;
  readonly got: string;

  constructor(
    codec: string,
    code: CodecErrorCode,
    offset: number,
    expected: string,
    got: string | number,
    options?: { cause?: unknown },
  ) {
    super(`${codec} image: expected ${expected}, got ${got} at byte ${offset} (${code})`, options);
    this.name = 'CodecError';
    this.codec = codec;
    this.code = code;
    this.offset = offset;
    this.expected = expected;
    this.got = String(got);
  }
}
