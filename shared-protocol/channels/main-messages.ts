import {
  counted,
  countedBytes,
  countOf,
  bytesBy,
  fixedBytes,
  pointer,
  pointerTo,
  restBytes,
  struct,
  u16,
  u32,
  u64,
  u8,
  type Value,
} from '../wire/layout.ts';
import { message, MessageSet } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable } from './common-messages.ts';

/** Bits of MOUSE_MODE (docs/protocol/main.md#mouse-mode). */
export const mouseMode = { server: 1, client: 2 } as const;

/** Where to migrate to (docs/protocol/main.md#migration-target). Sizes include the NUL. */
const migrationTarget = {
  port: u16,
  tlsPort: u16,
  hostSize: countOf(u32, 'host'),
  host: pointerTo(bytesBy((owner) => owner.hostSize, 'hostSize')),
  certSubjectSize: u32,
  certSubject: pointer(bytesBy((owner) => owner.certSubjectSize, 'certSubjectSize')),
} as const;

export const channelListEntry = struct({ type: u8, id: u8 });
export type ChannelListEntry = Value<typeof channelListEntry>;

export const mainServerTable = {
  ...commonServerTable,
  migrateBegin: message(101, migrationTarget),
  migrateCancel: message(102, {}),
  init: message(103, {
    /** connection id of all other channels */
    sessionId: u32,
    displayChannelsHint: u32,
    supportedMouseModes: u32,
    currentMouseMode: u32,
    agentConnected: u32,
    /** chunks that may be sent to the agent */
    agentTokens: u32,
    /** milliseconds */
    multiMediaTime: u32,
    /** bytes of guest video RAM, 0 when unknown */
    ramHint: u32,
  }),
  /** what can be opened; may come again with more */
  channelsList: message(104, { channels: counted(u32, channelListEntry) }),
  /** supported: a mask; current: one of its bits */
  mouseMode: message(105, { supported: u16, current: u16 }),
  multiMediaTime: message(106, { time: u32 }),
  agentConnected: message(107, {}),
  /** a link error */
  agentDisconnected: message(108, { errorCode: u32 }),
  /** a chunk of the agent’s messages */
  agentData: message(109, { data: restBytes }),
  /** so many chunks more may be sent */
  agentToken: message(110, { tokens: u32 }),
  migrateSwitchHost: message(111, migrationTarget),
  migrateEnd: message(112, {}),
  /** of the guest: UTF-8 and a NUL */
  name: message(113, { name: countedBytes(u32) }),
  /** of the guest */
  uuid: message(114, { uuid: fixedBytes(16) }),
  /** an agent came; so many chunks may be sent, whatever was left */
  agentConnectedTokens: message(115, { tokens: u32 }),
  migrateBeginSeamless: message(116, { ...migrationTarget, sourceMigrationVersion: u32 }),
  migrateDstSeamlessAck: message(117, {}),
  migrateDstSeamlessNack: message(118, {}),
} as const;

export const mainClientTable = {
  ...commonClientTable,
  clientInfo: message(101, { cacheSize: u64 }),
  migrateConnected: message(102, {}),
  migrateConnectError: message(103, {}),
  /** asks for CHANNELS_LIST */
  attachChannels: message(104, {}),
  /** one bit */
  mouseModeRequest: message(105, { mode: u16 }),
  /** chunks that the agent may send */
  agentStart: message(106, { tokens: u32 }),
  /** a chunk of our messages to the agent */
  agentData: message(107, { data: restBytes }),
  /** so many chunks more may be sent */
  agentToken: message(108, { tokens: u32 }),
  migrateEnd: message(109, {}),
  migrateDstDoSeamless: message(110, { sourceVersion: u32 }),
  migrateConnectedSeamless: message(111, {}),
  qualityIndicator: message(112, { data: restBytes }),
} as const;

export const mainServerMessages = new MessageSet(mainServerTable);
export const mainClientMessages = new MessageSet(mainClientTable);
