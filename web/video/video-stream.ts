import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { streamFlag } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Clip, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import type { VideoStreamNumbers } from '../api/public-types.ts';
import { Region } from '../render/region.ts';
import type { Surface } from '../render/surface.ts';
import { DecoderSupervisor, inspectFrame } from './decoder-supervisor.ts';
import type { DecodedPicture } from './frame-decoder.ts';
import { FrameTiming } from './frame-timing.ts';
import { PictureQueue } from './picture-queue.ts';
import { putPicture } from './put-picture.ts';
import { RateMeter } from './rate-meter.ts';
import type { FramePlace } from './stream-frame.ts';
import { StreamReporter } from './stream-reporter.ts';
import type { VideoStreamHost } from './video-stream-host.ts';

/** Frames without a key frame to start from, after which the stream is given up. */
const MAX_KEYLESS = 30;
/** Encoders pad pictures to whole blocks; a picture that much larger is cut, not scaled. */
const MAX_PADDING = 16;

/**
 * One video stream of a display channel: from STREAM_CREATE to STREAM_DESTROY. Its frames become part of the surface
 * at their time; the channel calls `flush` before it draws where the stream paints.
 */
export class VideoStream {
  readonly id: number;
  readonly surfaceId: number;
  readonly codec: VideoCodecName;
  readonly #host: VideoStreamHost;
  readonly #surface: Surface | undefined;
  readonly #place: FramePlace;
  readonly #topDown: boolean;
  #clip: Clip;
  #state: 'open' | 'givenUp' | 'closed' = 'open';
  #keyless = 0;
  /** behind: what comes before the next key frame, which is here already, is not worth decoding */
  #skipsToKey = false;
  #sequence = 0;
  readonly #timing: FrameTiming;
  readonly #decoder: DecoderSupervisor;
  readonly #pictures: PictureQueue;
  readonly #region = new Region();

  #received = 0;
  #presented = 0;
  /** beside those that the decoder drops */
  #dropped = 0;
  #bytes = 0;
  #pictureSize = { width: 0, height: 0 };
  readonly #frameRate = new RateMeter();
  readonly #byteRate = new RateMeter();

  constructor(create: DisplayMessage<'streamCreate'>, codec: VideoCodecName, host: VideoStreamHost) {
    this.id = create.id;
    this.surfaceId = create.surfaceId;
    this.codec = codec;
    this.#host = host;
    this.#timing = new FrameTiming(host.clock, {
      wentBack: () => {
        this.#pictures.drop();
        this.#decoder.outdate();
      },
      lateForSound: (milliseconds) => host.lateForSound(milliseconds),
    });
    this.#decoder = new DecoderSupervisor(codec, create.streamHeight, host, {
      picture: (frame, picture) => {
        this.#pictureSize = { width: picture.width, height: picture.height };
        this.#pictures.push(frame, picture);
      },
      gaveUp: (reason) => this.#giveUp(reason),
    });
    this.#pictures = new PictureQueue({
      now: () => host.now(),
      later: (milliseconds, act) => host.later(milliseconds, act),
      paint: (frame, picture) => this.#paint(frame.place, picture),
      dropped: (count) => (this.#dropped += count),
    });
    this.#surface = host.surface(create.surfaceId);
    this.#place = { width: create.streamWidth, height: create.streamHeight, dest: create.dest };
    this.#topDown = (create.flags & streamFlag.topDown) !== 0;
    this.#clip = create.clip;
    this.#pictureSize = { width: create.streamWidth, height: create.streamHeight };
  }

  get numbers(): VideoStreamNumbers {
    const now = this.#host.now();
    return {
      codec: this.codec,
      hardware: this.#decoder.hardware,
      width: this.#pictureSize.width,
      height: this.#pictureSize.height,
      framesReceived: this.#received,
      framesDecoded: this.#decoder.framesDecoded,
      framesPresented: this.#presented,
      framesDropped: this.#dropped + this.#decoder.framesDropped,
      bytes: this.#bytes,
      fps: this.#frameRate.perSecond(now),
      bitrate: this.#byteRate.perSecond(now) * 8,
      decodeMilliseconds: this.#decoder.decodeMilliseconds,
    };
  }

  /**
   * A frame's turn has come.
   * @param data borrowed
   * @param isKeyAhead whether a key frame of this stream waits behind this frame
   * @returns false: the decoder is full, come again after `roomMade`
   */
  data(
    data: Uint8Array,
    multiMediaTime: number,
    place = this.#place,
    isKeyAhead: () => boolean = () => false,
  ): boolean {
    if (this.#state !== 'open') return true;
    const decoder = this.#decoder;
    const info = inspectFrame(this.codec, data);
    if (decoder.isFull && !this.#skipsToKey) {
      // From a key frame on nothing before is needed any more.
      if (info.key) decoder.restart();
      else if (isKeyAhead()) this.#skipsToKey = true;
      else return false;
    }
    this.#received++;
    this.#bytes += data.length;
    const now = this.#host.now();
    this.#byteRate.add(now, data.length);
    const due = this.#timing.dueTime(multiMediaTime, now);
    if (this.#skipsToKey && !info.key) {
      this.#dropped++;
      return true;
    }
    if (this.#skipsToKey && !decoder.isEmpty) decoder.restart();
    this.#skipsToKey = false;
    if (decoder.needsKey && !info.key) {
      this.#dropped++;
      this.#keyless++;
      if (this.#keyless > MAX_KEYLESS) this.#giveUp('no key frame came');
      return true;
    }
    this.#keyless = 0;
    this.#sequence++;
    decoder.decode(data, { sequence: this.#sequence, place, due, given: now, obsolete: false }, info);
    return true;
  }

  /** Whether the stream can be decoded from this frame on. */
  isKey(data: Uint8Array): boolean {
    return inspectFrame(this.codec, data).key;
  }

  setClip(clip: Clip): void {
    this.#clip = clip;
  }

  activateReport(asked: DisplayMessage<'streamActivateReport'>): void {
    this.#timing.reporter = new StreamReporter(asked, (report) => this.#host.report(report));
  }

  /** Whether the stream paints inside of the rectangle. */
  touches({ left, top, right, bottom }: Rect): boolean {
    const { dest } = this.#place;
    const l = Math.max(left, dest.left);
    const t = Math.max(top, dest.top);
    const r = Math.min(right, dest.right);
    const b = Math.min(bottom, dest.bottom);
    if (l >= r || t >= b) return false;
    if (this.#clip.kind === 'none') return true;
    return this.#clip.rects.some(
      (rect) => rect.left < r && rect.right > l && rect.top < b && rect.bottom > t,
    );
  }

  /**
   * Paints the newest decoded frame now, before something else draws or reads there.
   * @param overdrawn whether frames that came so far must not be painted later, over what is drawn next
   */
  flush(overdrawn: boolean): void {
    this.#pictures.flush();
    if (overdrawn) this.#decoder.outdate();
  }

  /** STREAM_DESTROY: the last frame stays. */
  close(): void {
    if (this.#state === 'closed') return;
    this.flush(false);
    this.#stop();
    this.#state = 'closed';
  }

  #paint({ dest, width, height }: FramePlace, picture: DecodedPicture): void {
    const now = this.#host.now();
    this.#presented++;
    this.#frameRate.add(now, 1);
    const surface = this.#host.surface(this.surfaceId);
    // Another surface may have got the number since.
    if (surface === undefined || surface !== this.#surface) return;
    this.#region.setPainted(dest, surface.width, surface.height, this.#clip);
    if (this.#region.empty) return;
    putPicture(surface, this.#region, dest, {
      width: withoutPadding(picture.width, width),
      height: withoutPadding(picture.height, height),
      pixels: picture.pixels,
      stride: picture.width,
      topDown: this.#topDown,
    });
    const { left, top, right, bottom } = this.#region.extents();
    if (surface.primary) surface.dirty.add(left, top, right, bottom);
    this.#host.painted();
  }

  #giveUp(reason: string): void {
    if (this.#state !== 'open') return;
    this.flush(true);
    this.#stop();
    this.#state = 'givenUp';
    this.#host.undecodable(this.id, this.codec, reason);
  }

  #stop(): void {
    this.#pictures.drop();
    this.#decoder.dispose();
  }
}

function withoutPadding(decoded: number, wanted: number): number {
  return decoded > wanted && decoded - wanted < MAX_PADDING ? wanted : decoded;
}
