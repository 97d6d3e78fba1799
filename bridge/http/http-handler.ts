import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tunnelPath } from '../requests/tunnel-path.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { setHeaders } from './security-headers.ts';
import type { StaticHandler } from './static-files.ts';

export interface HttpHandlerOptions {
  readonly files: StaticHandler;
  /** What `/targets.json` tells; no addresses, no secrets. */
  readonly targets: () => readonly object[];
  readonly ready: () => boolean;
  readonly headers: (request: IncomingMessage) => ReadonlyMap<string, string>;
  /** @throws {BridgeError} when the request's Host names none of the bridge's hosts */
  readonly checkHost: (request: IncomingMessage) => void;
  /** Undefined: there is no /metrics here. */
  readonly metrics: (() => Promise<{ readonly type: string; readonly body: string }>) | undefined;
}

/** Everything that is not a WebSocket. */
export function httpHandler(options: HttpHandlerOptions): RequestListener {
  return (request, response) => {
    setHeaders(response, options.headers(request));
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      response.setHeader('Connection', 'close'); // the body is not read
      answer(request, response, 405, 'Only GET and HEAD.');
    } else if (!path.startsWith('/') || !decodable(path)) {
      answer(request, response, 400, 'The address is malformed.');
    } else if (path === '/healthz') {
      answer(request, response, 200, 'ok');
    } else if (path === '/readyz') {
      if (options.ready()) answer(request, response, 200, 'ready');
      else answer(request, response, 503, 'draining');
    } else if (!hostAccepted(options, request)) {
      response.setHeader('Connection', 'close');
      answer(request, response, 421, 'The bridge does not answer to this name: see its option --allow-host.');
    } else if (path === '/metrics' && options.metrics !== undefined) {
      options.metrics().then(
        ({ type, body }) => answer(request, response, 200, body.trimEnd(), type),
        () => answer(request, response, 500, 'The metrics could not be read.'),
      );
    } else if (path === '/targets.json') {
      answer(request, response, 200, JSON.stringify({ targets: options.targets() }), 'application/json');
    } else if (tunnelPath(path) !== undefined) {
      response.setHeader('Upgrade', 'websocket');
      answer(request, response, 426, 'This address speaks WebSocket.');
    } else {
      options.files(request, response, () => {
        if (path === '/') answer(request, response, 503, 'The app is not built: run npm run build.');
        else answer(request, response, 404, 'Not found.');
      });
    }
  };
}

function hostAccepted(options: HttpHandlerOptions, request: IncomingMessage): boolean {
  try {
    options.checkHost(request);
    return true;
  } catch (error) {
    if (error instanceof BridgeError) return false;
    throw error;
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain',
): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    'Content-Type': type.includes('charset') ? type : `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function decodable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}
