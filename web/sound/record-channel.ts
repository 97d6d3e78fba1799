import { audioMode } from '@spice-viewer/shared-protocol/channels/playback-messages.ts';
import {
  recordClientMessages,
  recordServerMessages,
  type recordClientTable,
  type recordServerTable,
} from '@spice-viewer/shared-protocol/channels/record-messages.ts';
import { hasCapability, recordCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import type { MessageValue } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';
import type { MicrophoneNumbers } from '../api/public-types.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import type { MediaTimes } from './media-times.ts';
import { OPUS_RATE } from './opus-decoder.ts';
import { OpusEncoder } from './opus-encoder.ts';
import { opusPacketMilliseconds } from './opus-packet.ts';
import { s16OfStereo } from './pcm.ts';
import { Resampler } from './resampler.ts';
import type { MicrophoneSamples } from '../threads/sound-messages.ts';
import { checkSoundStart } from './sound-start.ts';

type Server = typeof recordServerTable;

const most = { channels: 2, frequency: 96_000 };
const FULL_VOLUME = 0xffff;
/** What the server has room for (docs/protocol/sound.md#record). */
const LONGEST_PACKET = 10;

const codecs = { [audioMode.raw]: 'raw', [audioMode.opus]: 'opus' } as const;

export interface RecordOptions {
  readonly post: (message: FromWorker) => void;
  readonly times: MediaTimes;
  /** whether Opus can be encoded here */
  readonly opus: boolean;
}

interface Recording {
  readonly channels: number;
  readonly frequency: number;
  mode: typeof audioMode.raw | typeof audioMode.opus;
  /** MODE and START_MARK went out */
  isMarked: boolean;
}

/** The user's microphone to the guest, from the server's START to its STOP. */
export class RecordChannel extends Channel<Server, typeof recordClientTable> {
  readonly #options: RecordOptions;
  #port: MessagePort | undefined;
  #serverTakesOpus = false;
  #recording: Recording | undefined;
  #encoder: OpusEncoder | undefined;
  #resamplers: readonly [Resampler, Resampler] | undefined;
  #volumes: readonly number[] = [];
  #isMuted = false;
  #packets = 0;

  constructor(request: OpenChannel, events: ChannelEvents, options: RecordOptions) {
    const { volume, opus } = recordCapability;
    super(request, events, {
      server: recordServerMessages,
      client: recordClientMessages,
      capabilities: options.opus ? [volume, opus] : [volume],
    });
    this.#options = options;
  }

  get microphone(): MicrophoneNumbers {
    return {
      codec: this.#recording === undefined ? 'none' : codecs[this.#recording.mode],
      packets: this.#packets,
    };
  }

  /** Leads to a microphone that is live; the channel owns it. @param rate frames a second */
  connect(port: MessagePort, rate: number): void {
    this.#disconnect();
    const recording = this.#recording;
    // The server may have stopped meanwhile.
    if (recording === undefined) return port.close();
    this.#port = port;
    const { frequency } = recording;
    if (rate !== frequency)
      this.#resamplers = [new Resampler(rate, frequency), new Resampler(rate, frequency)];
    port.onmessage = (event: MessageEvent<MicrophoneSamples>) => this.#take(event.data);
  }

  protected override linked({ serverChannelCaps }: LinkResult): void {
    this.#serverTakesOpus = hasCapability(serverChannelCaps, recordCapability.opus);
  }

  protected override disposed(): void {
    this.#end();
  }

  #begin(start: MessageValue<Server, 'start'>): void {
    checkSoundStart(start, most);
    const { channels, frequency } = start;
    this.#end();
    const isOpus = this.#options.opus && this.#serverTakesOpus && frequency === OPUS_RATE;
    const mode = isOpus ? audioMode.opus : audioMode.raw;
    this.#recording = { channels, frequency, mode, isMarked: false };
    this.#options.post({ kind: 'recordStart', rate: frequency, channels });
  }

  #end(): void {
    this.#disconnect();
    this.#encoder?.dispose();
    this.#encoder = undefined;
    if (this.#recording === undefined) return;
    this.#recording = undefined;
    this.#options.post({ kind: 'recordStop' });
  }

  #disconnect(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#resamplers = undefined;
  }

  #take(samples: MicrophoneSamples): void {
    const recording = this.#recording;
    const resamplers = this.#resamplers;
    if (recording === undefined) return;
    const left = resamplers?.[0].take(samples.left) ?? samples.left;
    const right = resamplers?.[1].take(samples.right) ?? samples.right;
    this.#applyGain(left, 0);
    this.#applyGain(right, 1);
    if (recording.mode === audioMode.raw) {
      return this.#sendData(recording, s16OfStereo({ left, right }, recording.channels));
    }
    this.#encoder ??= new OpusEncoder(
      recording.channels,
      (packet) => this.#sendPacket(recording, packet),
      (error) => this.#withoutOpus(recording, error.message),
    );
    this.#encoder.encode(left, right);
  }

  #sendPacket(recording: Recording, packet: Uint8Array): void {
    if (this.#recording !== recording || recording.mode !== audioMode.opus) return;
    // One that is too long would make the server close the channel.
    if (opusPacketMilliseconds(packet) > LONGEST_PACKET)
      this.#withoutOpus(recording, 'its packets are too long');
    else this.#sendData(recording, packet);
  }

  #withoutOpus(recording: Recording, reason: string): void {
    this.#encoder?.dispose();
    this.#encoder = undefined;
    if (this.#recording !== recording || recording.mode === audioMode.raw) return;
    recording.mode = audioMode.raw;
    recording.isMarked = false;
    this.report(new Error(`The browser’s Opus encoder cannot be used: ${reason}. The microphone goes raw.`));
  }

  #sendData(recording: Recording, data: Uint8Array): void {
    const time = this.#options.times.now();
    if (!recording.isMarked) {
      recording.isMarked = true;
      this.send('mode', { time, mode: recording.mode, data: new Uint8Array() });
      this.send('startMark', { time });
    }
    this.#packets++;
    this.send('data', { time, data });
  }

  /** The guest's mixer: QEMU leaves its capture level to the client. */
  #applyGain(samples: Float32Array, channel: number): void {
    const volume = this.#volumes[channel] ?? this.#volumes[0] ?? FULL_VOLUME;
    const gain = this.#isMuted ? 0 : volume / FULL_VOLUME;
    if (gain === 1) return;
    for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * gain;
  }

  protected override readonly handlers: ChannelHandlers<Server> = {
    start: (value) => this.#begin(value),
    stop: () => this.#end(),
    volume: ({ volume }) => {
      this.#volumes = volume;
    },
    mute: ({ mute }) => {
      this.#isMuted = mute !== 0;
    },
  };
}
