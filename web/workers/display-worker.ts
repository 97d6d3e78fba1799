import type { DisplayNumbers } from '../api/public-types.ts';
import { channelEvents } from '../channels/channel-events.ts';
import { DisplayChannels } from '../display/display-channels.ts';
import { displayPixels, toPng } from '../display/display-pictures.ts';
import { Presenter } from '../display/presenter.ts';
import type { DisplayWorkerStats, FromWorker, ToDisplayWorker } from '../threads/worker-messages.ts';
import { serve } from '../threads/worker-scope.ts';
import { openVideoFrames } from '../video/frame-pixels.ts';
import { sessionPost, type Post, type SessionPost } from './session-post.ts';

type Question = Extract<ToDisplayWorker, { kind: 'request' }>;

/** One session's display and cursor channels, from their sockets to the canvases. */
interface DisplayWork {
  readonly channels: DisplayChannels;
  readonly post: SessionPost;
}

/** The canvases, which stay, and the session that draws on them. */
class DisplayWorker {
  readonly #post: Post;
  readonly #presenter = new Presenter(() => this.#work?.channels.presented() ?? []);
  #work: DisplayWork | undefined;

  constructor(post: Post) {
    this.#post = post;
  }

  readonly receive = (message: ToDisplayWorker): void => {
    switch (message.kind) {
      case 'settings':
        return this.#channels().setSettings(message.values);
      case 'session':
        return this.#channels().setRamHint(message.ramHint);
      case 'mediaTime':
        return this.#channels().video.clock.set(message.time, message.at, message.soundDelay);
      case 'openChannel':
        return void this.#channels().open(message);
      case 'closeAll':
        return this.#end();
      case 'attachCanvas':
        return this.#presenter.attach(message.display, message.canvas);
      case 'detachCanvas':
        return this.#presenter.detach(message.display);
      case 'visible':
        return this.#presenter.setVisible(message.visible, message.byTimer);
      case 'request':
        return void this.#answer(message);
    }
  };

  /** The session's; its first message makes them. */
  #channels(): DisplayChannels {
    this.#work ??= this.#begin();
    return this.#work.channels;
  }

  #begin(): DisplayWork {
    const post = sessionPost(this.#post);
    const channels = new DisplayChannels({
      events: channelEvents(post.send),
      post: post.send,
      painted: () => this.#presenter.schedule(),
    });
    this.#presenter.forget();
    return { channels, post };
  }

  #end(): void {
    this.#work?.post.end();
    this.#work?.channels.dispose();
    this.#work = undefined;
    this.#post({ kind: 'allClosed' });
  }

  async #answer(question: Question): Promise<void> {
    const { request } = question;
    const post = this.#work?.post.send ?? this.#post;
    try {
      if (question.what === 'stats') return post({ kind: 'response', request, value: this.#stats() });
      const image = displayPixels(this.#channels(), question.display);
      if (question.what === 'imageData') {
        return post({ kind: 'response', request, value: image }, [image.data.buffer as ArrayBuffer]);
      }
      post({ kind: 'response', request, value: await toPng(image) });
    } catch (error) {
      post({
        kind: 'requestFailed',
        request,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #stats(): DisplayWorkerStats {
    const channels = this.#channels();
    const displays: Record<string, DisplayNumbers> = {};
    for (const [id, channel] of channels.displays) {
      for (const head of channels.headsOf(id, channel)) {
        displays[head.id] = {
          framesPresented: this.#presenter.framesPresented(head.id),
          drawCommands: channel.drawCommands,
          decodeMilliseconds: channel.decodeMilliseconds,
        };
      }
    }
    return {
      channels: channels.all.map((channel) => channel.stats),
      displays,
      streams: [...channels.displays.values()].flatMap((channel) => channel.videoStreams),
      openVideoFrames: openVideoFrames(),
    };
  }
}

export function startDisplayWorker(): void {
  serve<ToDisplayWorker, FromWorker>((post) => new DisplayWorker(post).receive);
}
