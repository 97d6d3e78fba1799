import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Address } from '../addresses/listen-address.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import type { Certificate } from './certificate-files.ts';

/** The longest request head, in bytes: room for tokens and cookies. */
const MAX_HEAD = 16 * 1024;
const MAX_HEADERS = 100;
/** How often late requests are looked for, in milliseconds. */
const CHECK_INTERVAL = 1000;

/** An HTTP server that gives clients only so much time and room, for `handshakeTimeout` milliseconds; TLS with a certificate. */
export function createListener(
  handler: RequestListener,
  handshakeTimeout: number,
  certificate: Certificate | undefined,
): Server {
  const options = {
    maxHeaderSize: MAX_HEAD,
    connectionsCheckingInterval: CHECK_INTERVAL,
    noDelay: true,
  };
  const server =
    certificate === undefined
      ? createHttpServer(options, handler)
      : createHttpsServer(
          {
            ...options,
            handshakeTimeout,
            minVersion: 'TLSv1.2',
            cert: certificate.cert,
            key: certificate.key,
          },
          handler,
        );
  server.maxHeadersCount = MAX_HEADERS;
  setHandshakeTimeout(server, handshakeTimeout);
  return server;
}

/** For a request's head and body, and for taking any part of the answer; WebSockets have rules of their own. Milliseconds. */
export function setHandshakeTimeout(server: Server, timeout: number): void {
  server.headersTimeout = timeout;
  server.requestTimeout = timeout;
  server.timeout = timeout;
}

/** New connections get the new certificate; open ones keep theirs. */
export function replaceCertificate(server: Server, { cert, key }: Certificate): void {
  (server as HttpsServer).setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
}

/** @throws {BridgeError} `listen-failed` */
export async function listenAt(server: Server, { host, port }: Address): Promise<Address> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new BridgeError('listen-failed', `Cannot listen on ${host}, port ${port}: ${reason(error)}.`, {
      cause: error,
    });
  }
  return { host, port: (server.address() as AddressInfo).port };
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'this user may not use the port';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name cannot be resolved';
  return message;
}
