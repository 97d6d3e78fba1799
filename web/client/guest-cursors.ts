import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { ClientFeature, FeatureHost, Receivers } from './client-feature.ts';

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
export class GuestCursors implements ClientFeature {
  readonly channels = ['cursor'] as const;
  readonly worker = 'display' as const;
  readonly #host: FeatureHost;
  readonly #cursors = new Map<number, GuestCursor>();

  constructor(host: FeatureHost) {
    this.#host = host;
  }

  readonly receive: Receivers = {
    cursorShape: ({ channel, shape, key }) => {
      this.#cursors.set(channel, { ...this.#of(channel), shape, key, isVisible: shape !== null });
      this.#host.emit('cursorshape', { channel, shape, key });
    },
    cursorPosition: ({ channel, x, y, visible }) => {
      const cursor = this.#of(channel);
      this.#cursors.set(channel, { ...cursor, x, y, isVisible: visible && cursor.shape !== null });
      this.#host.emit('cursorposition', { channel, x, y, visible });
    },
  };

  get(channel: number): GuestCursor | undefined {
    return this.#cursors.get(channel);
  }

  ended(): void {
    this.#cursors.clear();
  }

  #of(channel: number): GuestCursor {
    return this.#cursors.get(channel) ?? unknown;
  }
}
