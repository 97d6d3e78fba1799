import type { FromWorker } from '../threads/worker-messages.ts';

export type Post = (message: FromWorker, transfer?: Transferable[]) => void;

export interface SessionPost {
  readonly send: Post;
  /** Nothing of this session is told any more. */
  end(): void;
}

/** A session's way to the main thread, which ends with it: what its channels still say then would be taken for the next's. */
export function sessionPost(post: Post): SessionPost {
  let isOver = false;
  return {
    send: (message, transfer) => {
      if (!isOver) post(message, transfer);
    },
    end: () => {
      isOver = true;
    },
  };
}
