import {
  arrayBy,
  counted,
  countedBytes,
  countOf,
  i32,
  pointerTo,
  restBytes,
  struct,
  u16,
  u32,
  u64,
  u8,
} from '../wire/layout.ts';
import { message, MessageSet, type MessageValue } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable, waitForChannel } from './common-messages.ts';
import {
  base,
  brush,
  clip,
  composite,
  head,
  lineAttr,
  mask,
  path,
  point,
  rect,
  string,
} from './draw-structures.ts';
import { image } from './image.ts';

export const surfaceFormat = { a1: 1, a8: 8, x555: 16, x565: 80, xrgb32: 32, argb32: 96 } as const;
export const surfaceFlag = { primary: 1, streamingMode: 2 } as const;
export const streamFlag = { topDown: 1 } as const;
export const videoCodec = { mjpeg: 1, vp8: 2, h264: 3, vp9: 4, h265: 5 } as const;
export const alphaFlag = { destHasAlpha: 1, srcSurfaceHasAlpha: 2 } as const;
export const preferredCompression = {
  off: 1,
  autoGlz: 2,
  autoLz: 3,
  quic: 4,
  glz: 5,
  lz: 6,
  lz4: 7,
} as const;
export const resourceKind = { pixmap: 1 } as const;

const drawCopyFields = {
  base,
  src: pointerTo(image),
  srcArea: rect,
  ropDescriptor: u16,
  scaleMode: u8,
  mask,
} as const;

const resource = struct({ kind: u8, id: u64 });

/** Server to client (docs/protocol/display.md#server-to-client). */
export const displayServerTable = {
  ...commonServerTable,
  /** of old servers: a primary surface 0, marked */
  mode: message(101, { xRes: u32, yRes: u32, bits: u32 }),
  /** from now on the primary is shown */
  mark: message(102, {}),
  /** the primary turns black, palettes are dropped */
  reset: message(103, {}),
  /** moves pixels inside the surface */
  copyBits: message(104, { base, srcPos: point }),
  /** one use less of each cached image */
  invalList: message(105, { resources: counted(u16, resource) }),
  /** waits, then empties the image cache */
  invalAllPixmaps: message(106, { waitList: counted(u8, waitForChannel) }),
  invalPalette: message(107, { id: u64 }),
  invalAllPalettes: message(108, {}),
  /** a video stream begins */
  streamCreate: message(122, {
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
  /** a frame, where STREAM_CREATE said */
  streamData: message(123, { id: u32, multiMediaTime: u32, data: countedBytes(u32) }),
  /** replaces the clip */
  streamClip: message(124, { id: u32, clip }),
  /** its last frame stays */
  streamDestroy: message(125, { id: u32 }),
  streamDestroyAll: message(126, {}),
  drawFill: message(302, { base, brush, ropDescriptor: u16, mask }),
  drawOpaque: message(303, {
    base,
    src: pointerTo(image),
    srcArea: rect,
    brush,
    ropDescriptor: u16,
    scaleMode: u8,
    mask,
  }),
  drawCopy: message(304, drawCopyFields),
  drawBlend: message(305, drawCopyFields),
  drawBlackness: message(306, { base, mask }),
  drawWhiteness: message(307, { base, mask }),
  drawInvers: message(308, { base, mask }),
  drawRop3: message(309, {
    base,
    src: pointerTo(image),
    srcArea: rect,
    brush,
    rop3: u8,
    scaleMode: u8,
    mask,
  }),
  drawStroke: message(310, {
    base,
    path: pointerTo(path),
    attr: lineAttr,
    brush,
    foreMode: u16,
    backMode: u16,
  }),
  drawText: message(311, {
    base,
    string: pointerTo(string),
    backArea: rect,
    foreBrush: brush,
    backBrush: brush,
    foreMode: u16,
    backMode: u16,
  }),
  drawTransparent: message(312, {
    base,
    src: pointerTo(image),
    srcArea: rect,
    srcColor: u32,
    trueColor: u32,
  }),
  drawAlphaBlend: message(313, { base, alphaFlags: u8, alpha: u8, src: pointerTo(image), srcArea: rect }),
  surfaceCreate: message(314, { surfaceId: u32, width: u32, height: u32, format: u32, flags: u32 }),
  surfaceDestroy: message(315, { surfaceId: u32 }),
  /** a frame of another size and place */
  streamDataSized: message(316, {
    id: u32,
    multiMediaTime: u32,
    width: u32,
    height: u32,
    dest: rect,
    data: countedBytes(u32),
  }),
  /** which parts of surfaces monitors show, and how many there may be */
  monitorsConfig: message(317, {
    count: countOf(u16, 'heads'),
    maxAllowed: u16,
    heads: arrayBy('count', head),
  }),
  drawComposite: message(318, { base, ...composite }),
  /** asks for reports; timeout in milliseconds */
  streamActivateReport: message(319, { streamId: u32, uniqueId: u32, maxWindow: u32, timeout: u32 }),
  glScanoutUnix: message(320, { width: u32, height: u32, stride: u32, drmFourcc: u32, flags: u32 }),
  glDraw: message(321, { x: u32, y: u32, width: u32, height: u32 }),
  qualityIndicator: message(322, { data: restBytes }),
} as const;

/** Client to server (docs/protocol/display.md#client-to-server). */
export const displayClientTable = {
  ...commonClientTable,
  init: message(101, {
    pixmapCacheId: u8,
    /** pixels */
    pixmapCacheSize: u64,
    glzDictionaryId: u8,
    /** pixels */
    glzWindowSize: i32,
  }),
  /** how a stream goes */
  streamReport: message(102, {
    streamId: u32,
    uniqueId: u32,
    startFrameMultiMediaTime: u32,
    endFrameMultiMediaTime: u32,
    frames: u32,
    drops: u32,
    lastFrameDelay: i32,
    audioDelay: u32,
  }),
  /** what the server should send images as */
  preferredCompression: message(103, { imageCompression: u8 }),
  glDrawDone: message(104, {}),
  /** best first */
  preferredVideoCodecType: message(105, { codecs: countedBytes(u8) }),
} as const;

export const displayServerMessages = new MessageSet(displayServerTable);
export const displayClientMessages = new MessageSet(displayClientTable);

export type DisplayMessage<K extends keyof typeof displayServerTable> = MessageValue<
  typeof displayServerTable,
  K
>;
