import {
  arrayBy,
  countedBytes,
  countOf,
  counted,
  restBytes,
  struct,
  u16,
  u32,
  u64,
  u8,
  type Value,
} from '../wire/layout.ts';
import { message } from '../wire/message-table.ts';

/** Channel types of the link message (docs/protocol/link.md#channel-types). */
export const channelType = {
  main: 1,
  display: 2,
  inputs: 3,
  cursor: 4,
  playback: 5,
  record: 6,
  tunnel: 7,
  smartcard: 8,
  usbredir: 9,
  port: 10,
  webdav: 11,
} as const;

export type ChannelName = keyof typeof channelType;

export function channelName(type: number): ChannelName | undefined {
  return (Object.keys(channelType) as ChannelName[]).find((name) => channelType[name] === type);
}

export const notifySeverity = { info: 0, warn: 1, error: 2 } as const;

/** "Wait until that channel has handled the message with that serial." */
export const waitForChannel = struct({ channelType: u8, channelId: u8, serial: u64 });
export type WaitForChannel = Value<typeof waitForChannel>;

/** Server to client on every channel, types 1..8 (docs/protocol/link.md#common-messages). */
export const commonServerTable = {
  migrate: message(1, { flags: u32 }),
  migrateData: message(2, { data: restBytes }),
  /** begins a window of acknowledgements */
  setAck: message(3, { generation: u32, window: u32 }),
  /** PONG goes back at once */
  ping: message(4, { id: u32, timestamp: u64, data: restBytes }),
  /** holds this channel until those others are so far */
  waitForChannels: message(5, { waitList: counted(u8, waitForChannel) }),
  /** reason: a link error */
  disconnecting: message(6, { timestamp: u64, reason: u32 }),
  /** words for the user or a log */
  notify: message(7, { timestamp: u64, severity: u32, visibility: u32, what: u32, text: countedBytes(u32) }),
  /** Body begins with the offsets of sub-messages; see link/message-stream.ts. */
  list: message(8, { count: countOf(u16, 'offsets'), offsets: arrayBy('count', u32), rest: restBytes }),
} as const;

/** Client to server on every channel, types 1..6 (docs/protocol/link.md#common-messages). */
export const commonClientTable = {
  /** answers SET_ACK */
  ackSync: message(1, { generation: u32 }),
  /** another window of messages was handled */
  ack: message(2, {}),
  /** both as in PING */
  pong: message(3, { id: u32, timestamp: u64 }),
  migrateFlushMark: message(4, {}),
  migrateData: message(5, { data: restBytes }),
  disconnecting: message(6, { timestamp: u64, reason: u32 }),
} as const;
