import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import type { VideoStreamNumbers } from '../api/public-types.ts';
import { drawCommand, type DrawMessage } from '../render/draw-commands.ts';
import { MAX_PICTURE_PIXELS } from './frame-pixels.ts';
import { unsupportedReport } from './stream-reporter.ts';
import type { VideoContext } from './video-context.ts';
import { VideoError } from '../common/video-error.ts';
import { VideoStream } from './video-stream.ts';
import type { VideoStreamHost } from './video-stream-host.ts';
import { videoCodecName } from './video-support.ts';

/** Ids are below this (docs/protocol/streams.md#streams). */
const MAX_STREAMS = 64;

export interface VideoStreamsOwner extends Pick<
  VideoStreamHost,
  'surface' | 'painted' | 'roomMade' | 'report'
> {
  /** The messages that wait behind the one whose turn it is. */
  upcoming(): Iterable<{ readonly name: string; readonly value: unknown }>;
  /** A stream in this codec could not be shown; called once for each codec. */
  codecFailed(codec: VideoCodecName): void;
  trouble(error: Error): void;
}

/** The video streams of one display channel. */
export class VideoStreams {
  readonly #streams = new Map<number, VideoStream>();
  readonly #context: VideoContext;
  readonly #owner: VideoStreamsOwner;
  readonly #host: VideoStreamHost;
  readonly #failedCodecs = new Set<VideoCodecName>();
  #unknownReported = false;

  constructor(context: VideoContext, owner: VideoStreamsOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#host = {
      clock: context.clock,
      now: () => performance.now(),
      later: (milliseconds, act) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
      surface: (id) => owner.surface(id),
      painted: () => owner.painted(),
      roomMade: () => owner.roomMade(),
      report: (report) => owner.report(report),
      lateForSound: (milliseconds) => context.lateForSound(milliseconds),
      undecodable: (id, codec, reason) => this.#undecodable(id, codec, reason),
      createDecoder: (...args) => context.createDecoder(...args),
      hardwareFailed: () => context.hardwareFailed(),
      get softwareOnly() {
        return context.softwareOnly;
      },
      get mayTrySoftware() {
        return context.mayTrySoftware;
      },
      usesHardware: (codec) => context.usesHardware(codec),
    };
  }

  get numbers(): VideoStreamNumbers[] {
    return [...this.#streams.values()].map((stream) => stream.numbers);
  }

  create(message: DisplayMessage<'streamCreate'>): void {
    const { id, codec, streamWidth, streamHeight } = message;
    if (id >= MAX_STREAMS) throw new ProtocolError('too-large', `a stream id below ${MAX_STREAMS}`, `${id}`);
    if (streamWidth * streamHeight > MAX_PICTURE_PIXELS) {
      const got = `${streamWidth}x${streamHeight}`;
      throw new ProtocolError('too-large', `a stream of at most ${MAX_PICTURE_PIXELS} pixels`, got);
    }
    this.destroy(id);
    const name = videoCodecName(codec);
    if (name === undefined || !this.#context.supported.includes(name)) {
      this.#undecodable(id, name, 'it was not announced');
      return;
    }
    this.#streams.set(id, new VideoStream(message, name, this.#host));
  }

  /** @returns false: not yet, the decoder is full */
  data({ id, multiMediaTime, data }: DisplayMessage<'streamData'>): boolean {
    const stream = this.#known(id);
    return stream?.data(data, multiMediaTime, undefined, () => this.#isKeyAhead(stream)) ?? true;
  }

  dataSized(message: DisplayMessage<'streamDataSized'>): boolean {
    const { id, multiMediaTime, data, width, height, dest } = message;
    const stream = this.#known(id);
    const place = { width, height, dest };
    return stream?.data(data, multiMediaTime, place, () => this.#isKeyAhead(stream)) ?? true;
  }

  setClip({ id, clip }: DisplayMessage<'streamClip'>): void {
    this.#streams.get(id)?.setClip(clip);
  }

  /** A server may also say this of a stream that it never made. */
  activateReport(asked: DisplayMessage<'streamActivateReport'>): void {
    this.#streams.get(asked.streamId)?.activateReport(asked);
  }

  destroy(id: number): void {
    this.#streams.get(id)?.close();
    this.#streams.delete(id);
  }

  destroyAll(): void {
    for (const id of this.#streams.keys()) this.destroy(id);
  }

  /** What a drawing message reads must be there, and no frame that came before it may be painted over it. */
  beforeDraw(draw: DrawMessage, images: readonly { readonly surfaceId: number }[]): void {
    if (this.#streams.size === 0) return;
    const { surfaceId, box } = draw.value.base;
    const read = drawCommand(draw.name).reads?.(draw.value);
    for (const stream of this.#streams.values()) {
      const isTarget = stream.surfaceId === surfaceId;
      if (isTarget && stream.touches(box)) stream.flush(true);
      else if (isTarget && read !== undefined && stream.touches(read)) stream.flush(false);
      else if (images.some((image) => image.surfaceId === stream.surfaceId)) stream.flush(false);
    }
  }

  /** Whether a key frame of the stream waits for its turn. */
  #isKeyAhead(stream: VideoStream): boolean {
    for (const { name, value } of this.#owner.upcoming()) {
      if (name === 'streamDestroyAll') return false;
      if (!aboutStreams.has(name)) continue;
      const { id, data } = value as { id: number; data?: Uint8Array };
      if (id !== stream.id) continue;
      if (data === undefined) return false;
      if (stream.isKey(data)) return true;
    }
    return false;
  }

  #known(id: number): VideoStream | undefined {
    const stream = this.#streams.get(id);
    if (stream === undefined && !this.#unknownReported && !this.#failedBefore) {
      this.#unknownReported = true;
      this.#owner.trouble(new ProtocolError('bad-value', 'a frame of a stream that exists', `stream ${id}`));
    }
    return stream;
  }

  /** Frames may still be under way for a stream that was refused. */
  #failedBefore = false;

  #undecodable(id: number, codec: VideoCodecName | undefined, reason: string): void {
    this.#failedBefore = true;
    this.#owner.report(unsupportedReport(id));
    if (codec === undefined || this.#failedCodecs.has(codec)) return;
    this.#failedCodecs.add(codec);
    const sentence = `Video in ${codec} cannot be shown: ${reason.replace(/\.$/, '')}. The server is asked for another codec.`;
    this.#owner.trouble(new VideoError(sentence));
    this.#owner.codecFailed(codec);
  }
}

const aboutStreams: ReadonlySet<string> = new Set([
  'streamCreate',
  'streamData',
  'streamDataSized',
  'streamDestroy',
]);
