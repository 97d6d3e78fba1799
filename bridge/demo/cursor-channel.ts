import {
  cursorClientMessages,
  cursorFlag,
  cursorServerMessages,
  type Cursor,
  type cursorClientTable,
  type cursorServerTable,
} from '@spice-viewer/shared-protocol/channels/cursor-messages.ts';
import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { Channel, type SomeHandlers } from './channel.ts';
import type { Connection } from './connection.ts';
import { cursors, type CursorName } from './cursors.ts';
import type { Desktop } from './desktop.ts';

const none: Cursor = { flags: cursorFlag.none, header: undefined, data: new Uint8Array(0) };

/** Shows one client the desktop's cursor. What happens while the window is closed is sent once, at its end. */
export class CursorChannel extends Channel<typeof cursorServerTable, typeof cursorClientTable> {
  protected readonly handlers: SomeHandlers<typeof cursorClientTable> = {};
  readonly #desktop: Desktop;
  /** ids of the shapes that the client keeps */
  readonly #known = new Set<number>();
  #shapeLate = false;
  #moveLate = false;

  constructor(connection: Connection, desktop: Desktop, window: number) {
    super(connection, { server: cursorServerMessages, client: cursorClientMessages });
    this.#desktop = desktop;
    this.startWindow(window);
    this.send('init', {
      position: this.#position,
      trailLength: 0,
      trailFrequency: 0,
      visible: desktop.cursor === 'hidden' ? 0 : 1,
      cursor: this.#shape(desktop.cursor),
    });
  }

  cursorChanged(): void {
    this.#shapeLate = true;
    if (this.canSend) this.resumed();
  }

  pointerMoved(): void {
    this.#moveLate = true;
    if (this.canSend) this.resumed();
  }

  closed(): void {}

  protected override resumed(): void {
    if (this.#shapeLate) {
      this.#shapeLate = false;
      const name = this.#desktop.cursor;
      if (name === 'hidden') this.send('hide', {});
      else this.send('set', { position: this.#position, visible: 1, cursor: this.#shape(name) });
    }
    if (!this.#moveLate || !this.canSend) return;
    this.#moveLate = false;
    // A move shows the cursor again.
    if (this.#desktop.cursor !== 'hidden' && this.#desktop.mouseMode === mouseMode.server) {
      this.send('move', { position: this.#position });
    }
  }

  get #position(): { x: number; y: number } {
    const { x, y } = this.#desktop.pointer;
    return { x, y };
  }

  #shape(name: CursorName): Cursor {
    if (name === 'hidden') return none;
    const { id, data, ...rest } = cursors[name];
    const header = { unique: { hi: 0xc0c0a, lo: id }, ...rest };
    if (this.#known.has(id)) return { flags: cursorFlag.fromCache, header, data: new Uint8Array(0) };
    this.#known.add(id);
    return { flags: cursorFlag.cacheMe, header, data };
  }
}
