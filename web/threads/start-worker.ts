/** Long enough for the browser to have fetched the script, milliseconds. */
const REVOKE_DELAY = 30_000;

/**
 * Starts a worker whose script is a file beside ours.
 * @param start makes it, with the file's URL written in the call: only there do bundlers find it
 * @param name the worker's
 * @param file the same file, relative to `base`
 */
export function startWorker(start: () => Worker, name: string, file: string, base: string): Worker {
  try {
    return start();
  } catch (error) {
    // A page may load the viewer from another origin, which workers cannot do directly.
    if (!(error instanceof DOMException)) throw error;
    const { href } = new URL(/* @vite-ignore */ file, base);
    const source = new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' });
    const blobUrl = URL.createObjectURL(source);
    setTimeout(() => URL.revokeObjectURL(blobUrl), REVOKE_DELAY);
    return new Worker(/* @vite-ignore */ blobUrl, { type: 'module', name });
  }
}
