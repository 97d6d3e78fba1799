import type { TLSSocket } from 'node:tls';
import { BridgeError, type BridgeErrorCode } from '../errors/bridge-error.ts';

/** A reason of our own, in the shape that Node's TLS lets through from a certificate check. */
export class ConnectFailure extends Error {
  readonly code: BridgeErrorCode;
  constructor(code: BridgeErrorCode) {
    super(code);
    this.code = code;
  }
}

const BY_SYSTEM_CODE: Readonly<Record<string, BridgeErrorCode>> = {
  ECONNREFUSED: 'target-refused',
  ETIMEDOUT: 'target-timeout',
  EHOSTUNREACH: 'target-unreachable',
  ENETUNREACH: 'target-unreachable',
  EADDRNOTAVAIL: 'bridge-exhausted',
  EMFILE: 'bridge-exhausted',
  ENFILE: 'bridge-exhausted',
  ENOBUFS: 'bridge-exhausted',
  ENOENT: 'target-socket-missing',
  EACCES: 'target-socket-denied',
};

const BY_CERTIFICATE_CODE: Readonly<Record<string, BridgeErrorCode>> = {
  CERT_HAS_EXPIRED: 'target-certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'target-certificate-host',
};

export interface FailureContext {
  /** The connection had come about. */
  readonly open: boolean;
  readonly tls: TLSSocket | undefined;
  /** Whom the bytes went to when it failed. */
  readonly part: 'target' | 'proxy';
  readonly bytesRead: number;
}

/** The system's error as one of ours. */
export function explainFailure(
  error: NodeJS.ErrnoException,
  { open, tls, part, bytesRead }: FailureContext,
): BridgeError {
  if (error instanceof BridgeError) return error;
  if (error instanceof ConnectFailure) return new BridgeError(error.code);
  const code = error.code ?? '';
  const because = (known: BridgeErrorCode): BridgeError =>
    new BridgeError(known, undefined, { cause: error });
  if (open && code === 'ETIMEDOUT') return because('target-timeout');
  if (open) return because(bytesRead === 0 ? 'target-hung-up' : 'target-broken');
  const known = BY_SYSTEM_CODE[code];
  if (part === 'proxy') return because(known === 'bridge-exhausted' ? known : 'proxy-unreachable');
  if (error.syscall === 'getaddrinfo') return because('target-unresolvable');
  if (known !== undefined) return because(known);
  if (tls === undefined) return because('target-broken');
  // Set by Node when, and only when, it was the certificate.
  const refused: unknown = tls.authorizationError;
  if (refused === undefined || refused === null) return because('target-tls');
  return because(BY_CERTIFICATE_CODE[code] ?? 'target-certificate');
}
