import {
  streamFlag,
  videoCodec,
  type displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { displayCapability, hasCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { multiMediaTime } from '../multi-media-time.ts';
import { heightOf, subtract, widthOf, type Region } from '../region.ts';
import { clipIn, type Clip } from './clip.ts';
import { CLIP_HEIGHT, CLIP_WIDTH } from './paint-clip.ts';

type Server = typeof displayServerTable;
type Codec = 'vp8' | 'mjpeg';

export interface ClipScreen {
  /** where the clip is shown, and what of it is in sight */
  readonly place: Rect;
  readonly visible: Region;
}

export interface ClipPlayerOwner {
  canSend(): boolean;
  send<K extends keyof Server & string>(name: K, value: MessageValue<Server, K>): void;
  /** The stream is over: what is on the screen itself is to be shown there again. */
  restore(region: Region): void;
}

const STREAM_ID = 1;
/** Milliseconds for which the place must have been the same before a stream starts there. */
const REST = 300;
/** Timers tick a little early or late, milliseconds. */
const TOLERANCE = 20;
/** Frames are shown so long after they were sent, milliseconds. */
const LEAD = 120;

/** What a client has, best first: without MULTI_CODEC it is MJPEG alone (docs/protocol/streams.md#codecs). */
function codecsOf(capabilities: readonly number[]): Codec[] {
  if (!hasCapability(capabilities, displayCapability.multiCodec)) return ['mjpeg'];
  const codecs: Codec[] = [];
  if (hasCapability(capabilities, displayCapability.codecVp8)) codecs.push('vp8');
  if (hasCapability(capabilities, displayCapability.codecMjpeg)) codecs.push('mjpeg');
  return codecs;
}

function isSame(a: Rect, b: Rect): boolean {
  return a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}

function isSameRegion(a: Region, b: Region): boolean {
  return subtract(a, b).length === 0 && subtract(b, a).length === 0;
}

/** Plays the clip over and over to one client, as a stream, while any of it is in sight and it stands still. */
export class ClipPlayer {
  readonly #owner: ClipPlayerOwner;
  #codecs: Codec[];
  #screen: ClipScreen | undefined;
  #restsSince = 0;
  #stream: { readonly codec: Codec; readonly clip: Clip; next: number; due: number } | undefined;

  constructor(owner: ClipPlayerOwner, capabilities: readonly number[]) {
    this.#owner = owner;
    this.#codecs = codecsOf(capabilities);
  }

  /** PREFERRED_VIDEO_CODEC_TYPE: best first; what is not named comes last. */
  prefer(wanted: Uint8Array): void {
    const rank = (codec: Codec): number =>
      (wanted.indexOf(videoCodec[codec]) + wanted.length + 1) % (wanted.length + 1);
    this.#codecs = this.#codecs.toSorted((a, b) => rank(a) - rank(b));
    if (this.#stream !== undefined && this.#stream.codec !== this.#codecs[0]) this.#stop();
  }

  /** The client cannot show it. */
  refused(id: number): void {
    if (this.#stream === undefined || id !== STREAM_ID) return;
    const { codec } = this.#stream;
    this.#codecs = this.#codecs.filter((one) => one !== codec);
    this.#stop();
  }

  /** Called some 20 times a second. @param now milliseconds */
  tick(screen: ClipScreen, now: number): void {
    const before = this.#screen;
    this.#screen = screen;
    if (before === undefined || !isSame(before.place, screen.place)) {
      this.#restsSince = now;
      if (before !== undefined) this.#stop();
    }
    if (screen.visible.length === 0) return this.#stop();
    if (!this.#owner.canSend()) return;
    if (this.#stream === undefined) {
      if (now - this.#restsSince >= REST) this.#start(screen, now);
    } else if (before !== undefined && !isSameRegion(before.visible, screen.visible)) {
      this.#owner.send('streamClip', { id: STREAM_ID, clip: { kind: 'rects', rects: screen.visible } });
    }
    this.#sendFrame(now);
  }

  #start({ place, visible }: ClipScreen, now: number): void {
    const [codec] = this.#codecs;
    if (codec === undefined) return;
    this.#stream = { codec, clip: clipIn(codec), next: 0, due: now };
    this.#owner.send('streamCreate', {
      surfaceId: 0,
      id: STREAM_ID,
      flags: streamFlag.topDown,
      codec: videoCodec[codec],
      stamp: u64Of(0),
      streamWidth: CLIP_WIDTH,
      streamHeight: CLIP_HEIGHT,
      srcWidth: widthOf(place),
      srcHeight: heightOf(place),
      dest: place,
      clip: { kind: 'rects', rects: visible },
    });
  }

  /** One at most: who falls behind plays slower, since no frame of VP8 can be left out. */
  #sendFrame(now: number): void {
    const stream = this.#stream;
    if (stream === undefined || now < stream.due - TOLERANCE) return;
    const { frames, interval } = stream.clip;
    const data = frames[stream.next] as Uint8Array;
    this.#owner.send('streamData', {
      id: STREAM_ID,
      multiMediaTime: multiMediaTime(stream.due + LEAD),
      data,
    });
    stream.next = (stream.next + 1) % frames.length;
    // What is missed by more than a frame is not made up for.
    stream.due = Math.max(stream.due + interval, now - interval);
  }

  #stop(): void {
    if (this.#stream === undefined) return;
    this.#stream = undefined;
    this.#owner.send('streamDestroy', { id: STREAM_ID });
    if (this.#screen !== undefined) this.#owner.restore(this.#screen.visible);
  }
}
