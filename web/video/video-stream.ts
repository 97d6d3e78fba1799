import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { streamFlag } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Clip, Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import {
  readVideoFrame,
  type VideoCodecName,
} from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import type { VideoFrameInfo } from '@spice-viewer/shared-protocol/codecs/video/video-frame-info.ts';
import type { VideoStreamNumbers } from '../api/public-types.ts';
import { Region } from '../render/region.ts';
import type { Surface } from '../render/surface.ts';
import type { DecodedPicture, DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import { timeDifference } from '../common/media-clock.ts';
import { PictureQueue } from './picture-queue.ts';
import { Playout } from './playout.ts';
import { putPicture } from './put-picture.ts';
import { RateMeter } from './rate-meter.ts';
import { StreamReporter } from './stream-reporter.ts';
import type { FramePlace, StreamFrame } from './stream-frame.ts';
import type { VideoStreamHost } from './video-stream-host.ts';

/** So many frames in the decoder, and the channel waits (and with it the server). */
const MAX_IN_DECODER = 16;
/** Frames without a key frame to start from, after which the stream is given up. */
const MAX_KEYLESS = 30;
const MAX_FAILURES = 3;
/** A decoder that gives nothing for so long has stalled, milliseconds; it may hold back a few frames. */
const STALL_LIMIT = 3000;
const MAY_HOLD_BACK = 8;
/** What is kept for a second decoder until the first has shown that it works: bytes */
const MAX_HISTORY = 8 * 1024 * 1024;
/** Encoders pad pictures to whole blocks; a picture that much larger is cut, not scaled. */
const MAX_PADDING = 16;
/** mm_time 0 means nothing; shown after this, milliseconds. */
const BOGUS_TIME_DELAY = 100;
/** The longest that a frame waits for its sound, milliseconds. */
const MAX_SOUND_WAIT = 1500;
/** So many frames in a row later than their sound, and the sound is to wait for them. */
const LATE_IN_A_ROW = 5;

/**
 * One video stream of a display channel: from STREAM_CREATE to STREAM_DESTROY. Its frames become part of the surface
 * at their time; the channel calls `flush` before it draws where the stream paints.
 */
export class VideoStream implements FrameDecoderEvents {
  readonly id: number;
  readonly surfaceId: number;
  readonly codec: VideoCodecName;
  readonly #host: VideoStreamHost;
  readonly #surface: Surface | undefined;
  readonly #place: FramePlace;
  readonly #topDown: boolean;
  #clip: Clip;
  #decoder: FrameDecoder | undefined;
  #format: DecoderFormat | undefined;
  #hardware = false;
  #state: 'open' | 'givenUp' | 'closed' = 'open';
  #needsKey = true;
  #keyless = 0;
  /** behind: what comes before the next key frame, which is here already, is not worth decoding */
  #skipsToKey = false;
  #failures = 0;
  #hasOutput = false;
  #history: { data: Uint8Array; frame: StreamFrame; key: boolean }[] | undefined = [];
  #historyBytes = 0;
  #sequence = 0;
  #lastTime: number | undefined;
  #late = 0;
  readonly #inDecoder = new Map<number, StreamFrame>();
  readonly #pictures: PictureQueue;
  readonly #playout = new Playout();
  readonly #region = new Region();
  #reporter: StreamReporter | undefined;
  #cancelStall: (() => void) | undefined;

  #received = 0;
  #decoded = 0;
  #presented = 0;
  #dropped = 0;
  #bytes = 0;
  #decodeTime = 0;
  #pictureSize = { width: 0, height: 0 };
  readonly #frameRate = new RateMeter();
  readonly #byteRate = new RateMeter();

  constructor(create: DisplayMessage<'streamCreate'>, codec: VideoCodecName, host: VideoStreamHost) {
    this.id = create.id;
    this.surfaceId = create.surfaceId;
    this.codec = codec;
    this.#host = host;
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
      hardware: this.#hardware,
      width: this.#pictureSize.width,
      height: this.#pictureSize.height,
      framesReceived: this.#received,
      framesDecoded: this.#decoded,
      framesPresented: this.#presented,
      framesDropped: this.#dropped,
      bytes: this.#bytes,
      fps: this.#frameRate.perSecond(now),
      bitrate: this.#byteRate.perSecond(now) * 8,
      decodeMilliseconds: this.#decodeTime,
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
    const info = this.#inspect(data);
    if (this.#inDecoder.size >= MAX_IN_DECODER && !this.#skipsToKey) {
      // From a key frame on nothing before is needed any more.
      if (info.key) this.#restart();
      else if (isKeyAhead()) this.#skipsToKey = true;
      else return false;
    }
    this.#received++;
    this.#bytes += data.length;
    const now = this.#host.now();
    this.#byteRate.add(now, data.length);
    const due = this.#dueTime(multiMediaTime, now);
    if (this.#skipsToKey && !info.key) {
      this.#dropped++;
      return true;
    }
    if (this.#skipsToKey && this.#inDecoder.size > 0) this.#restart();
    this.#skipsToKey = false;
    if (this.#needsKey && !info.key) {
      this.#dropped++;
      this.#keyless++;
      if (this.#keyless > MAX_KEYLESS) this.#giveUp('no key frame came');
      return true;
    }
    this.#needsKey = false;
    this.#keyless = 0;
    this.#sequence++;
    const frame = { sequence: this.#sequence, place, due, given: now, obsolete: false };
    this.#keep(data, frame, info.key);
    this.#decode(data, frame, info);
    return true;
  }

  /** Whether the stream can be decoded from this frame on. */
  isKey(data: Uint8Array): boolean {
    return this.#inspect(data).key;
  }

  setClip(clip: Clip): void {
    this.#clip = clip;
  }

  activateReport(asked: DisplayMessage<'streamActivateReport'>): void {
    this.#reporter = new StreamReporter(asked, (report) => this.#host.report(report));
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
    if (overdrawn) for (const frame of this.#inDecoder.values()) frame.obsolete = true;
  }

  /** STREAM_DESTROY: the last frame stays. */
  close(): void {
    if (this.#state === 'closed') return;
    this.flush(false);
    this.#stop();
    this.#state = 'closed';
  }

  wants(sequence: number): boolean {
    return this.#inDecoder.get(sequence)?.obsolete === false;
  }

  picture(sequence: number, picture: DecodedPicture): void {
    const frame = this.#takeFromDecoder(sequence);
    if (frame === undefined || frame.obsolete) {
      picture.release();
      this.#dropped++;
    } else {
      this.#pictureSize = { width: picture.width, height: picture.height };
      this.#pictures.push(frame, picture);
    }
    this.#host.roomMade();
  }

  skipped(sequence: number): void {
    this.#takeFromDecoder(sequence);
    this.#dropped++;
    this.#host.roomMade();
  }

  failed(error: Error): void {
    if (this.#state !== 'open') return;
    const history = this.#history;
    const softwareIsNew = !this.#host.softwareOnly && this.#host.fallBackToSoftware();
    const workedBefore = this.#hasOutput;
    this.#restart();
    this.#failures++;
    if (
      this.codec !== 'mjpeg' &&
      softwareIsNew &&
      !workedBefore &&
      history !== undefined &&
      history.length > 0
    ) {
      this.#history = undefined;
      this.#needsKey = false;
      for (const { data, frame } of history) {
        this.#dropped--;
        this.#decode(data, frame, this.#inspect(data));
      }
    } else if (this.#failures >= MAX_FAILURES || !workedBefore) this.#giveUp(error.message);
    this.#host.roomMade();
  }

  #inspect(data: Uint8Array): VideoFrameInfo {
    try {
      return readVideoFrame(this.codec, data);
    } catch {
      // Damaged: the decoder may know better, but nothing can start here.
      return { key: false };
    }
  }

  /** When to show a frame, and what the server is told of it. */
  #dueTime(multiMediaTime: number, now: number): number {
    const { clock } = this.#host;
    if (!clock.isKnown || multiMediaTime === 0) {
      return now + (multiMediaTime === 0 ? BOGUS_TIME_DELAY : 0);
    }
    const margin = clock.until(multiMediaTime);
    const { soundDelay } = clock;
    this.#reporter?.frame(multiMediaTime, margin, now, soundDelay);
    this.#countLate(soundDelay === undefined ? 0 : -margin);
    if (this.#lastTime !== undefined && timeDifference(multiMediaTime, this.#lastTime) < 0) {
      // The sender started anew: what waits belongs to a time that will not come.
      this.#pictures.drop();
      for (const frame of this.#inDecoder.values()) frame.obsolete = true;
      this.#playout.reset();
    }
    this.#lastTime = multiMediaTime;
    // What is heard decides; in silence nothing is won by waiting for the server's latency.
    if (soundDelay === undefined) return now + this.#playout.delay(margin);
    return now + Math.max(0, Math.min(margin, MAX_SOUND_WAIT));
  }

  /** @param late milliseconds after its sound */
  #countLate(late: number): void {
    this.#late = late > 0 ? this.#late + 1 : 0;
    if (this.#late < LATE_IN_A_ROW) return;
    this.#late = 0;
    this.#host.lateForSound(late);
  }

  #keep(data: Uint8Array, frame: StreamFrame, key: boolean): void {
    if (this.#history === undefined || this.#hasOutput || this.codec === 'mjpeg') return;
    if (key) {
      this.#history = [];
      this.#historyBytes = 0;
    }
    this.#historyBytes += data.length;
    if (this.#historyBytes > MAX_HISTORY) this.#history = undefined;
    else this.#history.push({ data: data.slice(), frame, key });
  }

  #decode(data: Uint8Array, frame: StreamFrame, info: VideoFrameInfo): void {
    try {
      this.#prepareDecoder(info);
      this.#inDecoder.set(frame.sequence, frame);
      this.#watch();
      this.#decoder?.decode(data, frame.sequence, info.key);
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #prepareDecoder(info: VideoFrameInfo): void {
    const format = this.#formatOf(info);
    if (this.#decoder !== undefined && (format === undefined || isSame(format, this.#format))) return;
    if (this.#decoder !== undefined) this.#restart();
    this.#needsKey = false;
    if (format === undefined) throw new Error('the first frame does not say how it is coded');
    this.#format = format;
    this.#decoder = this.#host.createDecoder(this.codec, format, this.#host.softwareOnly, this);
    if (this.codec === 'mjpeg') return;
    void this.#host.usesHardware(format.codec).then((hardware) => {
      this.#hardware = hardware;
    });
  }

  #formatOf({ codec, height }: VideoFrameInfo): DecoderFormat | undefined {
    if (this.codec === 'mjpeg') return { codec: '', height: 0 };
    return codec === undefined ? undefined : { codec, height: height ?? this.#place.height };
  }

  /** Also what went in before that frame is through: some frames give no picture. */
  #takeFromDecoder(sequence: number): StreamFrame | undefined {
    const frame = this.#inDecoder.get(sequence);
    for (const one of this.#inDecoder.keys()) if (one <= sequence) this.#inDecoder.delete(one);
    this.#decoded++;
    if (frame !== undefined) this.#decodeTime = this.#host.now() - frame.given;
    this.#hasOutput = true;
    this.#history = undefined;
    this.#watch(true);
    return frame;
  }

  #watch(again = false): void {
    if (again) {
      this.#cancelStall?.();
      this.#cancelStall = undefined;
    }
    if (this.#cancelStall !== undefined || this.#inDecoder.size === 0) return;
    this.#cancelStall = this.#host.later(STALL_LIMIT, () => {
      this.#cancelStall = undefined;
      if (this.#hasOutput && this.#inDecoder.size < MAY_HOLD_BACK) return this.#watch();
      this.failed(new Error('the decoder gave no picture'));
    });
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

  /** Without decoder: the next one starts with a key frame. */
  #restart(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#format = undefined;
    this.#hasOutput = false;
    this.#needsKey = true;
    this.#dropped += this.#inDecoder.size;
    this.#inDecoder.clear();
    this.#cancelStall?.();
    this.#cancelStall = undefined;
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
    this.#restart();
    this.#history = undefined;
  }
}

function withoutPadding(decoded: number, wanted: number): number {
  return decoded > wanted && decoded - wanted < MAX_PADDING ? wanted : decoded;
}

function isSame(a: DecoderFormat, b: DecoderFormat | undefined): boolean {
  return a.codec === b?.codec && a.height === b.height;
}
