import { createHash } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContext, TLSSocket } from 'node:tls';

/** The longest answer, in bytes: a target with a few certificates. */
const BODY_LIMIT = 256 * 1024;

export interface FetchJsonOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for everything. */
  readonly timeout: number;
  readonly secureContext?: SecureContext | undefined;
  /** SHA-256 of the server's certificate, small hexadecimal digits. */
  readonly fingerprint?: string | undefined;
  /** Whether the chain must be trusted; only a pinned certificate may do without. */
  readonly verifyChain?: boolean;
}

/** The answer could not be had. `status`: the server's, where it answered. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly status: number | undefined;
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/**
 * Asks a portal or an API for JSON. Not with `fetch`, which neither pins certificates nor bounds answers. Redirects are
 * errors, so the answer comes from the address that the operator wrote. A new connection each time.
 * @throws {FetchFailure}
 */
export function fetchJson(url: URL, options: FetchJsonOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const { method, headers, body, fingerprint, secureContext, verifyChain = true } = options;
    const signal = AbortSignal.timeout(options.timeout);
    const fail = (reason: string, status?: number, cause?: unknown): void => {
      request.destroy();
      reject(new FetchFailure(reason, status, cause));
    };
    const common = {
      method,
      signal,
      agent: false as const,
      headers: { Accept: 'application/json', Connection: 'close', ...headers },
    };
    const request: ClientRequest = secure
      ? httpsRequest(url, {
          ...common,
          minVersion: 'TLSv1.2',
          rejectUnauthorized: verifyChain,
          ...(secureContext === undefined ? {} : { secureContext }),
          ...(fingerprint === undefined ? {} : { checkServerIdentity: () => undefined }),
        })
      : httpRequest(url, common);
    request.once('error', (error) =>
      reject(new FetchFailure(`the request failed: ${error.name}`, undefined, error)),
    );
    request.once('response', (response) => {
      void readJson(response).then(resolve, (error: Error) =>
        fail(error.message, response.statusCode, error),
      );
    });
    const send = (): void => void request.end(body);
    if (fingerprint === undefined || !secure) {
      send();
      return;
    }
    // Nothing is sent before the certificate is known to be the right one.
    request.once('socket', (socket) => {
      socket.once('secureConnect', () => {
        const { raw } = (socket as TLSSocket).getPeerCertificate();
        const actual = raw === undefined ? '' : createHash('sha256').update(raw).digest('hex');
        if (actual === fingerprint) send();
        else fail('the certificate has another fingerprint');
      });
    });
  });
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    response.resume();
    throw new Error(`the answer has status ${statusCode}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
