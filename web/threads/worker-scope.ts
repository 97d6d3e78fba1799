/** The part of a worker's global scope that we use; the DOM library's types describe a page's. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  readonly name: string;
}

const scope = globalThis as unknown as WorkerScope;

export function workerName(): string {
  return scope.name;
}

/** Connects a worker's role with the main thread. */
export function serve<Received, Sent>(
  start: (post: (message: Sent, transfer?: Transferable[]) => void) => (message: Received) => void,
): void {
  const receive = start((message, transfer) => scope.postMessage(message, transfer ?? []));
  scope.onmessage = (event) => receive(event.data as Received);
}
