import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Address } from '../addresses/listen-address.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { listenAt } from '../http/listener.ts';
import type { Logger } from '../operation/logger.ts';
import { claimsProblem, sessionClaims, subjectText } from '../sessions/claims.ts';
import type { Sessions } from '../sessions/create-sessions.ts';

export interface AdminServerOptions {
  readonly listen: Address;
  readonly token: string;
  readonly sessions: Pick<Sessions, 'list' | 'mint' | 'revoke'>;
  readonly metrics?: (() => Promise<{ readonly type: string; readonly body: string }>) | undefined;
  readonly logger: Logger;
}

export interface AdminServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Bytes: claims with a chain of certificates. */
const BODY_LIMIT = 128 * 1024;
/** Milliseconds for a whole request. */
const REQUEST_TIMEOUT = 10_000;
const ID = /^[A-Za-z0-9_-]{8,64}$/;
/** Seconds. */
const STANDARD_TTL = 300;
const LONGEST_TTL = 86_400;

const mintRequest = z.looseObject({
  ttl: z.number().int().min(1).max(LONGEST_TTL).default(STANDARD_TTL),
  subject: subjectText.optional(),
});

/** An answer that is no success. */
class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Answer = { readonly status: number; readonly body?: unknown; readonly type?: string };

/**
 * The admin API, for portals and operators, on a listener of its own: every request but /healthz needs the token.
 * Answers are JSON. @throws {BridgeError} `listen-failed`
 */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const expected = digest(options.token);
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 1000 },
    (request, response) => {
      handle(request, expected, options).then(
        (answer) => send(response, answer),
        (error: unknown) => send(response, problem(error, options.logger)),
      );
    },
  );
  const address = await listenAt(server, options.listen);
  return {
    ...address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  request: IncomingMessage,
  expected: Buffer,
  { sessions, metrics, logger }: AdminServerOptions,
): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?', 1);
  const { method = '' } = request;
  if (path === '/healthz' && method === 'GET') return { status: 200, body: { status: 'ok' } };
  const given = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(given), expected)) {
    throw new HttpProblem(401, 'unauthorized', 'The admin token is missing or wrong.');
  }
  // A page cannot know the token; still, none has any business here.
  if (request.headers.origin !== undefined)
    throw new HttpProblem(403, 'origin-refused', 'Pages may not use the admin API.');

  if (path === '/sessions') {
    allow(method, 'GET');
    return { status: 200, body: { sessions: await sessions.list() } };
  }
  if (path === '/tokens') {
    allow(method, 'POST');
    const minted = await mint(await readBody(request), sessions);
    logger.info({ event: 'mint', session: minted.id }, 'token minted');
    return { status: 201, body: minted };
  }
  if (path === '/metrics' && metrics !== undefined) {
    allow(method, 'GET');
    const { type, body } = await metrics();
    return { status: 200, body, type };
  }
  const [, kind, id = ''] = /^\/(sessions|tokens)\/([^/]+)$/.exec(path) ?? [];
  if (kind === undefined || !ID.test(id)) throw new HttpProblem(404, 'not-found', 'There is nothing here.');
  allow(method, 'DELETE');
  // Its bridge may not have told of it yet: a token's id, 64 digits, is revoked whether or not it is known.
  const known = /^[0-9a-f]{64}$/.test(id) || (await sessions.list()).some((session) => session.id === id);
  if (!known) throw new HttpProblem(404, 'not-found', 'There is no such session.');
  await sessions.revoke(id);
  logger.info({ event: 'revoke', session: id }, kind === 'sessions' ? 'session ended' : 'token revoked');
  return { status: 204 };
}

function allow(method: string, wanted: string): void {
  if (method !== wanted) throw new HttpProblem(405, 'method-not-allowed', `Only ${wanted} is possible here.`);
}

async function mint(body: unknown, sessions: AdminServerOptions['sessions']): ReturnType<Sessions['mint']> {
  const wanted = mintRequest.safeParse(body);
  if (!wanted.success) throw new HttpProblem(400, 'bad-request', `${claimsProblem(wanted.error)}.`);
  const { ttl, subject, ...rest } = wanted.data;
  const claims = sessionClaims.safeParse(rest);
  if (!claims.success) throw new HttpProblem(400, 'bad-request', `${claimsProblem(claims.error)}.`);
  return sessions.mint(claims.data, subject, ttl);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new HttpProblem(413, 'too-large', 'The request is too large.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpProblem(400, 'bad-request', 'The request is not JSON.');
  }
}

function problem(error: unknown, logger: Logger): Answer {
  if (error instanceof HttpProblem) {
    return { status: error.status, body: { error: { code: error.code, message: error.message } } };
  }
  if (error instanceof BridgeError) {
    const status = error.code === 'store-unavailable' ? 503 : 400;
    return { status, body: { error: { code: error.code, message: error.message } } };
  }
  logger.error({ event: 'admin', err: error }, 'the admin API failed');
  return { status: 500, body: { error: { code: 'failed', message: 'The request failed.' } } };
}

function send(response: ServerResponse, { status, body, type }: Answer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': type ?? 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    // What is left of a refused body is not read.
    ...(status >= 400 ? { Connection: 'close' } : {}),
  });
  response.end(text);
}

/** Of one length, so that comparing takes the same time whatever is given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
