import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ChannelEvents } from '../channels/channel.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { MediaTimes } from './media-times.ts';
import { decodesOpus } from './opus-decoder.ts';
import { encodesOpus } from './opus-encoder.ts';
import { PlaybackChannel } from './playback-channel.ts';
import { RecordChannel } from './record-channel.ts';

type Kind = 'playback' | 'record';

/** The session worker's playback and record channels, which come and go while the session lives. */
export class SoundChannels {
  readonly times: MediaTimes;
  playback: PlaybackChannel | undefined;
  record: RecordChannel | undefined;
  /** leads to the worklet that plays; comes before the channel is opened */
  soundPort: MessagePort | undefined;
  readonly #post: (message: FromWorker) => void;
  readonly #events: ChannelEvents;
  readonly #opusKnown = Promise.all([decodesOpus(), encodesOpus()]);
  /** counts what ends a channel: one that is still to be opened then is not */
  readonly #ends = { playback: 0, record: 0 };

  constructor(post: (message: FromWorker) => void, events: ChannelEvents) {
    this.#post = post;
    this.#events = events;
    this.times = new MediaTimes(post);
  }

  async open(request: OpenChannel): Promise<void> {
    const post = this.#post;
    const { times, soundPort: port } = this;
    const kind: Kind = request.channel.type === channelType.record ? 'record' : 'playback';
    const ends = this.#ends[kind];
    const [decodes, encodes] = await this.#opusKnown;
    if (kind === 'record') {
      const opened = new RecordChannel(request, this.#events, { post, times, opus: encodes });
      if (ends === this.#ends.record) this.record = opened;
      else opened.close();
    } else if (port !== undefined) {
      const opened = new PlaybackChannel(request, this.#events, { post, times, port, opus: decodes });
      if (ends === this.#ends.playback) this.playback = opened;
      else opened.close();
    }
  }

  /** A microphone is live. @param rate frames a second */
  connectMicrophone(port: MessagePort, rate: number): void {
    if (this.record === undefined) port.close();
    else this.record.connect(port, rate);
  }

  close(kind: Kind): void {
    this.#ends[kind]++;
    this[kind]?.close();
    this[kind] = undefined;
  }
}
