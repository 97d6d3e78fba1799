/** Debian's spice-html5: the reference client in the browser. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const ROOT = '/usr/share/spice-html5';
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export interface SpiceHtml5 {
  /** The page that connects at once to ws://127.0.0.1:webSocketPort/. */
  pageUrl(webSocketPort: number): string;
  stop(): Promise<void>;
}

/** The guest's picture in that page, as a CSS selector. */
export const SPICE_HTML5_CANVAS = '#spice-screen canvas';

export async function startSpiceHtml5(): Promise<SpiceHtml5> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    readFile(join(ROOT, path)).then(
      (body) => {
        response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    pageUrl: (webSocketPort) =>
      `http://127.0.0.1:${port}/spice_auto.html?host=127.0.0.1&port=${webSocketPort}&path=websockify`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
