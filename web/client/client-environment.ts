import { createWorker, type WorkerRole } from '../threads/create-worker.ts';
import type { WorkerLike } from '../threads/worker-port.ts';
import type { PagePlace } from './channel-url.ts';

/** What a client needs of the browser that has to do with the page; tests in Node play its part. */
export interface ClientEnvironment {
  createWorker(role: WorkerRole): WorkerLike;
  page(): PagePlace;
  /** tells `online` and `offline` */
  readonly network: EventTarget;
  /** the page is in a background tab */
  isHidden(): boolean;
}

export const browserEnvironment: ClientEnvironment = {
  createWorker: (role) => createWorker(role) as WorkerLike,
  network: globalThis as unknown as EventTarget,
  page: () => ({ base: document.baseURI, isSecure: location.protocol === 'https:' }),
  isHidden: () => document.hidden,
};
