import { createWorker, type WorkerRole } from './create-worker.ts';
import type { FromWorker } from './worker-messages.ts';

type Requestable = { kind: 'request'; request: number };
/** Without the number, which the port gives; distributive, so that each question keeps its own fields. */
type QuestionOf<Sent> = Sent extends Requestable ? Omit<Sent, 'request'> : never;

/** How long a worker may take to close its sockets properly, milliseconds. */
const FAREWELL = 1_000;

/** A worker as the main thread sees it: messages out, messages in, and questions with answers. */
export class WorkerPort<Sent extends { kind: string }> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextRequest = 1;

  constructor(
    role: WorkerRole,
    receive: (message: FromWorker) => void,
    failed: (detail: string, wasLoaded: boolean) => void,
  ) {
    this.#worker = createWorker(role);
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      const message = event.data;
      if (message.kind === 'response') this.#settle(message.request)?.resolve(message.value);
      else if (message.kind === 'requestFailed') {
        this.#settle(message.request)?.reject(new Error(message.message));
      } else receive(message);
    };
    // An error without a message: the script did not come.
    this.#worker.onerror = ({ message }) =>
      failed(message || `the ${role} worker could not be started`, Boolean(message));
  }

  post(message: Sent, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  ask<T>(question: QuestionOf<Sent>): Promise<T> {
    const request = this.#nextRequest;
    this.#nextRequest++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(request, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ ...question, request });
    });
  }

  /** Sends a last message and ends the worker once it had time to act on it. */
  dispose(last: Sent): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.postMessage(last);
    setTimeout(() => this.#worker.terminate(), FAREWELL);
    for (const { reject } of this.#pending.values()) reject(new Error('The session has ended.'));
    this.#pending.clear();
  }

  #settle(request: number): { resolve(value: unknown): void; reject(error: Error): void } | undefined {
    const found = this.#pending.get(request);
    this.#pending.delete(request);
    return found;
  }
}
