import { startWorker } from './start-worker.ts';

const FILE = '../workers/decode-entry.ts';

/** Apart from the page's workers, so that no worker's file names itself: bundlers would go round in a circle. */
export function createDecodeWorker(): Worker {
  return startWorker(
    () =>
      new Worker(new URL('../workers/decode-entry.ts', import.meta.url), {
        type: 'module',
        name: 'spice-decode',
      }),
    'spice-decode',
    FILE,
    import.meta.url,
  );
}
