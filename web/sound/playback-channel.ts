import {
  audioMode,
  playbackClientMessages,
  playbackServerMessages,
  type playbackClientTable,
  type playbackServerTable,
} from '@spice-viewer/shared-protocol/channels/playback-messages.ts';
import { playbackCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';
import type { AudioNumbers } from '../api/public-types.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { ArrivalMeter } from '../common/arrival-meter.ts';
import type { MediaTimes } from './media-times.ts';
import { OpusDecoder, OPUS_RATE } from './opus-decoder.ts';
import { stereoOfS16, type StereoSamples } from './pcm.ts';
import { SoundLink } from './sound-link.ts';
import { checkSoundStart } from './sound-start.ts';

type Server = typeof playbackServerTable;

const most = { channels: 8, frequency: 192_000 };
const FULL_VOLUME = 0xffff;
/** The longest that sound waits for late video, seconds. */
const LONGEST_VIDEO_WAIT = 0.6;

/** milliseconds */
const OPUS_PACKET_TIME = 10;

const codecs = { [audioMode.raw]: 'raw', [audioMode.opus]: 'opus' } as const;

export interface PlaybackOptions {
  readonly post: (message: FromWorker) => void;
  readonly times: MediaTimes;
  /** leads to the worklet; the channel owns it */
  readonly port: MessagePort;
  /** whether Opus can be decoded here */
  readonly opus: boolean;
}

/** The guest's sound: decoded, and straight on to the worklet that plays it. */
export class PlaybackChannel extends Channel<Server, typeof playbackClientTable> {
  readonly #post: (message: FromWorker) => void;
  readonly #times: MediaTimes;
  readonly #speaker: SoundLink;
  #opus: OpusDecoder | undefined;
  #mode: number = audioMode.raw;
  #stream: { channels: number; frequency: number } | undefined;
  #volumes: readonly number[] = [];
  #isMuted = false;
  #packets = 0;
  readonly #arrivals = new ArrivalMeter();
  /** a mode is complained about once */
  #refusedMode = 0;
  /** what the server and late video ask for, seconds */
  #latency = 0;
  #videoWait = 0;

  constructor(request: OpenChannel, events: ChannelEvents, options: PlaybackOptions) {
    const { volume, latency, opus } = playbackCapability;
    super(request, events, {
      server: playbackServerMessages,
      client: playbackClientMessages,
      capabilities: options.opus ? [volume, latency, opus] : [volume, latency],
    });
    this.#post = options.post;
    this.#times = options.times;
    this.#speaker = new SoundLink(options.port, {
      heard: (time, at, delay) => this.#times.heard(time, at, delay),
    });
  }

  get audio(): AudioNumbers {
    const { level, target, underruns } = this.#speaker.report;
    return {
      codec: this.#stream === undefined ? 'none' : (codecs[this.#mode as keyof typeof codecs] ?? 'none'),
      packets: this.#packets,
      bufferMilliseconds: Math.round(level * 1000),
      targetMilliseconds: Math.round(target * 1000),
      underruns,
      pauses: this.#arrivals.pauses,
      latestMilliseconds: Math.round(this.#arrivals.latest),
    };
  }

  /** Frames come so many milliseconds later than their sound, which from now on waits for them. */
  waitForVideo(milliseconds: number): void {
    if (this.#stream === undefined) return;
    const wait = Math.max(this.#latency, this.#speaker.report.target) + milliseconds / 1000;
    this.#videoWait = Math.min(LONGEST_VIDEO_WAIT, Math.max(this.#videoWait, wait));
    this.#applyLatency();
  }

  protected override disposed(): void {
    this.#opus?.dispose();
    this.#end();
    this.#speaker.dispose();
  }

  #begin(start: MessageValue<Server, 'start'>): void {
    checkSoundStart(start, most);
    const { channels, frequency } = start;
    this.#stream = { channels, frequency };
    this.#arrivals.reset();
    this.#opus?.dispose();
    this.#opus = undefined;
    const rate = this.#mode === audioMode.opus ? OPUS_RATE : frequency;
    this.#speaker.start(rate);
    this.#post({ kind: 'soundStart', rate });
  }

  #end(): void {
    if (this.#stream === undefined) return;
    this.#stream = undefined;
    if (this.#videoWait > 0) {
      this.#videoWait = 0;
      this.#applyLatency();
    }
    this.#speaker.stop();
    this.#times.silent();
  }

  #play(data: Uint8Array, time: number): void {
    const stream = this.#stream;
    if (stream === undefined || data.length === 0) return;
    this.#packets++;
    const isRaw = this.#mode === audioMode.raw;
    const duration = isRaw ? (data.length / 2 / stream.channels / stream.frequency) * 1000 : OPUS_PACKET_TIME;
    this.#arrivals.packet(time, duration, performance.now());
    if (this.#mode === audioMode.raw) this.#give(stereoOfS16(data, stream.channels), time);
    else if (this.#mode === audioMode.opus) this.#opusDecoder(stream.channels).decode(data, time);
    else this.#refuse();
  }

  #opusDecoder(channels: number): OpusDecoder {
    this.#opus ??= new OpusDecoder(
      Math.min(2, channels),
      (samples, time) => this.#give(samples, time),
      (error) => this.report(error),
    );
    return this.#opus;
  }

  #give({ left, right }: StereoSamples, time: number): void {
    if (!this.closed) this.#speaker.samples(left, right, time);
  }

  #refuse(): void {
    if (this.#refusedMode === this.#mode) return;
    this.#refusedMode = this.#mode;
    const got =
      this.#mode === audioMode.celt ? 'CELT 0.5.1, which nothing decodes any more' : `${this.#mode}`;
    this.report(new ProtocolError('bad-value', 'sound as raw samples or Opus', got));
  }

  #applyLatency(): void {
    this.#speaker.latency(Math.max(this.#latency, this.#videoWait));
  }

  #applyGain(): void {
    const gain = (index: number): number =>
      this.#isMuted ? 0 : (this.#volumes[index] ?? this.#volumes[0] ?? FULL_VOLUME) / FULL_VOLUME;
    this.#speaker.gain(gain(0), gain(1));
  }

  protected override readonly handlers: ChannelHandlers<Server> = {
    mode: ({ mode }) => {
      this.#mode = mode;
    },
    start: (value) => this.#begin(value),
    data: ({ data, time }) => this.#play(data, time),
    stop: () => this.#end(),
    volume: ({ volume }) => {
      this.#volumes = volume;
      this.#applyGain();
      if (volume.length > 0) this.#post({ kind: 'guestVolume', level: Math.max(...volume) / FULL_VOLUME });
    },
    mute: ({ mute }) => {
      this.#isMuted = mute !== 0;
      this.#applyGain();
    },
    latency: ({ milliseconds }) => {
      this.#latency = milliseconds / 1000;
      this.#applyLatency();
    },
  };
}
