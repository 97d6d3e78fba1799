import { restBytes, struct, u16, u64, u8, unlessFlag, type Value } from '../wire/layout.ts';
import { message, MessageSet } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable } from './common-messages.ts';
import { point16 } from './draw-structures.ts';

export const cursorFlag = { none: 1, cacheMe: 2, fromCache: 4 } as const;

/** Shapes of cursor data (docs/protocol/cursor.md#shapes). */
export const cursorType = {
  alpha: 0,
  mono: 1,
  color4: 2,
  color8: 3,
  color16: 4,
  color24: 5,
  color32: 6,
} as const;

export const cursorHeader = struct({
  unique: u64,
  type: u8,
  width: u16,
  height: u16,
  hotSpotX: u16,
  hotSpotY: u16,
});
export type CursorHeader = Value<typeof cursorHeader>;

/** The header is absent with flag NONE; the data is empty with FROM_CACHE. */
export const cursor = struct({
  flags: u16,
  header: unlessFlag(cursorFlag.none, cursorHeader),
  data: restBytes,
});
export type Cursor = Value<typeof cursor>;

export const cursorServerTable = {
  ...commonServerTable,
  init: message(101, { position: point16, trailLength: u16, trailFrequency: u16, visible: u8, cursor }),
  /** hidden, and the cache is empty */
  reset: message(102, {}),
  /** a shape, which shows */
  set: message(103, { position: point16, visible: u8, cursor }),
  /** moves and shows */
  move: message(104, { position: point16 }),
  hide: message(105, {}),
  /** ignored */
  trail: message(106, { length: u16, frequency: u16 }),
  /** leaves the cache */
  invalOne: message(107, { id: u64 }),
  invalAll: message(108, {}),
} as const;

export const cursorClientTable = { ...commonClientTable } as const;

export const cursorServerMessages = new MessageSet(cursorServerTable);
export const cursorClientMessages = new MessageSet(cursorClientTable);
