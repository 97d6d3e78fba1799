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

/** Bits of MOUSE_MODE (§6). */
export const mouseMode = { server: 1, client: 2 } as const;

/** Where to migrate to (§2.1 DstInfo). Sizes include the NUL. */
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
    sessionId: u32,
    displayChannelsHint: u32,
    supportedMouseModes: u32,
    currentMouseMode: u32,
    agentConnected: u32,
    agentTokens: u32,
    /** milliseconds */
    multiMediaTime: u32,
    /** bytes of guest video RAM, 0 when unknown */
    ramHint: u32,
  }),
  channelsList: message(104, { channels: counted(u32, channelListEntry) }),
  mouseMode: message(105, { supported: u16, current: u16 }),
  multiMediaTime: message(106, { time: u32 }),
  agentConnected: message(107, {}),
  agentDisconnected: message(108, { errorCode: u32 }),
  agentData: message(109, { data: restBytes }),
  agentToken: message(110, { tokens: u32 }),
  migrateSwitchHost: message(111, migrationTarget),
  migrateEnd: message(112, {}),
  name: message(113, { name: countedBytes(u32) }),
  uuid: message(114, { uuid: fixedBytes(16) }),
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
  attachChannels: message(104, {}),
  mouseModeRequest: message(105, { mode: u16 }),
  agentStart: message(106, { tokens: u32 }),
  agentData: message(107, { data: restBytes }),
  agentToken: message(108, { tokens: u32 }),
  migrateEnd: message(109, {}),
  migrateDstDoSeamless: message(110, { sourceVersion: u32 }),
  migrateConnectedSeamless: message(111, {}),
  qualityIndicator: message(112, { data: restBytes }),
} as const;

export const mainServerMessages = new MessageSet(mainServerTable);
export const mainClientMessages = new MessageSet(mainClientTable);
