import {
  displayClientMessages,
  displayServerMessages,
  preferredCompression,
  resourceKind,
  surfaceFlag,
  surfaceFormat,
  type displayClientTable,
  type displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import {
  rop,
  scaleMode,
  stringFlag,
  type Clip,
} from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { u64ToBigInt } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { Channel, type SomeHandlers } from './channel.ts';
import { ClipPlayer } from './clip/clip-player.ts';
import type { Connection } from './connection.ts';
import type { Desktop } from './desktop.ts';
import type { DrawCommand } from './draw-command.ts';
import { Picture } from './picture.ts';
import {
  boundsOf,
  heightOf,
  intersect,
  offsetRect,
  rectOf,
  subtract,
  widthOf,
  type Region,
} from './region.ts';
import { SentImages } from './sent-images.ts';

export const displayCapabilities = [
  displayCapability.monitorsConfig,
  displayCapability.preferredCompression,
  displayCapability.preferredVideoCodecType,
  displayCapability.streamReport,
];

const PRIMARY = 0;
/** Pixels of pictures that a client is made to keep: few, so that INVAL_LIST happens too. */
const CACHE_CAPACITY = 8 * 6400;
/** More separate parts than this are redrawn as one. */
const MAX_DIRTY = 8;
/** Drops in a report that say: this stream cannot be shown (docs/protocol/streams.md#reports). */
const UNSUPPORTED = 0xffff_ffff;
const noMask = { flags: 0, position: { x: 0, y: 0 }, image: null };

const preferences: Readonly<Record<number, 'bitmap' | 'quic' | 'lz'>> = {
  [preferredCompression.off]: 'bitmap',
  [preferredCompression.quic]: 'quic',
  [preferredCompression.lz]: 'lz',
};

/**
 * Shows one client the screen. While the client has not acknowledged enough, nothing is queued: what is drawn
 * meanwhile is remembered as areas, and sent as pictures of them when there is room.
 */
export class DisplayChannel extends Channel<typeof displayServerTable, typeof displayClientTable> {
  protected readonly handlers: SomeHandlers<typeof displayClientTable> = {
    init: ({ pixmapCacheSize }) => this.#start(Number(u64ToBigInt(pixmapCacheSize))),
    preferredCompression: ({ imageCompression }) => {
      this.#preferred = preferences[imageCompression];
    },
    preferredVideoCodecType: ({ codecs }) => this.#clip.prefer(codecs),
    streamReport: ({ streamId, frames, drops }) => {
      if (frames === 0 && drops === UNSUPPORTED) this.#clip.refused(streamId);
    },
  };
  readonly #desktop: Desktop;
  readonly #window: number;
  readonly #clip: ClipPlayer;
  readonly #onClosed: () => void;
  #sentImages: SentImages | undefined;
  #preferred: 'bitmap' | 'quic' | 'lz' | undefined;
  #dirty: Region = [];
  #stopListening: () => void = () => {};

  /** @param capabilities of the client's display channel */
  constructor(
    connection: Connection,
    desktop: Desktop,
    window: number,
    capabilities: readonly number[],
    onClosed: () => void,
  ) {
    super(connection, { server: displayServerMessages, client: displayClientMessages });
    this.#desktop = desktop;
    this.#window = window;
    this.#clip = new ClipPlayer(
      {
        canSend: () => this.#dirty.length === 0 && this.canSend,
        send: (name, value) => this.send(name, value),
        restore: (region) => this.#restore(region),
      },
      capabilities,
    );
    this.#onClosed = onClosed;
  }

  closed(): void {
    this.#stopListening();
    this.#onClosed();
  }

  /** Plays what is played. @param now milliseconds, of performance.now() */
  tick(now: number): void {
    if (this.#sentImages === undefined) return;
    const { stack, video } = this.#desktop;
    const { place } = video;
    this.#clip.tick({ place, visible: intersect(stack.visible(video), [place]) }, now);
  }

  protected override resumed(): void {
    while (this.#dirty.length > 0 && this.canSend) {
      const [area, ...rest] = this.#dirty;
      this.#dirty = rest;
      const picture = new Picture(this.#desktop.screen.bitmap.crop(area));
      this.#sendCommand({ kind: 'picture', box: area, picture });
    }
  }

  /** DISPLAY_INIT came: the client may be shown everything, once. */
  #start(cachePixels: number): void {
    if (this.#sentImages !== undefined) return;
    this.#sentImages = new SentImages(Math.min(CACHE_CAPACITY, Math.max(0, cachePixels)));
    const { screen, wallpaper, icons, stack } = this.#desktop;
    const { width, height } = screen.bitmap;
    this.startWindow(this.#window);
    this.send('surfaceCreate', {
      surfaceId: PRIMARY,
      width,
      height,
      format: surfaceFormat.xrgb32,
      flags: surfaceFlag.primary,
    });
    const head = { monitorId: 0, surfaceId: PRIMARY, width, height, x: 0, y: 0, flags: 0 };
    this.send('monitorsConfig', { maxAllowed: 1, heads: [head] });
    this.#draw({ kind: 'picture', box: screen.bitmap.bounds, picture: wallpaper });
    for (const { box, pictures } of icons) {
      const clip = intersect(stack.visibleGround(), [box]);
      if (clip.length > 0) this.#draw({ kind: 'picture', box, clip, picture: pictures.idle });
    }
    for (const window of stack.all) {
      for (const area of stack.visible(window)) {
        const part = window.bitmap.crop(offsetRect(area, -window.x, -window.y));
        this.#draw({ kind: 'picture', box: area, picture: new Picture(part) });
      }
    }
    this.send('mark', {});
    this.#stopListening = screen.listen((command) => this.#draw(command));
  }

  /** Shows what is on the screen itself. */
  #restore(region: Region): void {
    for (const box of region) {
      this.#draw({ kind: 'picture', box, picture: new Picture(this.#desktop.screen.bitmap.crop(box)) });
    }
  }

  #draw(command: DrawCommand): void {
    if (this.#dirty.length === 0 && this.canSend) {
      this.#sendCommand(command);
      return;
    }
    const areas = command.clip ?? [command.box];
    const dirty = [...this.#dirty, ...areas.flatMap((area) => subtract([area], this.#dirty))];
    this.#dirty = dirty.length > MAX_DIRTY ? [boundsOf(dirty)] : dirty;
  }

  #sendCommand(command: DrawCommand): void {
    const { box } = command;
    const base = { surfaceId: PRIMARY, box, clip: clipOf(command) };
    const ropDescriptor = rop.opPut;
    switch (command.kind) {
      case 'fill': {
        const brush = { kind: 'solid', color: command.color } as const;
        this.send('drawFill', { base, brush, ropDescriptor, mask: noMask });
        break;
      }
      case 'copy':
        this.send('copyBits', { base, srcPos: command.from });
        break;
      case 'picture':
        this.send('drawCopy', {
          base,
          src: this.#imageOf(command.picture),
          srcArea: rectOf(0, 0, widthOf(box), heightOf(box)),
          ropDescriptor,
          scaleMode: scaleMode.interpolate,
          mask: noMask,
        });
        break;
      case 'text':
        this.send('drawText', {
          base,
          string: { flags: stringFlag.rasterA1, glyphs: command.glyphs },
          backArea: box,
          foreBrush: { kind: 'solid', color: command.color },
          backBrush: { kind: 'solid', color: command.background },
          foreMode: rop.opPut,
          backMode: rop.opPut,
        });
        break;
    }
  }

  #imageOf(picture: Picture): Image {
    const { width, height } = picture.bitmap;
    const cache = this.#sentImages;
    if (!picture.cached || cache?.fits(width * height) !== true) return picture.image(this.#preferred, false);
    if (cache.has(picture.id)) return picture.fromCache();
    const evicted = cache.add(picture.id, width * height);
    if (evicted.length > 0) {
      const resources = evicted.map((id) => ({ kind: resourceKind.pixmap, id: Picture.wireId(id) }));
      this.send('invalList', { resources });
    }
    return picture.image(this.#preferred, true);
  }
}

function clipOf({ box, clip }: DrawCommand): Clip {
  if (clip === undefined || subtract([box], clip).length === 0) return { kind: 'none' };
  return { kind: 'rects', rects: clip };
}
