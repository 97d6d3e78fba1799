import {
  inputsClientMessages,
  inputsServerMessages,
  MOTION_ACK_BUNCH,
  type inputsClientTable,
  type inputsServerTable,
} from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { inputsCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { AnyMessage } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { Channel, type SomeHandlers } from './channel.ts';
import type { Connection } from './connection.ts';
import type { Desktop } from './desktop.ts';

export const inputsCapabilities = [inputsCapability.keyScancode];

const ALL_LOCKS = 7;

/** Keys, pointer and lock state of one client. */
export class InputsChannel extends Channel<typeof inputsServerTable, typeof inputsClientTable> {
  protected readonly handlers: SomeHandlers<typeof inputsClientTable> = {
    keyDown: ({ code }) => this.#scancodes(code),
    keyUp: ({ code }) => this.#scancodes(code),
    keyScancode: ({ bytes }) => bytes.forEach((byte) => this.#desktop.scancode(byte)),
    keyModifiers: ({ modifiers }) => this.#desktop.setLocks(modifiers & ALL_LOCKS),
    mouseMotion: ({ dx, dy, buttons }) => {
      this.#desktop.pointBy(dx, dy, buttons);
      this.#countMotion();
    },
    mousePosition: ({ x, y, buttons }) => {
      this.#desktop.pointTo(x, y, buttons);
      this.#countMotion();
    },
    mousePress: ({ button }) => this.#button(button, true),
    mouseRelease: ({ button }) => this.#button(button, false),
  };
  readonly #desktop: Desktop;
  readonly #log: (message: AnyMessage) => void;
  #motions = 0;

  constructor(connection: Connection, desktop: Desktop, log: (message: AnyMessage) => void) {
    super(connection, { server: inputsServerMessages, client: inputsClientMessages });
    this.#desktop = desktop;
    this.#log = log;
    this.send('init', { modifiers: desktop.keyboard.locks });
  }

  override receive(type: number, body: Uint8Array): void {
    const message = inputsClientMessages.read(type, body.slice());
    if (message !== undefined) this.#log(message);
    super.receive(type, body);
  }

  locksChanged(): void {
    this.send('keyModifiers', { modifiers: this.#desktop.keyboard.locks });
  }

  closed(): void {
    this.#desktop.releaseInputs();
  }

  /** Up to four bytes, the lowest first, up to a zero byte. */
  #scancodes(code: number): void {
    for (let rest = code; (rest & 0xff) !== 0; rest >>>= 8) this.#desktop.scancode(rest & 0xff);
  }

  #button(button: number, down: boolean): void {
    if (button >= 1 && button <= 7) this.#desktop.button(button, down);
  }

  #countMotion(): void {
    this.#motions++;
    if (this.#motions < MOTION_ACK_BUNCH) return;
    this.#motions = 0;
    this.send('mouseMotionAck', {});
  }
}
