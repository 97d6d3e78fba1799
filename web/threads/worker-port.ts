import type { FromWorker } from './worker-messages.ts';

type Requestable = { kind: 'request'; request: number };
/** Without the number, which the port gives; distributive, so that each question keeps its own fields. */
export type QuestionOf<Sent> = Sent extends Requestable ? Omit<Sent, 'request'> : never;

/** The part of a Worker that a port needs; tests play it with a script. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

interface Question {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How long a worker may take to close its sockets properly, milliseconds. */
const FAREWELL = 1_000;

/** A worker as the main thread sees it: messages out, messages in, and questions with answers. */
export class WorkerPort<Sent extends { kind: string }> {
  readonly #worker: WorkerLike;
  readonly #questions = new Map<number, Question>();
  #nextRequest = 1;

  /** @param failed `wasLoaded` is false where the worker's script did not come */
  constructor(
    worker: WorkerLike,
    receive: (message: FromWorker) => void,
    failed: (detail: string, wasLoaded: boolean) => void,
  ) {
    this.#worker = worker;
    worker.onmessage = ({ data: message }) => {
      if (message.kind === 'response') this.#settle(message.request)?.resolve(message.value);
      else if (message.kind === 'requestFailed') {
        this.#settle(message.request)?.reject(new Error(message.message));
      } else receive(message);
    };
    // An error without a message: the script did not come.
    worker.onerror = ({ message = '' }) => failed(message || 'a worker could not be started', message !== '');
  }

  post(message: Sent, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  ask<T>(question: QuestionOf<Sent>): Promise<T> {
    const request = this.#nextRequest;
    this.#nextRequest++;
    return new Promise<T>((resolve, reject) => {
      this.#questions.set(request, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ ...question, request }, []);
    });
  }

  /** What was asked in a session that is over is not answered any more. */
  rejectAll(): void {
    for (const { reject } of this.#questions.values()) reject(new Error('The session has ended.'));
    this.#questions.clear();
  }

  /** Sends a last message and ends the worker once it had time to act on it. */
  dispose(last: Sent): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.postMessage(last, []);
    setTimeout(() => this.#worker.terminate(), FAREWELL);
    this.rejectAll();
  }

  #settle(request: number): Question | undefined {
    const found = this.#questions.get(request);
    this.#questions.delete(request);
    return found;
  }
}
