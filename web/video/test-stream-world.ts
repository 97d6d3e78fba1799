import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { Surface } from '../render/surface.ts';
import type { FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { MediaClock } from '../common/media-clock.ts';
import type { StreamReport } from './stream-reporter.ts';
import { VideoStream } from './video-stream.ts';
import type { VideoStreamHost } from './video-stream-host.ts';

/** A VP8 key frame of 4 x 2 pixels, as far as anybody looks. */
export const key = Uint8Array.from([0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 4, 0, 2, 0]);
export const delta = Uint8Array.from([0x11, 0x02, 0, 1, 2, 3]);
function pixelsOf(color: number, count = 8): Uint32Array {
  return new Uint32Array(count).fill(color);
}

/** A decoder that answers when a test says so. */
export class FakeDecoder implements FrameDecoder {
  readonly given: { sequence: number; key: boolean }[] = [];
  readonly events: FrameDecoderEvents;
  readonly software: boolean;
  closed = false;
  constructor(events: FrameDecoderEvents, software: boolean) {
    this.events = events;
    this.software = software;
  }
  decode(_data: Uint8Array, sequence: number, isKey: boolean): void {
    this.given.push({ sequence, key: isKey });
  }
  close(): void {
    this.closed = true;
  }
}

/** A world whose time a test moves: a surface of 4 x 2 and a stream that covers it. */
export class World implements VideoStreamHost {
  time = 1000;
  readonly clock = new MediaClock(() => this.time);
  readonly target = new Surface(0, 'xrgb32', 4, 2, true);
  readonly decoders: FakeDecoder[] = [];
  readonly reports: StreamReport[] = [];
  readonly undecodables: string[] = [];
  held = 0;
  paints = 0;
  rooms = 0;
  readonly late: number[] = [];
  softwareOnly = false;
  mayTrySoftware = true;
  #timers: { at: number; act(): void }[] = [];

  constructor() {
    this.clock.set(5000, this.time);
  }

  now = (): number => this.time;
  later = (milliseconds: number, act: () => void): (() => void) => {
    const timer = { at: this.time + milliseconds, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };
  surface = (id: number): Surface | undefined => (id === 0 ? this.target : undefined);
  painted = (): void => void this.paints++;
  roomMade = (): void => void this.rooms++;
  report = (report: StreamReport): void => void this.reports.push(report);
  undecodable = (_id: number, _codec: VideoCodecName, reason: string): void =>
    void this.undecodables.push(reason);
  createDecoder = (
    _name: VideoCodecName,
    _format: unknown,
    software: boolean,
    events: FrameDecoderEvents,
  ) => {
    const decoder = new FakeDecoder(events, software);
    this.decoders.push(decoder);
    return decoder;
  };
  hardwareFailed = (): void => void (this.softwareOnly = true);
  lateForSound = (milliseconds: number): void => void this.late.push(milliseconds);
  usesHardware = (): Promise<boolean> => Promise.resolve(false);

  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = end;
  }

  get timersLeft(): number {
    return this.#timers.length;
  }

  get decoder(): FakeDecoder {
    return this.decoders.at(-1) as FakeDecoder;
  }

  /** The decoder gives a picture of one colour for the n-th frame. */
  output(sequence: number, color: number, decoder = this.decoder): void {
    if (!decoder.events.wants(sequence)) return decoder.events.skipped(sequence);
    this.held++;
    const release = (): void => void this.held--;
    decoder.events.picture(sequence, { width: 4, height: 2, pixels: pixelsOf(color), release });
  }

  get color(): number {
    return this.target.pixels[0] as number;
  }
}

function create(changes: Partial<DisplayMessage<'streamCreate'>> = {}): DisplayMessage<'streamCreate'> {
  return {
    surfaceId: 0,
    id: 3,
    flags: 1,
    codec: 2,
    stamp: u64Of(0),
    streamWidth: 4,
    streamHeight: 2,
    srcWidth: 4,
    srcHeight: 2,
    dest: { left: 0, top: 0, right: 4, bottom: 2 },
    clip: { kind: 'none' },
    ...changes,
  };
}

export function start(changes: Partial<DisplayMessage<'streamCreate'>> = {}, codec: VideoCodecName = 'vp8') {
  const world = new World();
  const stream = new VideoStream(create(changes), codec, world);
  return { world, stream };
}
