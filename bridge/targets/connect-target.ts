import { connect as connectTcp, isIP, type OnReadOpts, type Socket, type TcpNetConnectOpts } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { BridgeError, type BridgeErrorCode } from '../config/bridge-error.ts';
import { sameSubject, subjectOf } from './host-subject.ts';
import type { PlainEndpoint, SecureEndpoint } from './target.ts';

export interface ConnectOptions {
  readonly endpoint: { readonly plain: PlainEndpoint } | { readonly secure: SecureEndpoint };
  /** Milliseconds for name resolution, TCP and TLS together. */
  readonly timeout: number;
  /** Where received bytes go: see `onread` of node:net. */
  readonly onread: OnReadOpts;
  /** TLS is verified; bytes may be written. */
  readonly onOpen: () => void;
  /** Once at most, for a connection that did not come about or that broke later. */
  readonly onError: (error: BridgeError) => void;
}

/** How long one address of a name may take before the next is tried beside it, in milliseconds. */
const NEXT_ADDRESS_AFTER = 1000;
/** Silence after which the system checks whether the server is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 60_000;

/** Opens a connection to a SPICE server. The caller owns the socket and listens for `end` and `close`. */
export function connectTarget(options: ConnectOptions): Socket {
  const { endpoint, onread } = options;
  const common = {
    onread,
    noDelay: true,
    keepAlive: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER,
  };
  let socket: Socket;
  let tls: TLSSocket | undefined;
  if ('secure' in endpoint) {
    const { host, port, secureContext, hostSubject } = endpoint.secure;
    // `onread` and the TCP options reach the socket, although @types/node knows only some of them here.
    const given = {
      ...common,
      host,
      port,
      secureContext,
      servername: isIP(host) === 0 ? host : '',
      rejectUnauthorized: true,
      checkServerIdentity: (_: string, certificate: PeerCertificate) => {
        if (hostSubject === undefined) return checkServerIdentity(host, certificate);
        const same = sameSubject(hostSubject, subjectOf(certificate.subject ?? {}));
        return same
          ? undefined
          : Object.assign(new Error('host-subject mismatch'), { code: SUBJECT_MISMATCH });
      },
    };
    tls = connectTls(given);
    socket = tls;
  } else if (endpoint.plain.host === undefined) {
    socket = connectTcp({ path: endpoint.plain.path, onread });
  } else {
    const given: TcpNetConnectOpts = { ...common, host: endpoint.plain.host, port: endpoint.plain.port };
    socket = connectTcp(given);
  }

  let open = false;
  const timer = setTimeout(() => socket.destroy(new BridgeError('target-timeout')), options.timeout);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    open = true;
    clearTimeout(timer);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    options.onOpen();
  });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    options.onError(explain(error, open, tls, socket.bytesRead));
  });
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => {});
  return socket;
}

const SUBJECT_MISMATCH = 'HOST_SUBJECT_MISMATCH';

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
  [SUBJECT_MISMATCH]: 'target-certificate-subject',
};

/** The system's error as one of ours. */
function explain(
  error: NodeJS.ErrnoException,
  open: boolean,
  tls: TLSSocket | undefined,
  bytesRead: number,
): BridgeError {
  if (error instanceof BridgeError) return error;
  const code = error.code ?? '';
  const because = (known: BridgeErrorCode): BridgeError =>
    new BridgeError(known, undefined, { cause: error });
  if (open && code === 'ETIMEDOUT') return because('target-timeout');
  if (open) return because(bytesRead === 0 ? 'target-hung-up' : 'target-broken');
  if (error.syscall === 'getaddrinfo') return because('target-unresolvable');
  const known = BY_SYSTEM_CODE[code];
  if (known !== undefined) return because(known);
  if (tls === undefined) return because('target-broken');
  // Set by Node when, and only when, it was the certificate.
  const refused: unknown = tls.authorizationError;
  if (refused === undefined || refused === null) return because('target-tls');
  return because(BY_CERTIFICATE_CODE[code] ?? 'target-certificate');
}
