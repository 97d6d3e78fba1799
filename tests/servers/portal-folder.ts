/** A portal's web server: some files in a folder of their own, and nothing else. */
import { cpSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, normalize } from 'node:path';
import { repository } from './bridge.ts';
import { makeDirectory, removeDirectory } from './process.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** What a session loads beside the module that the page imports. */
export const WORKER_FILES = [
  'spice-decode-worker.js',
  'spice-display-worker.js',
  'spice-session-worker.js',
  'spice-worklet.js',
] as const;

export interface PortalFolder {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Paths that were asked for, in their order; `/` is the page. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

type Pages = Readonly<Record<string, () => string>>;
type Headers = () => Readonly<Record<string, string>>;

/** @param files files and folders of dist that are copied; the rest as for servePortal */
export async function startPortalFolder(
  files: readonly string[],
  pages: Pages,
  headers: Headers,
): Promise<PortalFolder> {
  const folder = makeDirectory('portal-');
  for (const name of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(repository, 'dist', name), join(folder, name), { recursive: true });
  }
  return servePortal(folder, pages, headers);
}

/**
 * @param folder is the server's: it is removed in the end
 * @param pages what else there is: `index.html` is the page; made at each request
 * @param headers of every answer, looked up at each request
 */
export async function servePortal(folder: string, pages: Pages, headers: Headers): Promise<PortalFolder> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    asked.push(path);
    for (const [name, value] of Object.entries(headers())) response.setHeader(name, value);
    const file = path === '/' ? 'index.html' : path.slice(1);
    const answer = (body: string | Uint8Array): void => {
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
      response.end(body);
    };
    const page = pages[file];
    if (page !== undefined) answer(page());
    else readFile(join(folder, file)).then(answer, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          removeDirectory(folder);
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
