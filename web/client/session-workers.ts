import type { WorkerRole } from '../threads/create-worker.ts';
import type { FromWorker, ToDisplayWorker, ToSessionWorker } from '../threads/worker-messages.ts';
import { WorkerPort, type WorkerLike } from '../threads/worker-port.ts';

export interface SessionWorkersHost {
  createWorker(role: WorkerRole): WorkerLike;
  /** what a worker of the running session says */
  receive(message: FromWorker): void;
  /** A worker is lost. @param wasLoaded false: its script did not come */
  failed(detail: string, wasLoaded: boolean): void;
}

/**
 * The workers of a client's sessions. The session worker is new for every session. The display worker may stay for the
 * next one: a canvas that it was given can never leave it.
 */
export class SessionWorkers {
  readonly #host: SessionWorkersHost;
  #session: WorkerPort<ToSessionWorker> | undefined;
  #display: WorkerPort<ToDisplayWorker> | undefined;
  /** `closeAll`s that the display worker has not answered: until then it tells of sessions that are over */
  #closing = 0;
  #isRunning = false;

  constructor(host: SessionWorkersHost) {
    this.#host = host;
  }

  get session(): WorkerPort<ToSessionWorker> | undefined {
    return this.#isRunning ? this.#session : undefined;
  }

  get display(): WorkerPort<ToDisplayWorker> | undefined {
    return this.#isRunning ? this.#display : undefined;
  }

  /** A session begins. */
  start(): void {
    this.#isRunning = true;
    this.#session = new WorkerPort(
      this.#host.createWorker('spice-session'),
      (message) => this.#host.receive(message),
      (detail, wasLoaded) => this.#host.failed(detail, wasLoaded),
    );
    this.#display ??= this.#newDisplay();
  }

  /** The session is over. @param keepsDisplay its display worker is to serve the next one */
  end(keepsDisplay: boolean): void {
    this.#isRunning = false;
    this.#session?.dispose({ kind: 'closeAll' });
    this.#session = undefined;
    if (!keepsDisplay) return this.#endDisplay();
    if (this.#display === undefined) return;
    this.#closing++;
    this.#display.rejectAll();
    this.#display.post({ kind: 'closeAll' });
  }

  /** Canvases for a display worker that stays between sessions. */
  postToDisplay(message: ToDisplayWorker, transfer: Transferable[] = []): boolean {
    this.#display?.post(message, transfer);
    return this.#display !== undefined;
  }

  dispose(): void {
    this.end(false);
  }

  #endDisplay(): void {
    this.#display?.dispose({ kind: 'closeAll' });
    this.#display = undefined;
    this.#closing = 0;
  }

  #newDisplay(): WorkerPort<ToDisplayWorker> {
    const port: WorkerPort<ToDisplayWorker> = new WorkerPort(
      this.#host.createWorker('spice-display'),
      (message) => {
        if (message.kind === 'allClosed') this.#closing--;
        else if (this.#closing === 0) this.#host.receive(message);
      },
      (detail, wasLoaded) => {
        if (this.#display !== port) return;
        this.#endDisplay();
        this.#host.failed(detail, wasLoaded);
      },
    );
    return port;
  }
}
