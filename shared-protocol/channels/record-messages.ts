import { counted, restBytes, u16, u32, u8 } from '../wire/layout.ts';
import { message, MessageSet } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable } from './common-messages.ts';

export const recordServerTable = {
  ...commonServerTable,
  start: message(101, { channels: u32, format: u16, frequency: u32 }),
  stop: message(102, {}),
  /** the guest's capture level: one for each channel, 65535 is full */
  volume: message(103, { volume: counted(u8, u16) }),
  /** 1: muted */
  mute: message(104, { mute: u8 }),
} as const;

/** MODE and START_MARK go before the first DATA; `time` is multimedia time (docs/protocol/sound.md#record). */
export const recordClientTable = {
  ...commonClientTable,
  data: message(101, { time: u32, data: restBytes }),
  /** what DATA holds from now on */
  mode: message(102, { time: u32, mode: u16, data: restBytes }),
  startMark: message(103, { time: u32 }),
} as const;

export const recordServerMessages = new MessageSet(recordServerTable);
export const recordClientMessages = new MessageSet(recordClientTable);
