/** Bodies written out by hand from the protocol: what a round trip alone cannot show. */
import { describe, expect, it } from 'vitest';
import type { MessageSet } from '../wire/message-table.ts';
import { cursorServerMessages } from './cursor-messages.ts';
import { displayClientMessages, displayServerMessages } from './display-messages.ts';
import { inputsClientMessages } from './inputs-messages.ts';
import { mainServerMessages } from './main-messages.ts';
import { playbackServerMessages } from './playback-messages.ts';
import { recordClientMessages, recordServerMessages } from './record-messages.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[\da-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}
function hex(body: Uint8Array): string {
  return [...body].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Written, the value is these bytes; read, the bytes are that value. */
function same(set: MessageSet<any>, type: number, name: string, value: object, written: string): void {
  expect(set.typeOf(name)).toBe(type);
  const body = set.write(name, value as never);
  expect(hex(body)).toBe(hex(bytes(written)));
  expect(set.read(type, bytes(written))).toMatchObject({ name, value });
}

const rect = { top: 1, left: 2, bottom: 3, right: 4 };
const RECT_HEX = '01000000 02000000 03000000 04000000';
const clip = { kind: 'none' } as const;
const noMask = { flags: 0, position: { x: 0, y: 0 }, image: null };
const NO_MASK_HEX = '00 00000000 00000000 00000000';

describe('bodies as the protocol has them', () => {
  it('MAIN_INIT, CHANNELS_LIST and MOUSE_MODE', () => {
    const init = {
      sessionId: 0x12345678,
      displayChannelsHint: 1,
      supportedMouseModes: 3,
      currentMouseMode: 2,
      agentConnected: 0,
      agentTokens: 10,
      multiMediaTime: 0x01020304,
      ramHint: 0x4000000,
    };
    const initHex = '78563412 01000000 03000000 02000000 00000000 0a000000 04030201 00000004';
    same(mainServerMessages, 103, 'init', init, initHex);
    const channels = [
      { type: 2, id: 0 },
      { type: 4, id: 1 },
    ];
    same(mainServerMessages, 104, 'channelsList', { channels }, '02000000 0200 0401');
    same(mainServerMessages, 105, 'mouseMode', { supported: 3, current: 1 }, '0300 0100');
  });

  it('START, VOLUME and DATA of sound', () => {
    const start = { channels: 2, format: 1, frequency: 48000 };
    const startHex = '02000000 0100 80bb0000';
    same(playbackServerMessages, 103, 'start', { ...start, time: 5 }, `${startHex} 05000000`);
    same(recordServerMessages, 101, 'start', start, startHex);
    same(playbackServerMessages, 105, 'volume', { volume: [1, 0xffff] }, '02 0100 ffff');
    same(playbackServerMessages, 101, 'data', { time: 7, data: bytes('0102') }, '07000000 0102');
    same(recordClientMessages, 102, 'mode', { time: 7, mode: 3, data: new Uint8Array(0) }, '07000000 0300');
  });

  it('MIGRATE_BEGIN with pointers', () => {
    const target = { port: 5900, tlsPort: 0, host: bytes('6800'), certSubjectSize: 0, certSubject: null };
    same(
      mainServerMessages,
      101,
      'migrateBegin',
      target,
      '0c17 0000 02000000 14000000 00000000 00000000 6800',
    );
  });

  it('DISPLAY_INIT of 14 bytes', () => {
    const init = {
      pixmapCacheId: 1,
      pixmapCacheSize: { hi: 0, lo: 20_971_520 },
      glzDictionaryId: 1,
      glzWindowSize: -2,
    };
    same(displayClientMessages, 101, 'init', init, '01 0000400100000000 01 feffffff');
  });

  it('DRAW_COPY of a bitmap with a palette', () => {
    const value = {
      base: { surfaceId: 0, box: rect, clip: { kind: 'rects', rects: [rect] } },
      src: {
        id: { hi: 1, lo: 2 },
        flags: 1,
        width: 3,
        height: 2,
        payload: {
          kind: 'bitmap',
          format: 5,
          flags: 4,
          width: 3,
          height: 2,
          stride: 3,
          palette: { unique: { hi: 0, lo: 9 }, entries: [0x00ff8040] },
          data: bytes('000000000000'),
        },
      },
      srcArea: rect,
      ropDescriptor: 8,
      scaleMode: 1,
      mask: noMask,
    };
    const draw = `00000000 ${RECT_HEX} 01 01000000 ${RECT_HEX} 4d000000 ${RECT_HEX} 0800 01 ${NO_MASK_HEX}`;
    const image = '0200000001000000 00 01 03000000 02000000';
    const bitmap = '05 04 03000000 02000000 03000000 77000000 000000000000';
    same(
      displayServerMessages,
      304,
      'drawCopy',
      value,
      `${draw} ${image} ${bitmap} 0900000000000000 0100 4080ff00`,
    );
  });

  it('a palette from the cache is an 8-byte id', () => {
    const payload = {
      kind: 'lzPlt',
      flags: 2,
      paletteId: { hi: 0x01020304, lo: 5 },
      palette: undefined,
      data: bytes('aabb'),
    };
    const value = {
      base: { surfaceId: 0, box: rect, clip },
      alphaFlags: 0,
      alpha: 255,
      src: { id: { hi: 0, lo: 1 }, flags: 0, width: 1, height: 1, payload },
      srcArea: rect,
    };
    const draw = `00000000 ${RECT_HEX} 00 00 ff 2b000000 ${RECT_HEX}`;
    const image = '0100000000000000 64 00 01000000 01000000 02 02000000 0500000004030201 aabb';
    same(displayServerMessages, 313, 'drawAlphaBlend', value, `${draw} ${image}`);
  });

  it('DRAW_FILL, styled DRAW_STROKE and DRAW_TEXT', () => {
    const base = { surfaceId: 7, box: rect, clip };
    const brush = { kind: 'solid', color: 0x112233 };
    const fill = { base, brush, ropDescriptor: 8, mask: noMask };
    same(
      displayServerMessages,
      302,
      'drawFill',
      fill,
      `07000000 ${RECT_HEX} 00 01 33221100 0800 ${NO_MASK_HEX}`,
    );
    const stroke = {
      base,
      path: { segments: [{ flags: 3, points: [{ x: 16, y: -16 }] }] },
      attr: { flags: 8, style: { segments: [32] } },
      brush,
      foreMode: 8,
      backMode: 8,
    };
    const inline = `07000000 ${RECT_HEX} 00 28000000 08 01 39000000 01 33221100 0800 0800`;
    const path = '01000000 03 01000000 10000000 f0ffffff';
    same(displayServerMessages, 310, 'drawStroke', stroke, `${inline} ${path} 20000000`);
    const glyph = {
      renderPos: { x: 5, y: 6 },
      glyphOrigin: { x: 0, y: -1 },
      width: 9,
      height: 2,
      data: bytes('80008000'),
    };
    const text = {
      base,
      string: { flags: 1, glyphs: [glyph] },
      backArea: rect,
      foreBrush: brush,
      backBrush: { kind: 'none' },
      foreMode: 8,
      backMode: 0,
    };
    const before = `07000000 ${RECT_HEX} 00 33000000 ${RECT_HEX} 01 33221100 00 0800 0000`;
    same(
      displayServerMessages,
      311,
      'drawText',
      text,
      `${before} 0100 01 0500000006000000 00000000ffffffff 0900 0200 80008000`,
    );
  });

  it('inputs and cursors', () => {
    const position = { x: 1023, y: 767, buttons: 1, displayId: 2 };
    same(inputsClientMessages, 112, 'mousePosition', position, 'ff030000 ff020000 0100 02');
    const none = {
      position: { x: -1, y: 2 },
      visible: 1,
      cursor: { flags: 1, header: undefined, data: bytes('') },
    };
    same(cursorServerMessages, 103, 'set', none, 'ffff 0200 01 0100');
    const header = { unique: { hi: 0, lo: 3 }, type: 1, width: 8, height: 1, hotSpotX: 4, hotSpotY: 0 };
    const mono = { ...none, cursor: { flags: 2, header, data: bytes('ff81') } };
    same(
      cursorServerMessages,
      103,
      'set',
      mono,
      'ffff 0200 01 0200 0300000000000000 01 0800 0100 0400 0000 ff81',
    );
  });
});
