import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import {
  displayClientMessages,
  displayServerMessages,
  preferredCompression,
  type displayClientTable,
  videoCodec,
  type displayServerTable,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Head } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { displayCapability, hasCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import type { LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { MAX_MESSAGE_SIZE, type RawMessage } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import type { VideoCodecName } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { VideoContext } from '../video/video-context.ts';
import { VideoStreams } from '../video/video-streams.ts';
import { fallbackOrder, videoCapabilities } from '../video/video-support.ts';
import { DisplayRenderer } from '../render/display-renderer.ts';
import { isDrawName, type DrawMessage } from '../render/draw-commands.ts';
import type { ResolvedImages } from '../render/image-roles.ts';
import { PaletteCache } from '../render/palette-cache.ts';
import { Surface } from '../render/surface.ts';
import type { ImageCompression, VideoStreamNumbers } from '../api/public-types.ts';
import type { OpenChannel } from '../threads/worker-messages.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';
import {
  glzWindowPixels,
  PIXMAP_CACHE_PIXELS,
  type DisplaySession,
  type WaitableChannel,
} from './display-session.ts';
import { imageOffset } from './image-offset.ts';
import { ImageLoader, type DecodeJobs, type LoadedImages } from './image-loader.ts';
import { enabledMonitors, isUsableHead } from './monitors.ts';

type Server = typeof displayServerTable;

/** A message that waits for its turn. */
interface Step {
  readonly name: string;
  readonly value: unknown;
  readonly raw: RawMessage;
  /** what is being decoded ahead of its turn */
  jobs: DecodeJobs | undefined;
  /** what has been loaded of its images since its turn came */
  images: LoadedImages | undefined;
}

export interface DisplayChannelEvents extends ChannelEvents {
  /** the primary, the monitors or what is marked changed */
  layoutChanged(): void;
  /** something was painted */
  painted(): void;
}

/** Cached pixels beyond what INIT announced: a server that keeps its own books never gets there. */
const CACHE_TOLERANCE = 2;

/** Bytes of messages that wait for their turn: two of the largest. */
const WAITING_LIMIT = 2 * MAX_MESSAGE_SIZE;

/**
 * A display channel: its messages in the server's order, each complete before the next begins and acknowledged
 * when it is complete, whatever was decoded ahead or elsewhere.
 */
export class DisplayChannel extends Channel<Server, typeof displayClientTable> implements WaitableChannel {
  readonly renderer = new DisplayRenderer();
  readonly #session: DisplaySession;
  readonly #displayEvents: DisplayChannelEvents;
  readonly #palettes = new PaletteCache();
  readonly #loader: ImageLoader;
  #compression: ImageCompression;
  #canPrefer = false;
  readonly #video: VideoContext;
  readonly #streams: VideoStreams;
  #canPreferVideo = false;
  /** It was marked once: the server has set the channel up. */
  #isReady = false;
  #canReport = false;
  /** codecs that turned out not to work, asked for last */
  readonly #failedCodecs: VideoCodecName[] = [];
  #steps: Step[] = [];
  #waitingBytes = 0;
  /** the message whose turn it is */
  #front: Step | undefined;
  #running = false;
  #isMarked = false;
  #monitors: readonly Head[] = [];
  #allowedMonitors = 1;
  #draws = 0;

  constructor(
    request: OpenChannel,
    events: DisplayChannelEvents,
    session: DisplaySession,
    compression: ImageCompression,
    video = new VideoContext(),
  ) {
    super(request, events, {
      server: displayServerMessages,
      client: displayClientMessages,
      capabilities: [
        displayCapability.monitorsConfig,
        displayCapability.composite,
        displayCapability.a8Surface,
        displayCapability.lz4Compression,
        ...videoCapabilities(video.supported),
      ],
    });
    this.#session = session;
    this.#displayEvents = events;
    this.#compression = compression;
    this.#loader = new ImageLoader(session, this.renderer.surfaces, this.#palettes, {
      ready: () => this.resume(),
      failed: (error, image) => {
        const { name, raw } = this.#front as Step;
        this.report(error, { message: name, offset: imageOffset(raw.body, image) });
      },
    });
    this.#video = video;
    this.#streams = new VideoStreams(video, {
      surface: (id) => this.renderer.surfaces.get(id),
      painted: () => this.#displayEvents.painted(),
      roomMade: () => this.resume(),
      upcoming: () => this.#upcoming(),
      report: (report) => {
        if (this.#canReport) this.send('streamReport', report);
      },
      codecFailed: (codec) => {
        this.#failedCodecs.push(codec);
        this.preferVideoCodecs();
      },
      trouble: (error) => this.report(error),
    });
    session.add(channelType.display, request.channel.id, this);
  }

  /** What is to be shown; undefined until the server marked it. */
  get shownSurface(): Surface | undefined {
    return this.#isMarked ? this.renderer.surfaces.primary : undefined;
  }

  /** The parts of the primary that monitors show; without any it is shown whole. */
  get heads(): readonly Head[] {
    const { primary } = this.renderer.surfaces;
    return primary === undefined ? [] : this.#monitors.filter((head) => isUsableHead(head, primary));
  }

  /** How many monitors the guest can enable. */
  get maxMonitors(): number {
    return this.#allowedMonitors;
  }

  get drawCommands(): number {
    return this.#draws;
  }

  get decodeMilliseconds(): Readonly<Record<string, number>> {
    return this.#loader.decodeMilliseconds;
  }

  /** PREFERRED_COMPRESSION, where the server knows it. */
  preferCompression(compression: ImageCompression): void {
    this.#compression = compression;
    if (!this.#canPrefer) return;
    const { autoGlz, ...others } = preferredCompression;
    this.send('preferredCompression', {
      imageCompression: compression === 'auto' ? autoGlz : others[compression],
    });
  }

  get videoStreams(): VideoStreamNumbers[] {
    return this.#streams.numbers;
  }

  /**
   * PREFERRED_VIDEO_CODEC_TYPE, where the server knows it and there is something to prefer. Not before the channel is
   * set up: spice-server 0.15 crashes when it is told while it sets up a running stream for a new client.
   */
  preferVideoCodecs(): void {
    const { supported, preferred } = this.#video;
    if (!this.#isReady) return;
    if (!this.#canPreferVideo || (preferred.length === 0 && this.#failedCodecs.length === 0)) return;
    const isGood = (name: VideoCodecName): boolean => !this.#failedCodecs.includes(name);
    const wanted = preferred.filter((name) => supported.includes(name) && isGood(name));
    const isLeft = (name: VideoCodecName): boolean => supported.includes(name) && !wanted.includes(name);
    const others = fallbackOrder.filter((name) => isLeft(name) && isGood(name));
    const ordered = [...wanted, ...others, ...this.#failedCodecs];
    const codecs = Uint8Array.from(ordered, (name) => videoCodec[name]);
    if (codecs.length > 0) this.send('preferredVideoCodecType', { codecs });
  }

  /** Looks whether the message at the front can go on. */
  resume(): void {
    if (this.#running || this.closed) return;
    this.#running = true;
    try {
      let done = 0;
      while (done < this.#steps.length && this.#run(this.#steps[done] as Step)) done++;
      for (const { raw } of this.#steps.splice(0, done)) this.#waitingBytes -= raw.body.length;
      if (done > 0) this.#displayEvents.painted();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#running = false;
    }
  }

  protected override linked(link: LinkResult): void {
    this.send('init', {
      pixmapCacheId: 1,
      pixmapCacheSize: u64Of(PIXMAP_CACHE_PIXELS),
      glzDictionaryId: 1,
      glzWindowSize: glzWindowPixels(this.#session.ramHint),
    });
    this.#canPrefer = hasCapability(link.serverChannelCaps, displayCapability.preferredCompression);
    this.#canPreferVideo = hasCapability(link.serverChannelCaps, displayCapability.preferredVideoCodecType);
    this.#canReport = hasCapability(link.serverChannelCaps, displayCapability.streamReport);
    // What the server does by itself is what `auto` means.
    if (this.#compression !== 'auto') this.preferCompression(this.#compression);
  }

  protected override receive(name: string, value: unknown, raw: RawMessage): void {
    const step: Step = { name, value, raw, jobs: undefined, images: undefined };
    if (this.#steps.length === 0 && !this.#running) {
      if (this.#run(step)) {
        this.#displayEvents.painted();
        return;
      }
    } else if (isDrawName(name)) {
      // It waits its turn; what depends on nothing can be decoded meanwhile.
      step.jobs = this.#loader.decodeAhead({ name, value } as DrawMessage);
    }
    this.#steps.push(step);
    this.#waitingBytes += raw.body.length;
    // Acknowledgements stop when nothing is drawn; only a server that ignores them gets there.
    if (this.#waitingBytes <= WAITING_LIMIT) return;
    throw new ProtocolError('too-large', `at most ${WAITING_LIMIT} bytes waiting for their turn`, 'more', {
      message: name,
      offset: 0,
    });
  }

  protected override disposed(): void {
    this.#steps = [];
    this.#streams.destroyAll();
    this.#session.remove(channelType.display, this.key.id);
  }

  /** @returns whether the message is complete */
  #run(step: Step): boolean {
    this.#front = step;
    try {
      return this.#runFront(step);
    } catch (error) {
      // Byte 0: the message as a whole.
      throw error instanceof ProtocolError ? error.at({ message: step.name, offset: 0 }) : error;
    }
  }

  #runFront(step: Step): boolean {
    const { name, value } = step;
    if (isDrawName(name)) {
      if (!this.#runDraw({ name, value } as DrawMessage, step)) return false;
    } else if (!this.handle(name, value)) return false;
    this.messageHandled(step.raw);
    this.#session.progressed();
    return true;
  }

  #runDraw(draw: DrawMessage, step: Step): boolean {
    step.images ??= this.#loader.begin(draw, this.renderer, step.jobs);
    const images = this.#loader.load(step.images);
    if (images === undefined) return false;
    this.#draws++;
    this.#streams.beforeDraw(draw, surfacesIn(images));
    this.renderer.draw(draw, images);
    this.#loader.release(step.images);
    if (this.#session.images.pixels > PIXMAP_CACHE_PIXELS * CACHE_TOLERANCE) {
      const { pixels } = this.#session.images;
      throw new ProtocolError(
        'too-large',
        `at most the announced ${PIXMAP_CACHE_PIXELS} pixels cached`,
        `${pixels}`,
      );
    }
    return true;
  }

  /** What waits behind the message whose turn it is. */
  *#upcoming(): Iterable<Step> {
    const at = this.#front === undefined ? -1 : this.#steps.indexOf(this.#front);
    for (let i = at + 1; i < this.#steps.length; i++) yield this.#steps[i] as Step;
  }

  #primaryChanged(): void {
    this.#displayEvents.layoutChanged();
  }

  /** Those that draw go another way. */
  protected override readonly handlers: ChannelHandlers<Server> = {
    waitForChannels: ({ waitList }) => this.#session.isReached(waitList),
    mode: (value) => {
      this.renderer.surfaces.mode(value);
      this.#isMarked = true;
      this.#primaryChanged();
    },
    mark: () => {
      this.#isMarked = true;
      if (!this.#isReady) {
        this.#isReady = true;
        this.preferVideoCodecs();
      }
      this.#primaryChanged();
    },
    reset: () => {
      this.#palettes.clear();
      this.renderer.surfaces.reset();
    },
    invalList: ({ resources }) => {
      for (const { kind, id } of resources) if (kind === 1) this.#session.images.release(id);
    },
    invalAllPixmaps: ({ waitList }) => {
      if (!this.#session.isReached(waitList)) return false;
      this.#session.images.clear();
      return true;
    },
    invalPalette: ({ id }) => this.#palettes.remove(id),
    invalAllPalettes: () => this.#palettes.clear(),
    streamCreate: (value) => this.#streams.create(value),
    streamData: (value) => this.#streams.data(value),
    streamDataSized: (value) => this.#streams.dataSized(value),
    streamClip: (value) => this.#streams.setClip(value),
    streamDestroy: ({ id }) => this.#streams.destroy(id),
    streamDestroyAll: () => this.#streams.destroyAll(),
    streamActivateReport: (value) => this.#streams.activateReport(value),
    surfaceCreate: (value) => {
      const before = this.renderer.surfaces.primary;
      const surface = this.renderer.surfaces.create(value);
      // A new primary is shown when it is marked: until then the old picture stays on the screen.
      if (surface.primary && surface !== before) this.#isMarked = false;
    },
    surfaceDestroy: ({ surfaceId }) => {
      if (this.renderer.surfaces.primary?.id === surfaceId) this.#isMarked = false;
      this.renderer.surfaces.destroy(surfaceId);
    },
    monitorsConfig: ({ maxAllowed, heads }) => {
      // An empty list says nothing (docs/protocol/display.md#monitors).
      if (heads.length === 0) return;
      const enabled = enabledMonitors(maxAllowed, heads);
      this.#monitors = enabled.heads;
      this.#allowedMonitors = enabled.max;
      if (this.#isMarked) this.#primaryChanged();
    },
  };
}

/** The surfaces among a message's images. */
function surfacesIn(images: ResolvedImages): { surfaceId: number }[] {
  return Object.values(images).flatMap((image) =>
    image instanceof Surface ? [{ surfaceId: image.id }] : [],
  );
}
