import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { listed, settings, type ClientSettings, type ImageCompression } from '../api/settings.ts';
import type { ChannelEvents } from '../channels/channel.ts';
import type { ChannelHead, FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { VideoContext } from '../video/video-context.ts';
import { CursorChannel } from './cursor-channel.ts';
import { DecodePool } from './decode-pool.ts';
import { DisplayChannel } from './display-channel.ts';
import { DisplaySession } from './display-session.ts';
import { presentedHeads } from './monitors.ts';
import type { PresentedChannel, PresentedHead } from './presenter.ts';

/** When a session breaks its channels close one after another, milliseconds: only one that closes alone is missed. */
const CLOSING_PAUSE = 500;

export interface DisplayChannelsHost {
  readonly events: ChannelEvents;
  post(message: FromWorker): void;
  /** Something may have to be painted. */
  painted(): void;
}

/** All display and cursor channels of one session. */
export class DisplayChannels {
  readonly #host: DisplayChannelsHost;
  readonly #session = new DisplaySession(new DecodePool());
  readonly #displays = new Map<number, DisplayChannel>();
  readonly #cursors = new Map<number, CursorChannel>();
  readonly video = new VideoContext();
  /** which codecs the browser has is known before the first display channel says so */
  readonly #videoKnown = this.video.askBrowser();
  #compression: ImageCompression = settings.compression.default;
  /** all that the server has listed, those that have closed too */
  readonly #listed = new Set<number>();
  #isOver = false;
  #announced = '';

  constructor(host: DisplayChannelsHost) {
    this.#host = host;
    this.video.lateForSound = (milliseconds) => host.post({ kind: 'videoLate', milliseconds });
  }

  get displays(): ReadonlyMap<number, DisplayChannel> {
    return this.#displays;
  }

  get all(): (DisplayChannel | CursorChannel)[] {
    return [...this.#displays.values(), ...this.#cursors.values()];
  }

  /** How much video memory the guest has, bytes. */
  setRamHint(bytes: number): void {
    this.#session.ramHint = bytes;
  }

  setSettings({ compression, videoCodecs, videoDecoder }: Partial<ClientSettings>): void {
    if (compression !== undefined) {
      this.#compression = compression;
      for (const channel of this.#displays.values()) channel.preferCompression(compression);
    }
    if (videoCodecs !== undefined) this.video.preferred = listed(settings.videoCodecs, videoCodecs);
    if (videoDecoder !== undefined) this.video.choice = videoDecoder;
    if (videoCodecs === undefined && videoDecoder === undefined) return;
    for (const channel of this.#displays.values()) channel.preferVideoCodecs();
  }

  async open(request: OpenChannel): Promise<void> {
    const { type, id } = request.channel;
    const { events } = this.#host;
    if (type === channelType.cursor) {
      this.#cursors.set(id, new CursorChannel(request, events, this.#host.post));
      return;
    }
    this.#listed.add(id);
    await this.#videoKnown;
    if (this.#isOver) return;
    const channel = new DisplayChannel(
      request,
      {
        ...events,
        closed: (key, failure) => {
          this.#displays.delete(id);
          setTimeout(() => this.#channelGone(), CLOSING_PAUSE);
          events.closed(key, failure);
        },
        layoutChanged: () => this.#layoutChanged(),
        painted: () => this.#host.painted(),
      },
      this.#session,
      this.#compression,
      this.video,
    );
    this.#displays.set(id, channel);
  }

  *presented(): Iterable<PresentedChannel> {
    for (const [id, channel] of this.#displays) {
      yield { surface: channel.shownSurface, heads: this.headsOf(id, channel) };
    }
  }

  headsOf(id: number, channel: DisplayChannel): PresentedHead[] {
    const monitored = { id, surface: channel.shownSurface, heads: channel.heads };
    return presentedHeads(monitored, this.#listed.size === 1);
  }

  dispose(): void {
    this.#isOver = true;
    for (const channel of this.all) channel.close();
    this.#session.pool.dispose();
  }

  /** Without any channel left the last pictures stay. */
  #channelGone(): void {
    if (!this.#isOver && this.#displays.size > 0) this.#layoutChanged();
  }

  #layoutChanged(): void {
    // While a new primary is not yet marked the old picture stays, and so do the displays.
    const waiting = [...this.#displays.values()].some(
      (channel) => channel.shownSurface === undefined && channel.drawCommands > 0,
    );
    if (waiting) return;
    const displays: ChannelHead[] = [...this.#displays]
      .flatMap(([channel, of]) => this.headsOf(channel, of).map((head) => ({ ...head, channel })))
      .map(({ id, x, y, width, height, channel }) => ({ id, x, y, width, height, channel }))
      .sort((a, b) => a.id - b.id);
    const maxDisplays = [...this.#displays.values()].reduce((sum, { maxMonitors }) => sum + maxMonitors, 0);
    const text = JSON.stringify([displays, maxDisplays]);
    if (text !== this.#announced) this.#host.post({ kind: 'displays', displays, maxDisplays });
    this.#announced = text;
    this.#host.painted();
  }
}
