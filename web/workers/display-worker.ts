import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { CursorChannel } from '../display/cursor-channel.ts';
import { DecodePool } from '../display/decode-pool.ts';
import { DisplayChannel } from '../display/display-channel.ts';
import { DisplaySession } from '../display/display-session.ts';
import { presentedHeads } from '../display/monitors.ts';
import { Presenter, type PresentedChannel, type PresentedHead } from '../display/presenter.ts';
import { openVideoFrames } from '../video/frame-pixels.ts';
import { VideoContext } from '../video/video-context.ts';
import { presentRect } from '../render/present.ts';
import type { DisplayNumbers, ImageCompression } from '../api/public-types.ts';
import type { DisplayWorkerStats } from '../client/spice-stats.ts';
import type { ChannelHead, FromWorker, OpenChannel, ToDisplayWorker } from '../threads/worker-messages.ts';
import { channelEvents } from '../channels/channel-events.ts';
import { serve } from '../threads/worker-scope.ts';

type Post = (message: FromWorker, transfer?: Transferable[]) => void;

/** When a session breaks its channels close one after another, milliseconds: only one that closes alone is missed. */
const CLOSING_PAUSE = 500;

/** All display and cursor channels of a session: from their sockets to the canvases. */
class DisplayWorker {
  readonly #post: Post;
  readonly #session = new DisplaySession(new DecodePool());
  readonly #displays = new Map<number, DisplayChannel>();
  readonly #cursors = new Map<number, CursorChannel>();
  readonly #presenter = new Presenter(() => this.#presentedChannels());
  readonly #video = new VideoContext();
  /** which codecs the browser has is known before the first display channel says so */
  readonly #videoKnown = this.#video.askBrowser();
  #compression: ImageCompression = 'auto';
  /** all that the server has listed, those that have closed too */
  readonly #listed = new Set<number>();
  #ended = false;
  #announced = '';

  constructor(post: Post) {
    this.#post = post;
    this.#video.lateForSound = (milliseconds) => this.#post({ kind: 'videoLate', milliseconds });
  }

  readonly receive = (message: ToDisplayWorker): void => {
    switch (message.kind) {
      case 'session':
        this.#session.ramHint = message.ramHint;
        return;
      case 'compression':
        this.#compression = message.compression;
        for (const channel of this.#displays.values()) channel.preferCompression(message.compression);
        return;
      case 'video':
        this.#video.choice = message.decoder;
        this.#video.preferred = message.codecs;
        for (const channel of this.#displays.values()) channel.preferVideoCodecs();
        return;
      case 'mediaTime':
        return this.#video.clock.set(message.time, message.at, message.soundDelay);
      case 'openChannel':
        void this.#open(message);
        return;
      case 'closeAll':
        this.#ended = true;
        for (const channel of [...this.#displays.values(), ...this.#cursors.values()]) channel.close();
        this.#session.pool.dispose();
        return;
      case 'attachCanvas':
        return this.#presenter.attach(message.display, message.canvas);
      case 'detachCanvas':
        return this.#presenter.detach(message.display);
      case 'visible':
        return this.#presenter.setVisible(message.visible, message.byTimer);
      case 'request':
        void this.#answer(message);
    }
  };

  async #open(request: OpenChannel): Promise<void> {
    const { type, id } = request.channel;
    const events = channelEvents(this.#post);
    if (type === channelType.cursor) {
      this.#cursors.set(id, new CursorChannel(request, events, this.#post));
      return;
    }
    this.#listed.add(id);
    await this.#videoKnown;
    if (this.#ended) return;
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
        painted: () => this.#presenter.schedule(),
      },
      this.#session,
      this.#compression,
      this.#video,
    );
    this.#displays.set(id, channel);
  }

  /** Without any channel left the last pictures stay. */
  #channelGone(): void {
    if (!this.#ended && this.#displays.size > 0) this.#layoutChanged();
  }

  #headsOf(id: number, channel: DisplayChannel): PresentedHead[] {
    const monitored = { id, surface: channel.shownSurface, heads: channel.heads };
    return presentedHeads(monitored, this.#listed.size === 1);
  }

  *#presentedChannels(): Iterable<PresentedChannel> {
    for (const [id, channel] of this.#displays) {
      yield { surface: channel.shownSurface, heads: this.#headsOf(id, channel) };
    }
  }

  #layoutChanged(): void {
    // While a new primary is not yet marked the old picture stays, and so do the displays.
    const waiting = [...this.#displays.values()].some(
      (channel) => channel.shownSurface === undefined && channel.drawCommands > 0,
    );
    if (waiting) return;
    const displays: ChannelHead[] = [...this.#displays]
      .flatMap(([channel, of]) => this.#headsOf(channel, of).map((head) => ({ ...head, channel })))
      .map(({ id, x, y, width, height, channel }) => ({ id, x, y, width, height, channel }))
      .sort((a, b) => a.id - b.id);
    const maxDisplays = [...this.#displays.values()].reduce((sum, { maxMonitors }) => sum + maxMonitors, 0);
    const text = JSON.stringify([displays, maxDisplays]);
    if (text !== this.#announced) this.#post({ kind: 'displays', displays, maxDisplays });
    this.#announced = text;
    this.#presenter.schedule();
  }

  async #answer(question: Extract<ToDisplayWorker, { kind: 'request' }>): Promise<void> {
    const { request } = question;
    try {
      if (question.what === 'stats') return this.#post({ kind: 'response', request, value: this.#stats() });
      const image = this.#imageData(question.display);
      if (question.what === 'imageData') {
        return this.#post({ kind: 'response', request, value: image }, [image.data.buffer as ArrayBuffer]);
      }
      this.#post({ kind: 'response', request, value: await toPng(image) });
    } catch (error) {
      this.#post({
        kind: 'requestFailed',
        request,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Straight from the surface: what was drawn, shown or not yet. */
  #imageData(display: number): ImageData {
    for (const [id, channel] of this.#displays) {
      const surface = channel.shownSurface;
      const head = this.#headsOf(id, channel).find((one) => one.id === display);
      if (surface === undefined || head === undefined) continue;
      const image = new ImageData(head.width, head.height);
      const words = new Uint32Array(image.data.buffer);
      presentRect(surface, head.surfaceX, head.surfaceY, head.width, head.height, words, head.width, true);
      return image;
    }
    throw new Error(`There is no display ${display}.`);
  }

  #stats(): DisplayWorkerStats {
    const displays: Record<string, DisplayNumbers> = {};
    for (const [id, channel] of this.#displays) {
      for (const head of this.#headsOf(id, channel)) {
        displays[head.id] = {
          framesPresented: this.#presenter.framesPresented(head.id),
          drawCommands: channel.drawCommands,
          decodeMilliseconds: channel.decodeMilliseconds,
        };
      }
    }
    const channels = [...this.#displays.values(), ...this.#cursors.values()].map((channel) => channel.stats);
    const streams = [...this.#displays.values()].flatMap((channel) => channel.videoStreams);
    return { channels, displays, streams, openVideoFrames: openVideoFrames() };
  }
}

async function toPng(image: ImageData): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser gives no 2d context in workers.');
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

export function startDisplayWorker(): void {
  serve<ToDisplayWorker, FromWorker>((post) => new DisplayWorker(post).receive);
}
