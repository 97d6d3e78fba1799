import {
  readVideoFrame,
  type VideoCodecName,
} from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import type { VideoFrameInfo } from '@spice-viewer/shared-protocol/codecs/video/video-frame-info.ts';
import type { DecodedPicture, DecoderFormat, FrameDecoder, FrameDecoderEvents } from './frame-decoder.ts';
import type { StreamFrame } from './stream-frame.ts';
import type { VideoStreamHost } from './video-stream-host.ts';

/** So many frames in the decoder, and the channel waits (and with it the server). */
const MAX_IN_DECODER = 16;
const MAX_FAILURES = 3;
/** A decoder that gives nothing for so long has stalled, milliseconds; it may hold back a few frames. */
const STALL_LIMIT = 3000;
const MAY_HOLD_BACK = 8;
/** What is kept for a second decoder until the first has shown that it works: bytes */
const MAX_HISTORY = 8 * 1024 * 1024;

export interface DecoderSupervisorEvents {
  /** In the order of the frames; released by who takes it. */
  picture(frame: StreamFrame, picture: DecodedPicture): void;
  /** No decoder works. */
  gaveUp(reason: string): void;
}

/** What a frame says of itself. */
export function inspectFrame(codec: VideoCodecName, data: Uint8Array): VideoFrameInfo {
  try {
    return readVideoFrame(codec, data);
  } catch {
    // Damaged: the decoder may know better, but nothing can start here.
    return { key: false };
  }
}

/**
 * The decoders of one stream, one at a time: made when a key frame comes, watched, replaced by another when they fail,
 * which gets all frames so far if the first has never worked. What only software shows is held against the hardware;
 * data that nothing shows is not.
 */
export class DecoderSupervisor implements FrameDecoderEvents {
  readonly #codec: VideoCodecName;
  /** of a frame that does not say it: pixels */
  readonly #height: number;
  readonly #host: VideoStreamHost;
  readonly #events: DecoderSupervisorEvents;
  #decoder: FrameDecoder | undefined;
  #format: DecoderFormat | undefined;
  #hardware = false;
  /** this stream's own choice, after another decoder failed */
  #software = false;
  /** a software decoder has got the frames at which another failed */
  #isProof = false;
  #isOver = false;
  #needsKey = true;
  #failures = 0;
  #hasOutput = false;
  #history: { data: Uint8Array; frame: StreamFrame; info: VideoFrameInfo }[] | undefined = [];
  #historyBytes = 0;
  readonly #frames = new Map<number, StreamFrame>();
  #cancelStall: (() => void) | undefined;
  #decoded = 0;
  #dropped = 0;
  #decodeTime = 0;

  constructor(codec: VideoCodecName, height: number, host: VideoStreamHost, events: DecoderSupervisorEvents) {
    this.#codec = codec;
    this.#height = height;
    this.#host = host;
    this.#events = events;
  }

  /** Whether the next frame must be a key frame: there is no decoder yet, or none any more. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  get isEmpty(): boolean {
    return this.#frames.size === 0;
  }

  get isFull(): boolean {
    return this.#frames.size >= MAX_IN_DECODER;
  }

  get hardware(): boolean {
    return this.#hardware;
  }

  get framesDecoded(): number {
    return this.#decoded;
  }

  /** Frames that went in and came to nothing. */
  get framesDropped(): number {
    return this.#dropped;
  }

  /** Of the newest frame that came out. */
  get decodeMilliseconds(): number {
    return this.#decodeTime;
  }

  /** @param data borrowed @param info of that frame; a key frame while `needsKey` */
  decode(data: Uint8Array, frame: StreamFrame, info: VideoFrameInfo): void {
    this.#keep(data, frame, info);
    this.#give(data, frame, info);
  }

  /** What is in the decoder must not be painted any more. */
  outdate(): void {
    for (const frame of this.#frames.values()) frame.obsolete = true;
  }

  /** Without decoder: the next one starts with a key frame. */
  restart(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#format = undefined;
    this.#hasOutput = false;
    this.#needsKey = true;
    this.#isProof = false;
    this.#dropped += this.#frames.size;
    this.#frames.clear();
    this.#unwatch();
  }

  /** The stream has ended. */
  dispose(): void {
    this.#isOver = true;
    this.restart();
    this.#history = undefined;
  }

  wants(sequence: number): boolean {
    return this.#frames.get(sequence)?.obsolete === false;
  }

  picture(sequence: number, picture: DecodedPicture): void {
    const frame = this.#take(sequence);
    if (frame === undefined || frame.obsolete) {
      picture.release();
      this.#dropped++;
    } else this.#events.picture(frame, picture);
    this.#host.roomMade();
  }

  skipped(sequence: number): void {
    this.#take(sequence);
    this.#dropped++;
    this.#host.roomMade();
  }

  failed(error: Error): void {
    if (this.#isOver) return;
    const history = this.#history;
    const workedBefore = this.#hasOutput;
    const triesSoftware = this.#codec !== 'mjpeg' && this.#host.mayTrySoftware && !this.#isInSoftware;
    if (triesSoftware) this.#software = true;
    this.restart();
    this.#failures++;
    if (triesSoftware && !workedBefore && history !== undefined && history.length > 0) {
      this.#history = undefined;
      this.#isProof = true;
      for (const { data, frame, info } of history) {
        this.#dropped--;
        this.#give(data, frame, info);
      }
    } else if (this.#failures >= MAX_FAILURES || !workedBefore) this.#events.gaveUp(error.message);
    this.#host.roomMade();
  }

  #keep(data: Uint8Array, frame: StreamFrame, info: VideoFrameInfo): void {
    if (this.#history === undefined || this.#hasOutput || this.#codec === 'mjpeg') return;
    if (info.key) {
      this.#history = [];
      this.#historyBytes = 0;
    }
    this.#historyBytes += data.length;
    if (this.#historyBytes > MAX_HISTORY) this.#history = undefined;
    else this.#history.push({ data: data.slice(), frame, info });
  }

  #give(data: Uint8Array, frame: StreamFrame, info: VideoFrameInfo): void {
    if (this.#isOver) return;
    try {
      this.#prepare(info);
      this.#frames.set(frame.sequence, frame);
      this.#watch();
      this.#decoder?.decode(data, frame.sequence, info.key);
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #prepare(info: VideoFrameInfo): void {
    const format = this.#formatOf(info);
    if (this.#decoder !== undefined && (format === undefined || isSame(format, this.#format))) return;
    if (this.#decoder !== undefined) this.restart();
    this.#needsKey = false;
    if (format === undefined) throw new Error('the first frame does not say how it is coded');
    this.#format = format;
    this.#decoder = this.#host.createDecoder(this.#codec, format, this.#isInSoftware, this);
    this.#hardware = false;
    if (this.#codec === 'mjpeg' || this.#isInSoftware) return;
    const decoder = this.#decoder;
    void this.#host.usesHardware(format.codec).then((hardware) => {
      if (decoder === this.#decoder) this.#hardware = hardware;
    });
  }

  get #isInSoftware(): boolean {
    return this.#software || this.#host.softwareOnly;
  }

  #formatOf({ codec, height }: VideoFrameInfo): DecoderFormat | undefined {
    if (this.#codec === 'mjpeg') return { codec: '', height: 0 };
    return codec === undefined ? undefined : { codec, height: height ?? this.#height };
  }

  /** Also what went in before that frame is through: some frames give no picture. */
  #take(sequence: number): StreamFrame | undefined {
    const frame = this.#frames.get(sequence);
    for (const one of this.#frames.keys()) if (one <= sequence) this.#frames.delete(one);
    this.#decoded++;
    if (frame !== undefined) this.#decodeTime = this.#host.now() - frame.given;
    this.#hasOutput = true;
    this.#history = undefined;
    if (this.#isProof) this.#host.hardwareFailed();
    this.#isProof = false;
    this.#unwatch();
    this.#watch();
    return frame;
  }

  #watch(): void {
    if (this.#cancelStall !== undefined || this.#frames.size === 0) return;
    this.#cancelStall = this.#host.later(STALL_LIMIT, () => {
      this.#cancelStall = undefined;
      if (this.#hasOutput && this.#frames.size < MAY_HOLD_BACK) return this.#watch();
      this.failed(new Error('the decoder gave no picture'));
    });
  }

  #unwatch(): void {
    this.#cancelStall?.();
    this.#cancelStall = undefined;
  }
}

function isSame(a: DecoderFormat, b: DecoderFormat | undefined): boolean {
  return a.codec === b?.codec && a.height === b.height;
}
