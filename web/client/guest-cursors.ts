import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { FromWorker } from '../threads/worker-messages.ts';

/** The pointer of a cursor channel. */
export interface GuestCursor {
  readonly shape: CursorShape | null;
  /** the same for the same shape */
  readonly key: string;
  readonly isVisible: boolean;
  /** on the surface of the display channel with the same id */
  readonly x: number;
  readonly y: number;
}

const unknown: GuestCursor = { shape: null, key: '', isVisible: false, x: 0, y: 0 };

/** The newest of what the cursor channels said, for views that come later. */
export class GuestCursors {
  readonly #cursors = new Map<number, GuestCursor>();

  get(channel: number): GuestCursor | undefined {
    return this.#cursors.get(channel);
  }

  clear(): void {
    this.#cursors.clear();
  }

  receive(message: Extract<FromWorker, { kind: 'cursorShape' | 'cursorPosition' }>): void {
    const { channel } = message;
    const cursor = this.#cursors.get(channel) ?? unknown;
    if (message.kind === 'cursorShape') {
      const { shape, key } = message;
      this.#cursors.set(channel, { ...cursor, shape, key, isVisible: shape !== null });
    } else {
      const { x, y, visible } = message;
      this.#cursors.set(channel, { ...cursor, x, y, isVisible: visible && cursor.shape !== null });
    }
  }
}
