/** As for workers (create-worker.ts): the built file is its own worklet module. */
declare const workerEntry: string | undefined;

/** What `audioWorklet.addModule` loads; a page's Content-Security-Policy sees it as a script. */
export function workletUrl(): string {
  const entry = typeof workerEntry === 'undefined' ? '../../worklets/worklet-entry.ts' : workerEntry;
  return new URL(/* @vite-ignore */ entry, import.meta.url).href;
}
