/** The roles that one worker file plays; a worker learns its role from its name. */
export type WorkerRole = 'spice-session' | 'spice-display' | 'spice-decode';

/**
 * Where the worker's script is, seen from this module. The build sets it to '' and `import.meta.url` to the
 * built file's own: `dist/spice-viewer.js` is its own worker, so there is nothing else to serve.
 */
declare const workerEntry: string | undefined;

export function createWorker(role: WorkerRole): Worker {
  const entry = typeof workerEntry === 'undefined' ? '../workers/entry.ts' : workerEntry;
  const url = new URL(/* @vite-ignore */ entry, import.meta.url).href;
  const options: WorkerOptions = { type: 'module', name: role };
  try {
    return new Worker(url, options);
  } catch (error) {
    // A page may load the module from another origin, which workers cannot do directly.
    if (!(error instanceof DOMException)) throw error;
    const source = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
    const blobUrl = URL.createObjectURL(source);
    const worker = new Worker(blobUrl, options);
    setTimeout(() => URL.revokeObjectURL(blobUrl), REVOKE_DELAY);
    return worker;
  }
}

/** Long enough for the browser to have fetched the script, milliseconds. */
const REVOKE_DELAY = 30_000;
