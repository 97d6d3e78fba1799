import {
  cursorClientMessages,
  cursorFlag,
  cursorServerMessages,
  type Cursor,
  type cursorClientTable,
  type cursorServerTable,
} from '@spice-viewer/shared-protocol/channels/cursor-messages.ts';
import { decodeCursorShape, type CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import { U64Map, u64ToString } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';

type Server = typeof cursorServerTable;

/** Shapes that a server may have us keep; spice-server's own limit is 256. */
const MAX_CACHED_SHAPES = 1024;

interface KnownShape {
  readonly shape: CursorShape;
  /** the same for the same picture, so that the main thread can keep what it made of it */
  readonly key: string;
}

/** The guest's pointer: its shape, and in server mouse mode its place. */
export class CursorChannel extends Channel<Server, typeof cursorClientTable> {
  readonly #post: (message: FromWorker) => void;
  readonly #cache = new U64Map<KnownShape>();
  #anonymous = 0;

  constructor(request: OpenChannel, events: ChannelEvents, post: (message: FromWorker) => void) {
    super(request, events, { server: cursorServerMessages, client: cursorClientMessages, capabilities: [] });
    this.#post = post;
  }

  protected override readonly handlers: ChannelHandlers<Server> = {
    init: ({ position, visible, cursor }) => {
      this.#cache.clear();
      this.#show(cursor);
      this.#place(position, visible !== 0);
    },
    reset: () => {
      this.#cache.clear();
      this.#hide();
    },
    // The native client ignores the visible byte of SET: a new shape shows.
    set: ({ position, cursor }) => {
      this.#show(cursor);
      this.#place(position, true);
    },
    move: ({ position }) => this.#place(position, true),
    hide: () => this.#hide(),
    invalOne: ({ id }) => void this.#cache.delete(id),
    invalAll: () => this.#cache.clear(),
  };

  #show(cursor: Cursor): void {
    const known = this.#shapeOf(cursor);
    if (known === undefined) return;
    const { id: channel } = this.key;
    this.#post({ kind: 'cursorShape', channel, shape: known?.shape ?? null, key: known?.key ?? '' });
  }

  /** null: no shape; undefined: keep the one that is shown */
  #shapeOf(cursor: Cursor): KnownShape | null | undefined {
    const { header, flags, data } = cursor;
    if (header === undefined) return null;
    if ((flags & cursorFlag.fromCache) !== 0) return this.#cache.get(header.unique);
    if (header.width === 0 || header.height === 0) return null;
    const cached = (flags & cursorFlag.cacheMe) !== 0 && this.#cache.size < MAX_CACHED_SHAPES;
    this.#anonymous++;
    const key = cached
      ? `${this.label}/${u64ToString(header.unique)}/${this.#anonymous}`
      : `${this.label}/${this.#anonymous}`;
    const known = { shape: decodeCursorShape(header, data), key };
    if (cached) this.#cache.set(header.unique, known);
    return known;
  }

  #place(position: { x: number; y: number }, visible: boolean): void {
    this.#post({ kind: 'cursorPosition', channel: this.key.id, x: position.x, y: position.y, visible });
  }

  #hide(): void {
    this.#post({ kind: 'cursorPosition', channel: this.key.id, x: 0, y: 0, visible: false });
  }
}
