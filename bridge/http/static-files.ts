import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

export type StaticHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The modules for pages of others, beside the app's folder, and what they load. */
const MODULE_FILE = /^\/(?:spice-[a-z.-]+|chunks\/[a-z-]+)\.js$/;

/**
 * Serves `dist/app` at `/`, and the modules of `dist` that pages of others import.
 * Files are looked up at each request, so that a new build needs no restart.
 * @param dist the folder that holds both
 */
export function staticFiles(dist: string): StaticHandler {
  const options = {
    dev: true,
    etag: true,
    setHeaders: (response: ServerResponse, path: string) => {
      // Vite puts a hash of the content into the names under assets/.
      const kept = path.startsWith('/assets/');
      response.setHeader('Cache-Control', kept ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  };
  const app = sirv(join(dist, 'app'), options);
  const modules = sirv(dist, options);

  return (request, response, next) => {
    // sirv throws on ranges that end before they start, and the files are small.
    delete request.headers.range;
    // sirv leaves read errors of its file stream unhandled, which would end the process.
    response.once('pipe', (file) => file.once('error', () => response.destroy()));
    const [path] = (request.url ?? '').split('?', 1);
    if (MODULE_FILE.test(path ?? '')) modules(request, response, next);
    else app(request, response, next);
  };
}
