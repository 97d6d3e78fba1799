import {
  inputsClientMessages,
  inputsServerMessages,
  MOTION_ACK_BUNCH,
  type inputsClientTable,
  type inputsServerTable,
} from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { hasCapability, inputsCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { keyStroke, scancodeBytes } from '../common/scancodes.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';
import { KeyTiming, type TimedKey } from './key-timing.ts';

type Server = typeof inputsServerTable;

/** Movements that may be under way without an acknowledgement. */
const MAX_UNACKNOWLEDGED = MOTION_ACK_BUNCH * 2;

/** Keys, buttons and movement to the guest; movement only as fast as the guest takes it. */
export class InputsChannel extends Channel<Server, typeof inputsClientTable> {
  readonly #post: (message: FromWorker) => void;
  readonly #timing = new KeyTiming({
    send: (keys) => this.#sendKeys(keys),
    now: () => performance.now(),
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  #canSendScancodes = false;
  #unacknowledged = 0;
  #movements = 0;
  /** when the movement went out that completes a bunch to acknowledge */
  #bunchSent = 0;
  #pendingPosition: { x: number; y: number; buttons: number; displayId: number } | undefined;
  #pendingMotion: { dx: number; dy: number; buttons: number } | undefined;

  constructor(request: OpenChannel, events: ChannelEvents, post: (message: FromWorker) => void) {
    super(request, events, { server: inputsServerMessages, client: inputsClientMessages, capabilities: [] });
    this.#post = post;
  }

  sendKey(code: string, down: boolean): void {
    this.#timing.key(code, down);
  }

  lockState(modifiers: number): void {
    this.#timing.flush();
    this.send('keyModifiers', { modifiers });
  }

  position(x: number, y: number, buttons: number, displayId: number): void {
    this.#pendingMotion = undefined;
    this.#pendingPosition = { x, y, buttons, displayId };
    if (this.#unacknowledged < MAX_UNACKNOWLEDGED) this.#flushMovement();
  }

  motion(dx: number, dy: number, buttons: number): void {
    const pending = this.#pendingMotion;
    this.#pendingPosition = undefined;
    this.#pendingMotion = { dx: dx + (pending?.dx ?? 0), dy: dy + (pending?.dy ?? 0), buttons };
    if (this.#unacknowledged < MAX_UNACKNOWLEDGED) this.#flushMovement();
  }

  /** @param buttons the mask after the change; wheel buttons have no bit in it */
  button(button: number, down: boolean, buttons: number): void {
    this.#timing.flush();
    // The click must land where the pointer is, whatever is not yet acknowledged.
    this.#flushMovement();
    this.send(down ? 'mousePress' : 'mouseRelease', { button, buttons });
  }

  protected override linked(link: LinkResult): void {
    this.#canSendScancodes = hasCapability(link.serverChannelCaps, inputsCapability.keyScancode);
    this.#timing.roundTrip(this.roundTripTime);
  }

  override close(): void {
    this.#timing.flush();
    super.close();
  }

  /** Several keys are one message where the server can take them so. */
  #sendKeys(keys: readonly TimedKey[]): void {
    if (keys.length > 1 && this.#canSendScancodes) {
      const bytes = keys.flatMap(({ code, down }) => scancodeBytes(code, down));
      if (bytes.length > 0) this.send('keyScancode', { bytes: Uint8Array.from(bytes) });
    } else for (const { code, down } of keys) this.#sendKey(code, down);
  }

  #sendKey(code: string, down: boolean): void {
    const stroke = keyStroke(code, down);
    if (stroke === undefined || stroke.kind === 'none') return;
    if (stroke.kind === 'code') this.send(down ? 'keyDown' : 'keyUp', { code: stroke.code });
    else if (this.#canSendScancodes) this.send('keyScancode', { bytes: Uint8Array.from(stroke.bytes) });
    else for (const byte of stroke.bytes) this.send('keyDown', { code: byte });
  }

  #flushMovement(): void {
    if (this.#pendingPosition !== undefined) this.send('mousePosition', this.#pendingPosition);
    else if (this.#pendingMotion !== undefined) this.send('mouseMotion', this.#pendingMotion);
    else return;
    this.#unacknowledged++;
    this.#movements++;
    if (this.#movements % MOTION_ACK_BUNCH === 0) this.#bunchSent = performance.now();
    this.#pendingPosition = undefined;
    this.#pendingMotion = undefined;
  }

  protected override readonly handlers: ChannelHandlers<Server> = {
    init: ({ modifiers }) => this.#post({ kind: 'guestLockState', modifiers }),
    keyModifiers: ({ modifiers }) => this.#post({ kind: 'guestLockState', modifiers }),
    mouseMotionAck: () => {
      if (this.#unacknowledged <= MOTION_ACK_BUNCH) {
        this.roundTripTime = performance.now() - this.#bunchSent;
        this.#timing.roundTrip(this.roundTripTime);
      }
      this.#unacknowledged = Math.max(0, this.#unacknowledged - MOTION_ACK_BUNCH);
      if (this.#unacknowledged < MAX_UNACKNOWLEDGED) this.#flushMovement();
    },
  };
}
