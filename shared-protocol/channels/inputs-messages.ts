import { i32, restBytes, u16, u32, u8 } from '../wire/layout.ts';
import { message, MessageSet } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable } from './common-messages.ts';

/** Lock state bits of KEY_MODIFIERS (docs/protocol/inputs.md#lock-keys). */
export const keyModifier = { scrollLock: 1, numLock: 2, capsLock: 4 } as const;

/**
 * Buttons of MOUSE_PRESS and MOUSE_RELEASE; the mask bit of button b is 1 << (b - 1) (docs/protocol/inputs.md#mouse).
 */
export const mouseButton = { left: 1, middle: 2, right: 3, up: 4, down: 5, side: 6, extra: 7 } as const;

/** The server acknowledges every this many motion or position messages. */
export const MOTION_ACK_BUNCH = 4;

export const inputsServerTable = {
  ...commonServerTable,
  /** lock lights of the guest */
  init: message(101, { modifiers: u16 }),
  /** lock lights of the guest */
  keyModifiers: message(102, { modifiers: u16 }),
  /** another bunch of movements arrived */
  mouseMotionAck: message(111, {}),
} as const;

export const inputsClientTable = {
  ...commonClientTable,
  /** Up to four set-1 scan code bytes, lowest byte first, ended by a zero byte. */
  keyDown: message(101, { code: u32 }),
  keyUp: message(102, { code: u32 }),
  /** lock lights that the guest should have */
  keyModifiers: message(103, { modifiers: u16 }),
  /** bytes for the keyboard as they are */
  keyScancode: message(104, { bytes: restBytes }),
  /** mouse mode server */
  mouseMotion: message(111, { dx: i32, dy: i32, buttons: u16 }),
  /** mouse mode client; in the picture of that display */
  mousePosition: message(112, { x: u32, y: u32, buttons: u16, displayId: u8 }),
  /** buttons: after the change */
  mousePress: message(113, { button: u8, buttons: u16 }),
  /** buttons: after the change */
  mouseRelease: message(114, { button: u8, buttons: u16 }),
} as const;

export const inputsServerMessages = new MessageSet(inputsServerTable);
export const inputsClientMessages = new MessageSet(inputsClientTable);
