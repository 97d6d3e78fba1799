/**
 * Results of the link stage, also the reasons of DISCONNECTING and AGENT_DISCONNECTED
 * (docs/protocol/link.md#link-errors).
 */
export const linkErrorCode = {
  ok: 0,
  error: 1,
  invalidMagic: 2,
  invalidData: 3,
  versionMismatch: 4,
  needSecured: 5,
  needUnsecured: 6,
  permissionDenied: 7,
  badConnectionId: 8,
  channelNotAvailable: 9,
} as const;

export type LinkErrorName = Exclude<keyof typeof linkErrorCode, 'ok'>;

/** What the user or the client can do about it. */
export type LinkErrorKind =
  /** the password is wrong, missing, expired or impossible */
  | 'auth'
  /** the server wants an authentication that we do not speak */
  | 'auth-unsupported'
  /** this channel must use TLS */
  | 'secure-required'
  /** this channel must not use TLS */
  | 'unsecured-required'
  /** the other end speaks something else */
  | 'not-spice'
  /** SPICE, but another major version */
  | 'version'
  /** the session that the channel belongs to is gone */
  | 'session'
  /** the server does not have that channel */
  | 'channel'
  /** everything else that the server answers */
  | 'refused';

const byCode: readonly (readonly [LinkErrorName, LinkErrorKind, string])[] = [
  ['error', 'refused', 'The SPICE server refused the connection. Look into its log for the reason.'],
  [
    'invalidMagic',
    'not-spice',
    'The server did not recognise the connection as SPICE. Check the address and port.',
  ],
  [
    'invalidData',
    'refused',
    'The server refused the connection: it may require SASL authentication, which is not supported.',
  ],
  [
    'versionMismatch',
    'version',
    'The server speaks another version of SPICE. Update the server or the viewer.',
  ],
  [
    'needSecured',
    'secure-required',
    'The server accepts this connection only with TLS. Configure its TLS port.',
  ],
  [
    'needUnsecured',
    'unsecured-required',
    'The server accepts this connection only without TLS. Configure its plain port.',
  ],
  ['permissionDenied', 'auth', 'The password is wrong or has expired. Enter it again.'],
  ['badConnectionId', 'session', 'The session no longer exists on the server. Connect again.'],
  ['channelNotAvailable', 'channel', 'The server does not offer this channel.'],
];

/** The stable name of a link_err code; undefined for OK and for codes that we do not know. */
export function linkErrorName(code: number): LinkErrorName | undefined {
  return byCode[code - 1]?.[0];
}

/** A sentence for users about a link_err code, also fit for DISCONNECTING reasons. */
export function linkErrorSentence(code: number): string {
  return byCode[code - 1]?.[2] ?? `The server ended the connection with the unknown error ${code}.`;
}

/** The link stage ended without a connection. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly kind: LinkErrorKind;
  /** link_err as it came, where the server sent one */
  readonly code: number | undefined;
  /** what to tell the user: a sentence that says what to do */
  readonly sentence: string;

  constructor(kind: LinkErrorKind, sentence: string, code?: number, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.sentence = sentence;
    this.code = code;
  }

  /** The error for a link_err that is not OK. */
  static fromCode(code: number): LinkError {
    return new LinkError(byCode[code - 1]?.[1] ?? 'refused', linkErrorSentence(code), code);
  }
}
