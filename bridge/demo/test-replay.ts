import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Base } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Image, PayloadOf } from '@spice-viewer/shared-protocol/channels/image.ts';
import { decodeBitmap } from '@spice-viewer/shared-protocol/codecs/bitmap.ts';
import type { DecodedImage } from '@spice-viewer/shared-protocol/codecs/decoded-image.ts';
import { decodeLz, decodeLzPalette } from '@spice-viewer/shared-protocol/codecs/lz.ts';
import { decodeQuic } from '@spice-viewer/shared-protocol/codecs/quic.ts';
import type { AnyMessage } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { u64ToString } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { Bitmap } from './bitmap.ts';
import { applyCommand, type DrawCommand } from './draw-command.ts';
import { Picture } from './picture.ts';
import type { Region } from './region.ts';

/** Draws what a display channel receives, with the project's decoders; only what the demo server sends. */
export class Replay {
  surface: Bitmap | undefined;
  marked = false;
  /** image payloads seen, by kind */
  readonly kinds = new Map<string, number>();
  invalidated = 0;
  readonly #cache = new Map<string, Bitmap>();

  handle({ name, value }: AnyMessage): void {
    const draw = drawings[name as keyof typeof drawings];
    if (draw !== undefined) {
      const { base } = value as { base: Base };
      const clip: Region | undefined = base.clip.kind === 'rects' ? base.clip.rects : undefined;
      applyCommand(this.surface as Bitmap, { box: base.box, clip, ...draw(value, this) } as DrawCommand);
    } else if (name === 'surfaceCreate') {
      const { width, height } = value as DisplayMessage<'surfaceCreate'>;
      this.surface = new Bitmap(width, height);
    } else if (name === 'mark') {
      this.marked = true;
    } else if (name === 'invalList') {
      for (const { id } of (value as DisplayMessage<'invalList'>).resources) {
        if (!this.#cache.delete(u64ToString(id))) throw new Error('an image that is not cached');
        this.invalidated++;
      }
    }
  }

  /** Where the first pixel that differs is, or -1. */
  firstDifference(pixels: Uint32Array): number {
    const mine = this.surface?.pixels;
    return pixels.findIndex((pixel, i) => (pixel & 0xffffff) !== ((mine?.[i] ?? -1) & 0xffffff));
  }

  picture(image: Image): Picture {
    const { kind } = image.payload;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    const key = u64ToString(image.id);
    if (kind === 'fromCache') {
      const cached = this.#cache.get(key);
      if (cached === undefined) throw new Error(`image ${key} is not cached`);
      return new Picture(cached);
    }
    const bitmap = toBitmap(decode(image), image);
    if ((image.flags & 1) !== 0) this.#cache.set(key, bitmap);
    return new Picture(bitmap);
  }
}

type Part = { kind: DrawCommand['kind'] } & Record<string, unknown>;

const drawings = {
  drawFill: (value: any): Part => ({ kind: 'fill', color: value.brush.color }),
  copyBits: (value: any): Part => ({ kind: 'copy', from: value.srcPos }),
  drawCopy: (value: any, replay: Replay): Part => ({ kind: 'picture', picture: replay.picture(value.src) }),
  drawText: (value: any): Part => ({
    kind: 'text',
    glyphs: value.string.glyphs,
    color: value.foreBrush.color,
    background: value.backBrush.color,
  }),
};

function decode({ payload, width, height }: Image): DecodedImage {
  const size = { width, height };
  switch (payload.kind) {
    case 'quic':
      return decodeQuic(payload.data, size);
    case 'lzRgb':
      return decodeLz(payload.data, size);
    case 'lzPlt':
      return decodeLzPalette(payload.data, payload.palette?.entries ?? [], '32', size);
    case 'bitmap':
      return decodeRaw(payload, size);
    default:
      throw new Error(`no decoder for ${payload.kind}`);
  }
}

function decodeRaw(payload: PayloadOf<'bitmap'>, size: { width: number; height: number }): DecodedImage {
  return decodeBitmap({ ...payload, topDown: (payload.flags & 4) !== 0, palette: undefined }, '32', size);
}

function toBitmap(decoded: DecodedImage, { width, height }: Image): Bitmap {
  const bitmap = new Bitmap(width, height);
  bitmap.pixels.set(decoded.pixels.map((pixel) => pixel & 0xffffff) as Uint32Array);
  return bitmap;
}
