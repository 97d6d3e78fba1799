import { createHash } from 'node:crypto';
import { connect as connectTcp, type OnReadOpts, type Socket, type TcpNetConnectOpts } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { BridgeError } from '../errors/bridge-error.ts';
import { ConnectFailure, explainFailure } from './connect-failure.ts';
import { sameSubject, subjectOf } from './host-subject.ts';
import { askProxy, connectRequest } from './http-connect.ts';
import type { PlainEndpoint, SecureEndpoint, Target } from './target.ts';

export interface ConnectOptions {
  readonly target: Target;
  /** Which of its endpoints. */
  readonly secure: boolean;
  /** Milliseconds for name resolution, TCP, proxy and TLS together. */
  readonly timeout: number;
  /** Where received bytes go: see `onread` of node:net. */
  readonly onread: Required<OnReadOpts> & { readonly buffer: () => Uint8Array };
  /** TLS is verified; bytes may be written. From now on the caller owns the socket and listens for `end` and `close`. */
  readonly onOpen: (socket: Socket) => void;
  /** Once at most, for a connection that did not come about or that broke later. */
  readonly onError: (error: BridgeError) => void;
}

/** A connection on its way. */
export interface Connecting {
  /** Gives up; neither callback follows. Also ends a connection that is open. */
  cancel(): void;
}

/** How long one address of a name may take before the next is tried beside it, in milliseconds. */
const NEXT_ADDRESS_AFTER = 1000;
/** Silence after which the system checks whether the server is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 60_000;

/** Opens a connection to a SPICE server. */
export function connectTarget(options: ConnectOptions): Connecting {
  return new Attempt(options);
}

class Attempt implements Connecting {
  readonly #options: ConnectOptions;
  readonly #timer: NodeJS.Timeout;
  /** The socket that stands for the connection now; a proxied TLS one wraps the first. */
  #socket: Socket | undefined;
  #tls: TLSSocket | undefined;
  #open = false;
  #over = false;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#fail(new BridgeError('target-timeout')), options.timeout);
    try {
      if (options.target.proxy === undefined) this.#connectDirectly();
      else this.#connectToProxy();
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      process.nextTick(() => this.#fail(error));
    }
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connectDirectly(): void {
    const { target, secure, onread } = this.#options;
    if (secure) {
      const tls = target.secure as SecureEndpoint;
      // `onread` and the TCP options reach the socket, although @types/node knows only some of them here.
      this.#handshake(tls, { ...this.#place(tls.host, tls.port), onread });
      return;
    }
    const endpoint = target.plain as PlainEndpoint;
    if (endpoint.host === undefined) {
      target.rules?.checkSocket(endpoint.path);
      const socket = connectTcp({ path: endpoint.path, onread });
      this.#watch(socket);
      socket.once('connect', () => this.#opened(socket));
      return;
    }
    const socket = connectTcp({ ...this.#place(endpoint.host, endpoint.port), onread });
    this.#watch(socket);
    socket.once('connect', () => this.#opened(socket));
  }

  #connectToProxy(): void {
    const { target, secure, onread } = this.#options;
    const { proxy } = target;
    const endpoint = secure ? target.secure : target.plain;
    if (proxy === undefined || endpoint?.host === undefined) {
      throw new TypeError('the target has no such endpoint behind a proxy');
    }
    target.rules?.checkProxied(endpoint.host, endpoint.port);
    const request = connectRequest(proxy, endpoint.host, endpoint.port);
    const socket = connectTcp(this.#place(proxy.host, proxy.port));
    this.#watch(socket, 'proxy');
    socket.once('connect', () =>
      askProxy(socket, request, (error) => {
        if (this.#over) return;
        if (error !== undefined) return this.#fail(error);
        if (secure) this.#handshake(target.secure as SecureEndpoint, { socket });
        else this.#opened(socket);
        readInto(this.#socket ?? socket, onread);
      }),
    );
  }

  /** How node:net is to reach a host, the target's rules in force. */
  #place(host: string, port: number): TcpNetConnectOpts {
    const { rules } = this.#options.target;
    rules?.checkHost(host, port);
    return {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER,
      ...(rules === undefined ? {} : { lookup: rules.lookup(port) }),
    };
  }

  #handshake(endpoint: SecureEndpoint, transport: object): void {
    const { host, hostSubject, secureContext, verifyChain } = endpoint;
    const given = {
      ...transport,
      secureContext,
      servername: /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?$/.test(host) && !/^[\d.]+$/.test(host) ? host : '',
      rejectUnauthorized: verifyChain,
      checkServerIdentity: (_: string, certificate: PeerCertificate) =>
        hostSubject === undefined && endpoint.fingerprint === undefined
          ? checkServerIdentity(host, certificate)
          : identityFailure(endpoint, certificate),
    };
    const tls = connectTls(given);
    this.#tls = tls;
    this.#watch(tls);
    tls.once('secureConnect', () => {
      // Again, as Node asks nobody about a certificate whose chain need not be verified.
      const failure =
        hostSubject === undefined && endpoint.fingerprint === undefined
          ? undefined
          : identityFailure(endpoint, tls.getPeerCertificate());
      if (failure !== undefined) this.#fail(failure);
      else this.#opened(tls);
    });
  }

  #watch(socket: Socket, part: 'target' | 'proxy' = 'target'): void {
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (socket === this.#socket) this.#fail(error, part);
    });
    socket.once('close', () => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      if (!this.#open) this.#fail(new BridgeError(part === 'proxy' ? 'proxy-broken' : 'target-hung-up'));
    });
  }

  #opened(socket: Socket): void {
    if (this.#over) return;
    this.#open = true;
    clearTimeout(this.#timer);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    this.#options.onOpen(socket);
  }

  #fail(error: Error, part: 'target' | 'proxy' = 'target'): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#options.onError(
      explainFailure(error, { open: this.#open, tls: this.#tls, part, bytesRead: socket?.bytesRead ?? 0 }),
    );
    socket?.destroy();
  }
}

/** Why a certificate is not the one that was asked for, where the host's name does not count. */
function identityFailure(endpoint: SecureEndpoint, certificate: Partial<PeerCertificate>): Error | undefined {
  const { fingerprint, hostSubject } = endpoint;
  if (fingerprint !== undefined) {
    const { raw } = certificate;
    const actual = raw === undefined ? undefined : createHash('sha256').update(raw).digest('hex');
    if (actual !== fingerprint) return new ConnectFailure('target-certificate-fingerprint');
  }
  if (hostSubject !== undefined && !sameSubject(hostSubject, subjectOf(certificate.subject ?? {}))) {
    return new ConnectFailure('target-certificate-subject');
  }
  return undefined;
}

/** What `onread` does for sockets that were opened without it. */
function readInto(socket: Socket, onread: ConnectOptions['onread']): void {
  socket.on('data', (chunk: Buffer) => {
    let more = true;
    for (let at = 0; at < chunk.length;) {
      const buffer = onread.buffer();
      const size = chunk.copy(buffer, 0, at);
      at += size;
      more = onread.callback(size, buffer) && more;
    }
    if (!more) socket.pause();
  });
}
