import { startWorker } from './start-worker.ts';

/** The workers that the page starts; each is a file of its own (ARCHITECTURE.md, "Files by when they are needed"). */
export type WorkerRole = 'spice-session' | 'spice-display';

const STARTERS: Readonly<Record<WorkerRole, () => Worker>> = {
  'spice-session': () =>
    new Worker(new URL('../workers/session-entry.ts', import.meta.url), {
      type: 'module',
      name: 'spice-session',
    }),
  'spice-display': () =>
    new Worker(new URL('../workers/display-entry.ts', import.meta.url), {
      type: 'module',
      name: 'spice-display',
    }),
};

const FILES: Readonly<Record<WorkerRole, string>> = {
  'spice-session': '../workers/session-entry.ts',
  'spice-display': '../workers/display-entry.ts',
};

export function createWorker(role: WorkerRole): Worker {
  return startWorker(STARTERS[role], role, FILES[role], import.meta.url);
}
