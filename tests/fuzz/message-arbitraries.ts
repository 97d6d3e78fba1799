/** An arbitrary value for every message of every table; the compiler checks that none is missing. */
import * as fc from 'fast-check';
import {
  cursorClientMessages,
  cursorServerMessages,
  type cursorClientTable,
  type cursorServerTable,
} from '../../shared-protocol/channels/cursor-messages.ts';
import {
  displayClientMessages,
  displayServerMessages,
  type displayClientTable,
  type displayServerTable,
} from '../../shared-protocol/channels/display-messages.ts';
import {
  inputsClientMessages,
  inputsServerMessages,
  type inputsClientTable,
  type inputsServerTable,
} from '../../shared-protocol/channels/inputs-messages.ts';
import {
  mainClientMessages,
  mainServerMessages,
  type mainClientTable,
  type mainServerTable,
} from '../../shared-protocol/channels/main-messages.ts';
import {
  playbackClientMessages,
  playbackServerMessages,
  type playbackClientTable,
  type playbackServerTable,
} from '../../shared-protocol/channels/playback-messages.ts';
import {
  recordClientMessages,
  recordServerMessages,
  type recordClientTable,
  type recordServerTable,
} from '../../shared-protocol/channels/record-messages.ts';
import type { commonClientTable, commonServerTable } from '../../shared-protocol/channels/common-messages.ts';
import type { MessageSet, MessageTable, MessageValue } from '../../shared-protocol/wire/message-table.ts';
import {
  base,
  brush,
  bytes,
  clip,
  composite,
  cursor,
  fewBytes,
  heads,
  i32,
  image,
  lineAttr,
  mask,
  path,
  point,
  point16,
  rect,
  string,
  u16,
  u32,
  u64,
  u8,
  waitList,
} from './structure-arbitraries.ts';

export type MessageArbitraries<T extends MessageTable> = { [K in keyof T]: fc.Arbitrary<MessageValue<T, K>> };

const empty = fc.constant({});
const rest = fc.record({ data: fewBytes });

const commonServer: MessageArbitraries<typeof commonServerTable> = {
  migrate: fc.record({ flags: u32 }),
  migrateData: rest,
  setAck: fc.record({ generation: u32, window: u32 }),
  ping: fc.record({ id: u32, timestamp: u64, data: fewBytes }),
  waitForChannels: fc.record({ waitList }),
  disconnecting: fc.record({ timestamp: u64, reason: u32 }),
  notify: fc.record({ timestamp: u64, severity: u32, visibility: u32, what: u32, text: fewBytes }),
  list: fc.record({ offsets: fc.array(u32, { maxLength: 4 }), rest: fewBytes }),
};

const commonClient: MessageArbitraries<typeof commonClientTable> = {
  ackSync: fc.record({ generation: u32 }),
  ack: empty,
  pong: fc.record({ id: u32, timestamp: u64 }),
  migrateFlushMark: empty,
  migrateData: rest,
  disconnecting: fc.record({ timestamp: u64, reason: u32 }),
};

const migrationFields = fc
  .tuple(u16, u16, bytes, fc.option(bytes))
  .map(([port, tlsPort, host, certSubject]) => ({
    port,
    tlsPort,
    host,
    certSubjectSize: certSubject?.length ?? 0,
    certSubject,
  }));

const mainServer: MessageArbitraries<typeof mainServerTable> = {
  ...commonServer,
  migrateBegin: migrationFields,
  migrateCancel: empty,
  init: fc.record({
    sessionId: u32,
    displayChannelsHint: u32,
    supportedMouseModes: u32,
    currentMouseMode: u32,
    agentConnected: u32,
    agentTokens: u32,
    multiMediaTime: u32,
    ramHint: u32,
  }),
  channelsList: fc.record({ channels: fc.array(fc.record({ type: u8, id: u8 }), { maxLength: 5 }) }),
  mouseMode: fc.record({ supported: u16, current: u16 }),
  multiMediaTime: fc.record({ time: u32 }),
  agentConnected: empty,
  agentDisconnected: fc.record({ errorCode: u32 }),
  agentData: rest,
  agentToken: fc.record({ tokens: u32 }),
  migrateSwitchHost: migrationFields,
  migrateEnd: empty,
  name: fc.record({ name: fewBytes }),
  uuid: fc.record({ uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
  agentConnectedTokens: fc.record({ tokens: u32 }),
  migrateBeginSeamless: fc
    .tuple(migrationFields, u32)
    .map(([fields, sourceMigrationVersion]) => ({ ...fields, sourceMigrationVersion })),
  migrateDstSeamlessAck: empty,
  migrateDstSeamlessNack: empty,
};

const mainClient: MessageArbitraries<typeof mainClientTable> = {
  ...commonClient,
  clientInfo: fc.record({ cacheSize: u64 }),
  migrateConnected: empty,
  migrateConnectError: empty,
  attachChannels: empty,
  mouseModeRequest: fc.record({ mode: u16 }),
  agentStart: fc.record({ tokens: u32 }),
  agentData: rest,
  agentToken: fc.record({ tokens: u32 }),
  migrateEnd: empty,
  migrateDstDoSeamless: fc.record({ sourceVersion: u32 }),
  migrateConnectedSeamless: empty,
  qualityIndicator: rest,
};

const drawCopy = fc.record({ base, src: image, srcArea: rect, ropDescriptor: u16, scaleMode: u8, mask });
const drawMasked = fc.record({ base, mask });

const displayServer: MessageArbitraries<typeof displayServerTable> = {
  ...commonServer,
  mode: fc.record({ xRes: u32, yRes: u32, bits: u32 }),
  mark: empty,
  reset: empty,
  copyBits: fc.record({ base, srcPos: point }),
  invalList: fc.record({ resources: fc.array(fc.record({ kind: u8, id: u64 }), { maxLength: 4 }) }),
  invalAllPixmaps: fc.record({ waitList }),
  invalPalette: fc.record({ id: u64 }),
  invalAllPalettes: empty,
  streamCreate: fc.record({
    surfaceId: u32,
    id: u32,
    flags: u8,
    codec: u8,
    stamp: u64,
    streamWidth: u32,
    streamHeight: u32,
    srcWidth: u32,
    srcHeight: u32,
    dest: rect,
    clip,
  }),
  streamData: fc.record({ id: u32, multiMediaTime: u32, data: fewBytes }),
  streamClip: fc.record({ id: u32, clip }),
  streamDestroy: fc.record({ id: u32 }),
  streamDestroyAll: empty,
  drawFill: fc.record({ base, brush, ropDescriptor: u16, mask }),
  drawOpaque: fc.record({ base, src: image, srcArea: rect, brush, ropDescriptor: u16, scaleMode: u8, mask }),
  drawCopy,
  drawBlend: drawCopy,
  drawBlackness: drawMasked,
  drawWhiteness: drawMasked,
  drawInvers: drawMasked,
  drawRop3: fc.record({ base, src: image, srcArea: rect, brush, rop3: u8, scaleMode: u8, mask }),
  drawStroke: fc.record({ base, path, attr: lineAttr, brush, foreMode: u16, backMode: u16 }),
  drawText: fc.record({
    base,
    string,
    backArea: rect,
    foreBrush: brush,
    backBrush: brush,
    foreMode: u16,
    backMode: u16,
  }),
  drawTransparent: fc.record({ base, src: image, srcArea: rect, srcColor: u32, trueColor: u32 }),
  drawAlphaBlend: fc.record({ base, alphaFlags: u8, alpha: u8, src: image, srcArea: rect }),
  surfaceCreate: fc.record({ surfaceId: u32, width: u32, height: u32, format: u32, flags: u32 }),
  surfaceDestroy: fc.record({ surfaceId: u32 }),
  streamDataSized: fc.record({
    id: u32,
    multiMediaTime: u32,
    width: u32,
    height: u32,
    dest: rect,
    data: fewBytes,
  }),
  monitorsConfig: fc.record({ maxAllowed: u16, heads }),
  drawComposite: fc.tuple(base, composite).map(([where, what]) => ({ base: where, ...what })),
  streamActivateReport: fc.record({ streamId: u32, uniqueId: u32, maxWindow: u32, timeout: u32 }),
  glScanoutUnix: fc.record({ width: u32, height: u32, stride: u32, drmFourcc: u32, flags: u32 }),
  glDraw: fc.record({ x: u32, y: u32, width: u32, height: u32 }),
  qualityIndicator: rest,
};

const displayClient: MessageArbitraries<typeof displayClientTable> = {
  ...commonClient,
  init: fc.record({ pixmapCacheId: u8, pixmapCacheSize: u64, glzDictionaryId: u8, glzWindowSize: i32 }),
  streamReport: fc.record({
    streamId: u32,
    uniqueId: u32,
    startFrameMultiMediaTime: u32,
    endFrameMultiMediaTime: u32,
    frames: u32,
    drops: u32,
    lastFrameDelay: i32,
    audioDelay: u32,
  }),
  preferredCompression: fc.record({ imageCompression: u8 }),
  glDrawDone: empty,
  preferredVideoCodecType: fc.record({ codecs: fewBytes }),
};

const inputsServer: MessageArbitraries<typeof inputsServerTable> = {
  ...commonServer,
  init: fc.record({ modifiers: u16 }),
  keyModifiers: fc.record({ modifiers: u16 }),
  mouseMotionAck: empty,
};

const inputsClient: MessageArbitraries<typeof inputsClientTable> = {
  ...commonClient,
  keyDown: fc.record({ code: u32 }),
  keyUp: fc.record({ code: u32 }),
  keyModifiers: fc.record({ modifiers: u16 }),
  keyScancode: fc.record({ bytes: fewBytes }),
  mouseMotion: fc.record({ dx: i32, dy: i32, buttons: u16 }),
  mousePosition: fc.record({ x: u32, y: u32, buttons: u16, displayId: u8 }),
  mousePress: fc.record({ button: u8, buttons: u16 }),
  mouseRelease: fc.record({ button: u8, buttons: u16 }),
};

const cursorServer: MessageArbitraries<typeof cursorServerTable> = {
  ...commonServer,
  init: fc.record({ position: point16, trailLength: u16, trailFrequency: u16, visible: u8, cursor }),
  reset: empty,
  set: fc.record({ position: point16, visible: u8, cursor }),
  move: fc.record({ position: point16 }),
  hide: empty,
  trail: fc.record({ length: u16, frequency: u16 }),
  invalOne: fc.record({ id: u64 }),
  invalAll: empty,
};

const cursorClient: MessageArbitraries<typeof cursorClientTable> = { ...commonClient };

const volume = fc.record({ volume: fc.array(u16, { maxLength: 8 }) });
const mute = fc.record({ mute: u8 });
const soundData = fc.record({ time: u32, data: fewBytes });
const soundMode = fc.record({ time: u32, mode: u16, data: fewBytes });

const playbackServer: MessageArbitraries<typeof playbackServerTable> = {
  ...commonServer,
  data: soundData,
  mode: soundMode,
  start: fc.record({ channels: u32, format: u16, frequency: u32, time: u32 }),
  stop: empty,
  volume,
  mute,
  latency: fc.record({ milliseconds: u32 }),
};

const playbackClient: MessageArbitraries<typeof playbackClientTable> = { ...commonClient };

const recordServer: MessageArbitraries<typeof recordServerTable> = {
  ...commonServer,
  start: fc.record({ channels: u32, format: u16, frequency: u32 }),
  stop: empty,
  volume,
  mute,
};

const recordClient: MessageArbitraries<typeof recordClientTable> = {
  ...commonClient,
  data: soundData,
  mode: soundMode,
  startMark: fc.record({ time: u32 }),
};

export interface FuzzedMessages {
  readonly name: string;
  readonly set: MessageSet<any>;
  readonly arbitraries: Readonly<Record<string, fc.Arbitrary<any>>>;
}

/** Every set of messages with its arbitraries. */
export const allMessages: readonly FuzzedMessages[] = [
  { name: 'main server', set: mainServerMessages, arbitraries: mainServer },
  { name: 'main client', set: mainClientMessages, arbitraries: mainClient },
  { name: 'display server', set: displayServerMessages, arbitraries: displayServer },
  { name: 'display client', set: displayClientMessages, arbitraries: displayClient },
  { name: 'inputs server', set: inputsServerMessages, arbitraries: inputsServer },
  { name: 'inputs client', set: inputsClientMessages, arbitraries: inputsClient },
  { name: 'cursor server', set: cursorServerMessages, arbitraries: cursorServer },
  { name: 'cursor client', set: cursorClientMessages, arbitraries: cursorClient },
  { name: 'playback server', set: playbackServerMessages, arbitraries: playbackServer },
  { name: 'playback client', set: playbackClientMessages, arbitraries: playbackClient },
  { name: 'record server', set: recordServerMessages, arbitraries: recordServer },
  { name: 'record client', set: recordClientMessages, arbitraries: recordClient },
];
