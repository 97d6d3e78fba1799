/** Display messages that no sane server sends, through the viewer's own channel: link, reader, images, renderer. */
import {
  displayServerMessages,
  type displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Clip } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Image, ImagePayload } from '@spice-viewer/shared-protocol/channels/image.ts';
import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { describe, expect, it } from 'vitest';
import type { SessionFailure } from '../../web/threads/worker-messages.ts';
import { openDisplay, SIZE } from './hostile-channel.ts';

type Server = typeof displayServerTable;
type Value<K extends keyof Server> = MessageValue<Server, K>;

type Opened = Awaited<ReturnType<typeof openDisplay>>;

const box = { top: 0, left: 0, bottom: SIZE, right: SIZE };
const noMask = { flags: 0, position: { x: 0, y: 0 }, image: null };
const PUT = 8;
function base(clip: Clip = { kind: 'none' }, surfaceId = 0) {
  return { surfaceId, box, clip };
}
function picture(payload: ImagePayload, width = SIZE, height = SIZE): Image {
  return {
    id: u64Of(1),
    flags: 0,
    width,
    height,
    payload,
  };
}
function copy(src: Image, more: Partial<Value<'drawCopy'>> = {}): Value<'drawCopy'> {
  return {
    base: base(),
    src,
    srcArea: box,
    ropDescriptor: PUT,
    scaleMode: 0,
    mask: noMask,
    ...more,
  };
}
function fill(color: number, more: Partial<Value<'drawFill'>> = {}): Value<'drawFill'> {
  return {
    base: base(),
    brush: { kind: 'solid', color },
    ropDescriptor: PUT,
    mask: noMask,
    ...more,
  };
}
function bitmap(width = SIZE, height = SIZE): ImagePayload {
  return {
    kind: 'bitmap',
    format: 8,
    flags: 4,
    width,
    height,
    stride: width * 4,
    paletteId: undefined,
    palette: null,
    data: new Uint8Array(width * height * 4).fill(0x55),
  };
}

/** Changes a written message: `at` is a byte of its body. */
function patched<K extends keyof Server & string>(
  name: K,
  value: Value<K>,
  ...edits: [at: number, bytes: number, to: number][]
): [number, Uint8Array] {
  const body = displayServerMessages.write(name, value);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (const [at, bytes, to] of edits) {
    if (bytes === 4) view.setUint32(at, to, true);
    else if (bytes === 2) view.setUint16(at, to, true);
    else view.setUint8(at, to);
  }
  return [displayServerMessages.typeOf(name), body];
}

/** Where the image descriptor of a written drawCopy lies. */
function descriptorOf(value: Value<'drawCopy'>): number {
  const body = displayServerMessages.write('drawCopy', value);
  return new DataView(body.buffer, body.byteOffset).getUint32(COPY_SOURCE, true);
}

/** Offsets of fields in the bodies: base without clip rectangles is 21 bytes. */
const CLIP_TYPE = 20;
const COPY_SOURCE = 21;
const COPY_MASK_IMAGE = 21 + 4 + 16 + 2 + 1 + 1 + 8;
const CLIP_COUNT = 21;

/** Says the channel, the message by its protocol name, and the byte. */
const place = /^display:0, \w+, byte \d+: expected /;

function expectPlaced(failure: SessionFailure | undefined, message: string): void {
  expect(failure?.kind).toBe('protocol');
  expect(failure?.detail).toMatch(place);
  expect(failure?.detail).toContain(`display:0, ${message}, `);
  expect(failure?.sentence).toMatch(/^The server sent .+\.$/);
}

function firstPixel({ channel }: Opened): number {
  return (channel.renderer.surfaces.get(0)?.pixels[0] ?? 0) & 0xffffff;
}

/** The session lives and draws. */
async function expectAlive(opened: Opened): Promise<void> {
  opened.server.send('drawFill', fill(0xabcdef));
  await opened.server.settled();
  expect(opened.events.failure).toBeUndefined();
  expect(firstPixel(opened)).toBe(0xabcdef);
}

describe('messages that are not SPICE end the channel with a typed error', () => {
  const source = copy(picture(bitmap()));
  const bad: Record<string, [message: string, [number, Uint8Array]]> = {
    'an image past the end': ['drawCopy', patched('drawCopy', source, [COPY_SOURCE, 4, 0x7fffffff])],
    'an image without an offset': ['drawCopy', patched('drawCopy', source, [COPY_SOURCE, 4, 0])],
    'a mask past the end': ['drawCopy', patched('drawCopy', source, [COPY_MASK_IMAGE, 4, 0xffffffff])],
    'an image in the last byte': [
      'drawCopy',
      patched('drawCopy', source, [
        COPY_SOURCE,
        4,
        displayServerMessages.write('drawCopy', source).length - 1,
      ]),
    ],
    'a clip of four billion rectangles': [
      'drawFill',
      patched('drawFill', fill(1, { base: base({ kind: 'rects', rects: [] }) }), [CLIP_COUNT, 4, 0xffffffff]),
    ],
    'an unknown clip': ['drawFill', patched('drawFill', fill(1), [CLIP_TYPE, 1, 77])],
    'an unknown image type': ['drawCopy', patched('drawCopy', source, [descriptorOf(source) + 8, 1, 77])],
    'an unknown brush': ['drawFill', patched('drawFill', fill(1), [21, 1, 9])],
    'a message that is too short': ['surfaceCreate', [314, new Uint8Array(19)]],
    'more resources than bytes': ['invalList', [105, Uint8Array.from([0xff, 0xff, 1])]],
    'more heads than bytes': ['monitorsConfig', [317, Uint8Array.from([0xff, 0xff, 1, 0])]],
    'a bitmap of which most is missing': [
      'drawCopy',
      patched('drawCopy', source, [descriptorOf(source) + 24, 4, 0xffff]),
    ],
  };
  for (const [what, [message, [type, body]]] of Object.entries(bad)) {
    it(what, async () => {
      const { server, events } = await openDisplay();
      server.sendRaw(type, body);
      expectPlaced(await events.whenClosed, message);
    });
  }
});

describe('values that cannot be drawn', () => {
  it('a surface of 65535x65535 ends the channel: nothing could be drawn on it', async () => {
    const { server, events } = await openDisplay();
    server.send('surfaceCreate', { surfaceId: 1, width: 65_535, height: 65_535, format: 32, flags: 0 });
    const failure = await events.whenClosed;
    expect(failure.kind).toBe('protocol');
    expect(failure.detail).toMatch(/^display:0, surfaceCreate, byte 0: expected a surface of at most/);
  });

  const tooLarge: Record<string, ImagePayload> = {
    bitmap: { ...(bitmap(0) as Extract<ImagePayload, { kind: 'bitmap' }>), width: 65_535, height: 65_535 },
    quic: { kind: 'quic', data: header('QUIC', 0, 8, 65_535, 65_535) },
    lzRgb: { kind: 'lzRgb', data: new Uint8Array(64) },
    glzRgb: { kind: 'glzRgb', data: new Uint8Array(64) },
    zlibGlzRgb: { kind: 'zlibGlzRgb', glzSize: 0xffffffff, data: new Uint8Array(64) },
    lz4: { kind: 'lz4', data: new Uint8Array(64) },
    lzPlt: { kind: 'lzPlt', flags: 0, paletteId: undefined, palette: null, data: new Uint8Array(64) },
    jpeg: { kind: 'jpeg', data: new Uint8Array(64) },
    jpegAlpha: { kind: 'jpegAlpha', flags: 0, jpegSize: 0xffffffff, data: new Uint8Array(64) },
  };
  for (const [kind, payload] of Object.entries(tooLarge)) {
    it(`an image of 65535x65535 (${kind}) is left out, and the session goes on`, async () => {
      const opened = await openDisplay();
      opened.server.send('drawCopy', copy(picture(payload, 65_535, 65_535)));
      await opened.server.settled();
      expect(opened.events.troubles).toHaveLength(1);
      expectPlaced(opened.events.troubles[0], 'drawCopy');
      await expectAlive(opened);
    });
  }

  const missing: Record<string, ImagePayload> = {
    'an image that is not in the cache': { kind: 'fromCache' },
    'a lossless image that is not in the cache': { kind: 'fromCacheLossless' },
    'a surface that does not exist': { kind: 'surface', surfaceId: 99 },
    'a palette that is not in the cache': {
      kind: 'lzPlt',
      flags: 2,
      paletteId: u64Of(5),
      palette: undefined,
      data: new Uint8Array(64),
    },
  };
  for (const [what, payload] of Object.entries(missing)) {
    it(`${what} is left out, and the session goes on`, async () => {
      const opened = await openDisplay();
      opened.server.send('drawCopy', copy(picture(payload)));
      await opened.server.settled();
      expect(opened.events.troubles.map(({ kind }) => kind)).toEqual(['protocol']);
      expect(opened.events.troubles[0]?.detail).toMatch(/^display:0, drawCopy, byte 57: expected/);
      await expectAlive(opened);
    });
  }

  it('unknown surfaces, streams, palettes and message types mean nothing', async () => {
    const opened = await openDisplay();
    const { server } = opened;
    server.send('drawFill', fill(1, { base: base({ kind: 'none' }, 77) }));
    server.send('surfaceDestroy', { surfaceId: 77 });
    server.send('streamData', { id: 77, multiMediaTime: 0, data: new Uint8Array(9) });
    server.send('streamDestroy', { id: 77 });
    server.send('invalPalette', { id: u64Of(77) });
    server.send('invalList', { resources: [{ kind: 99, id: u64Of(77) }] });
    server.sendRaw(999, new Uint8Array(50));
    await expectAlive(opened);
  });

  it('rectangles of any place and size stay on the surface', async () => {
    const opened = await openDisplay();
    const extremes = [-0x80000000, -1, 0, 1, SIZE, 0x7fffffff];
    for (const left of extremes) {
      for (const right of extremes) {
        const wild = { left, right, top: right, bottom: left };
        const on = { surfaceId: 0, box: wild, clip: { kind: 'rects', rects: [wild, box] } } as const;
        opened.server.send('drawFill', fill(1, { base: on }));
        opened.server.send('drawCopy', copy(picture(bitmap()), { srcArea: wild }));
        opened.server.send('drawCopy', copy(picture(bitmap()), { srcArea: wild, base: on, scaleMode: 1 }));
        opened.server.send('copyBits', { base: base(), srcPos: { x: left, y: right } });
      }
    }
    await expectAlive(opened);
  });

  it('cyclic and overlapping offsets are read where they point', async () => {
    const opened = await openDisplay();
    const message = copy(picture(bitmap()), { mask: { ...noMask, flags: 0, image: picture(bitmap()) } });
    const body = displayServerMessages.write('drawCopy', message);
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    // Source and mask are one image; then both are the message itself.
    view.setUint32(COPY_MASK_IMAGE, view.getUint32(COPY_SOURCE, true), true);
    opened.server.sendRaw(304, body);
    await expectAlive(opened);
    for (let at = 1; at < 60; at++) {
      const cyclic = body.slice();
      new DataView(cyclic.buffer).setUint32(COPY_SOURCE, at, true);
      new DataView(cyclic.buffer).setUint32(COPY_MASK_IMAGE, at, true);
      const { server, events, close } = await openDisplay();
      server.sendRaw(304, cyclic);
      await Promise.race([server.settled(), events.whenClosed]);
      for (const failure of [events.failure, ...events.troubles])
        if (failure !== undefined) expect(failure.kind).toBe('protocol');
      close();
    }
  });

  it('a hundred thousand clip rectangles are drawn', async () => {
    const opened = await openDisplay();
    const rects = Array.from({ length: 100_000 }, (_, i) => ({
      left: i % 13,
      top: (i * 7) % 11,
      right: (i % 13) + 1 + (i % 3),
      bottom: ((i * 7) % 11) + 1,
    }));
    opened.server.send('drawFill', fill(0x123456, { base: base({ kind: 'rects', rects }) }));
    await opened.server.settled();
    expect(firstPixel(opened)).toBe(0x123456);
    await expectAlive(opened);
  });

  it('a server that fills the cache beyond what was announced is left', async () => {
    const { server, events } = await openDisplay();
    const large = picture(bitmap(2048, 2048), 2048, 2048);
    for (let id = 1; id <= 11 && events.failure === undefined; id++) {
      server.send('drawCopy', copy({ ...large, id: u64Of(id), flags: 1 }));
      await Promise.race([server.settled(), events.whenClosed]);
    }
    const failure = await events.whenClosed;
    expect(failure.detail).toMatch(
      /^display:0, drawCopy, byte 0: expected at most the announced \d+ pixels cached/,
    );
  });
});

describe('messages that wait for what never comes', () => {
  const forever = { channelType: 2, channelId: 0, serial: u64Of(2 ** 40) };

  it('wait without end only as far as memory allows', async () => {
    const { server, events, channel } = await openDisplay();
    server.send('waitForChannels', { waitList: [forever] });
    const body = new Uint8Array(90 << 20);
    for (let i = 0; i < 4; i++) server.sendRaw(999, body);
    const failure = await events.whenClosed;
    expect(failure.detail).toMatch(/^display:0, unknown, byte 0: expected at most \d+ bytes waiting/);
    expect(channel.drawCommands).toBe(0);
  });
});

function header(magic: string, ...words: number[]): Uint8Array {
  const bytes = new Uint8Array(64);
  new TextEncoder().encodeInto(magic, bytes);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 + i * 4, word, true));
  return bytes;
}
