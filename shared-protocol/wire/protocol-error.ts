/** Where in a session something went wrong; filled in by whoever knows it. */
export interface ErrorPlace {
  /** e.g. `display:0` */
  channel?: string;
  /** the message's protocol name, e.g. `drawCopy` */
  message?: string;
  /** bytes from the start of the message body (or of the link message) */
  offset?: number;
}

export type ProtocolErrorCode =
  | 'truncated' // the message ends before its fields do
  | 'bad-pointer' // a pointer leaves the message or is null where that is illegal
  | 'bad-count' // a count or size that the message cannot hold
  | 'bad-tag' // a type byte that the protocol does not know
  | 'too-large' // beyond one of our documented limits
  | 'bad-link' // the link stage's bytes are not SPICE
  | 'bad-value'; // a value that the protocol forbids here

/** A peer sent bytes that the protocol does not allow. It ends at worst the channel it came on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  readonly expected: string;
  readonly got: string;
  readonly place: ErrorPlace;

  constructor(
    code: ProtocolErrorCode,
    expected: string,
    got: string,
    place: ErrorPlace = {},
    cause?: unknown,
  ) {
    super('', cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.got = got;
    this.place = place;
    this.message = this.#describe();
  }

  /** The same error with what the caller knows of its place; known parts stay. */
  at(place: ErrorPlace): ProtocolError {
    return new ProtocolError(
      this.code,
      this.expected,
      this.got,
      { ...place, ...this.place },
      this.cause ?? this,
    );
  }

  #describe(): string {
    const { channel, message, offset } = this.place;
    const where = [channel, message, offset === undefined ? undefined : `byte ${offset}`].filter(Boolean);
    const prefix = where.length === 0 ? '' : `${where.join(', ')}: `;
    return `${prefix}expected ${this.expected}, got ${this.got}`;
  }
}
