import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import type { TransportAddress } from '../channels/transport.ts';
import { parseKeyCombination } from '../input/key-names.ts';
import type {
  ClipboardContent,
  ClipboardMode,
  DisplayHead,
  ImageCompression,
  MonitorRequest,
  MouseModeName,
  SpiceClientInterface,
  SpiceClientOptions,
  SpiceCredentials,
  SpiceState,
  SpiceStats,
  VideoCodec,
  VideoDecoderChoice,
} from '../element/public-types.ts';
import type { AgentFeatures } from '../agent/agent-messages.ts';
import { AudioSession } from '../audio/audio-session.ts';
import { AgentSession } from './agent-session.ts';
import { relayAddress } from './channel-relay.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import { combineStats, noStats, type DisplayWorkerStats, type SessionWorkerStats } from './spice-stats.ts';
import type {
  ChannelKey,
  FromWorker,
  OpenChannel,
  SessionFailure,
  ToDisplayWorker,
  ToSessionWorker,
} from './worker-messages.ts';
import { typeText } from './type-text.ts';
import { WorkerPort } from './worker-port.ts';

/** What one session has while it lives; a new one for every connect. */
interface Session {
  readonly sessionWorker: WorkerPort<ToSessionWorker>;
  readonly displayWorker: WorkerPort<ToDisplayWorker>;
  readonly channels: Map<string, 'opening' | 'open' | 'closed'>;
  password: string;
  connectionId: number;
  /** the server has said which channels there are */
  isListed: boolean;
}

const keyOf = (channel: ChannelKey): string => `${channel.type}:${channel.id}`;

const sessionWorkerChannels: ReadonlySet<number> = new Set([
  channelType.main,
  channelType.inputs,
  channelType.playback,
]);

/** How long the main channel may take to say why everything ends, milliseconds. */
const lastWordsDelay = 300;

/**
 * A SPICE session without any UI. Sockets, decoding and drawing live in workers; this class, on the main
 * thread, only decides: which channels, which credentials, which state. Dispatches the events of
 * `SpiceClientEventDetails` as CustomEvents.
 */
export class SpiceClient extends EventTarget implements SpiceClientInterface {
  private readonly options: SpiceClientOptions;
  private credentials: SpiceCredentials | undefined;
  private compression: ImageCompression;
  private videoCodecs: readonly VideoCodec[];
  private videoDecoder: VideoDecoderChoice;
  private session: Session | undefined;
  private currentState: SpiceState = 'disconnected';
  private displayHeads: readonly DisplayHead[] = [];
  private currentMouseMode: MouseModeName = 'server';
  private hasAgent = false;
  private guestLocks = 0;
  private readonly agent: AgentSession;
  private readonly audio: AudioSession;
  private guestName = '';
  private guestUuid = '';

  constructor(options: SpiceClientOptions) {
    super();
    this.options = options;
    this.credentials = options.credentials;
    this.compression = options.compression ?? 'auto';
    this.agent = new AgentSession(
      {
        post: (command) => this.session?.sessionWorker.post({ kind: 'agent', command }),
        askClipboard: (format) =>
          this.session?.sessionWorker.ask({ kind: 'request', what: 'clipboard', format }) ??
          Promise.resolve(null),
        emit: (type, detail) => this.emit(type, detail),
      },
      options.clipboard ?? 'both',
    );
    this.audio = new AudioSession(
      {
        postPort: (port) => this.session?.sessionWorker.post({ kind: 'soundPort', port }, [port]),
        closePlayback: () => this.session?.sessionWorker.post({ kind: 'closePlayback' }),
        open: (channel) => {
          if (this.session !== undefined && this.audio.admits(channel)) this.open(this.session, channel);
        },
        postMediaTime: (message) => this.session?.displayWorker.post(message),
        emit: (type, detail) => this.emit(type, detail),
      },
      options.audio ?? true,
    );
    this.videoCodecs = options.videoCodecs ?? [];
    this.videoDecoder = options.videoDecoder ?? 'auto';
  }

  get state(): SpiceState {
    return this.currentState;
  }

  get displays(): readonly DisplayHead[] {
    return this.displayHeads;
  }

  get mouseMode(): MouseModeName {
    return this.currentMouseMode;
  }

  get agentConnected(): boolean {
    return this.hasAgent;
  }

  get agentFeatures(): AgentFeatures {
    return this.agent.features;
  }

  get name(): string {
    return this.guestName;
  }

  get uuid(): string {
    return this.guestUuid;
  }

  connect(): void {
    if (this.session !== undefined) return;
    this.setState('connecting');
    this.start();
  }

  disconnect(): void {
    if (this.session === undefined) return;
    this.end({ clean: true, reason: '' });
  }

  /** Answers `credentialsrequired`, or tries again after `securityfailure`. */
  sendCredentials(credentials: SpiceCredentials): void {
    this.credentials = credentials;
    if (this.currentState === 'disconnected') return this.connect();
    if (this.session?.channels.size === 0) this.openMain(this.session);
  }

  /** Gives the display's picture a canvas, whose size follows the guest's; it can be given only once. */
  attachCanvas(display: number, canvas: HTMLCanvasElement): void {
    const offscreen = canvas.transferControlToOffscreen();
    this.session?.displayWorker.post({ kind: 'attachCanvas', display, canvas: offscreen }, [offscreen]);
  }

  detachCanvas(display: number): void {
    this.session?.displayWorker.post({ kind: 'detachCanvas', display });
  }

  /** Asks the server for another compression from now on. */
  setCompression(compression: ImageCompression): void {
    this.compression = compression;
    this.session?.displayWorker.post({ kind: 'compression', compression });
  }

  /** Asks the server for these codecs, best first, for streams from now on. */
  setVideoCodecs(codecs: readonly VideoCodec[]): void {
    this.videoCodecs = codecs;
    this.postVideo(this.session);
  }

  setVideoDecoder(choice: VideoDecoderChoice): void {
    this.videoDecoder = choice;
    this.postVideo(this.session);
  }

  private postVideo(session: Session | undefined): void {
    session?.displayWorker.post({ kind: 'video', codecs: this.videoCodecs, decoder: this.videoDecoder });
  }

  /** Without sound the playback channel is not opened. */
  setAudio(enabled: boolean): void {
    this.audio.setOn(enabled);
  }

  /** @param volume 0 to 1 */
  setVolume(volume: number, muted: boolean): void {
    this.audio.setVolume(volume, muted);
  }

  /** To be called in a gesture of the user after `audioblocked`. */
  resumeAudio(): void {
    this.audio.resume();
  }

  /** A hidden page keeps its state right without painting. */
  setVisible(visible: boolean): void {
    this.session?.displayWorker.post({ kind: 'visible', visible });
  }

  sendKey(code: string, down: boolean): void {
    this.session?.sessionWorker.post({ kind: 'key', code, down });
  }

  /**
   * Presses a combination such as `ctrl+alt+delete` and releases it in reverse.
   * @throws RangeError naming a key that is not known
   */
  sendKeys(combination: string): void {
    const codes = parseKeyCombination(combination);
    for (const code of codes) this.sendKey(code, true);
    for (const code of codes.toReversed()) this.sendKey(code, false);
  }

  /** Types text: characters of a US keyboard as its keys, others through the guest's clipboard and Ctrl+V. */
  typeText(text: string): Promise<void> {
    return typeText(text, {
      sendKey: (code, down) => this.sendKey(code, down),
      canPaste: () => this.agent.acceptsClipboard,
      setClipboard: (content) => this.agent.offer({ text: content }),
      lockState: () => this.guestLocks,
    });
  }

  setClipboard(mode: ClipboardMode): void {
    this.agent.setClipboard(mode);
  }

  /** Puts it on the guest's clipboard, where the mode allows that. */
  offerClipboard(content: ClipboardContent): void {
    this.agent.offer(content);
  }

  /** The same for text. */
  clipboardPasteFrom(text: string): void {
    this.agent.offer({ text });
  }

  /** Asks the guest for these monitors, in their order; an empty list asks for nothing from now on. */
  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.agent.setMonitors(monitors);
  }

  /**
   * Sends files into the guest, where they keep their folders if its agent makes folders.
   * @returns the transfers' ids
   */
  sendFiles(files: Iterable<File | { readonly file: File; readonly path: string }>): number[] {
    if (this.session === undefined) throw new Error('There is no session.');
    return this.agent.sendFiles(
      Array.from(files, (one) =>
        one instanceof File ? { file: one, path: one.webkitRelativePath || one.name } : one,
      ),
    );
  }

  cancelTransfer(id: number): void {
    this.agent.cancelTransfer(id);
  }

  sendLockState(modifiers: number): void {
    this.session?.sessionWorker.post({ kind: 'lockState', modifiers });
  }

  sendPosition(x: number, y: number, buttons: number, display: number): void {
    this.session?.sessionWorker.post({ kind: 'position', x, y, buttons, display });
  }

  sendMotion(dx: number, dy: number, buttons: number): void {
    this.session?.sessionWorker.post({ kind: 'motion', dx, dy, buttons });
  }

  sendButton(button: number, down: boolean, buttons: number): void {
    this.session?.sessionWorker.post({ kind: 'button', button, down, buttons });
  }

  /** The guest's pixels of a display at its native size, without the cursor. */
  getImageData(display = 0): Promise<ImageData> {
    return this.askDisplay<ImageData>('imageData', display);
  }

  /** The same as a PNG. */
  toBlob(display = 0): Promise<Blob> {
    return this.askDisplay<Blob>('png', display);
  }

  async getStats(): Promise<SpiceStats> {
    const { session } = this;
    if (session === undefined) return noStats;
    const [ofSession, ofDisplay] = await Promise.all([
      session.sessionWorker.ask<SessionWorkerStats>({ kind: 'request', what: 'stats' }),
      session.displayWorker.ask<DisplayWorkerStats>({ kind: 'request', what: 'stats' }),
    ]);
    return combineStats(ofSession, ofDisplay);
  }

  private askDisplay<T>(what: 'imageData' | 'png', display: number): Promise<T> {
    if (this.session === undefined) return Promise.reject(new Error('There is no session.'));
    return this.session.displayWorker.ask<T>({ kind: 'request', what, display });
  }

  private start(): void {
    let session: Session | undefined;
    // Messages of an ended session may still be under way.
    const receive = (message: FromWorker): void => {
      if (session !== undefined && this.session === session) this.receive(session, message);
    };
    const failed = (detail: string): void => {
      if (session === undefined || this.session !== session) return;
      this.emit('error', { kind: 'internal', message: detail });
      this.end({ clean: false, reason: 'The viewer met an internal error. Reload the page.' });
    };
    session = {
      sessionWorker: new WorkerPort('spice-session', receive, failed),
      displayWorker: new WorkerPort('spice-display', receive, failed),
      channels: new Map(),
      password: '',
      connectionId: 0,
      isListed: false,
    };
    this.session = session;
    session.displayWorker.post({ kind: 'compression', compression: this.compression });
    this.postVideo(session);
    this.openMain(session);
  }

  private openMain(session: Session): void {
    session.password = this.credentials?.password ?? '';
    this.open(session, { type: channelType.main, id: 0 });
  }

  private open(session: Session, channel: ChannelKey): void {
    const worker = this.workerOf(session, channel.type);
    if (worker === undefined) return;
    session.channels.set(keyOf(channel), 'opening');
    const address = this.address(channel);
    const request: OpenChannel = {
      kind: 'openChannel',
      channel,
      connectionId: session.connectionId,
      password: session.password,
      address,
    };
    worker.post(request, address.kind === 'port' ? [address.port] : []);
  }

  private workerOf(session: Session, type: number): WorkerPort<any> | undefined {
    if (sessionWorkerChannels.has(type)) return session.sessionWorker;
    if (type === channelType.display || type === channelType.cursor) return session.displayWorker;
    return undefined;
  }

  private address(channel: ChannelKey): TransportAddress {
    const { source, token } = this.options;
    if (typeof source === 'function') return relayAddress(() => source(channel));
    const url = new URL(source, document.baseURI);
    url.protocol = url.protocol.replace(/^http/, 'ws');
    const protocols = token === undefined ? ['binary'] : ['binary', `bearer.${token}`];
    return { kind: 'url', url: url.href, protocols };
  }

  private receive(session: Session, message: FromWorker): void {
    switch (message.kind) {
      case 'mainInit':
        session.connectionId = message.sessionId;
        session.displayWorker.post({ kind: 'session', ramHint: message.ramHint });
        this.setAgent(message.agentConnected);
        return this.setMouseMode(session, message.supportedMouseModes, message.currentMouseMode);
      case 'mediaTime':
        return session.displayWorker.post(message);
      case 'soundStart':
      case 'soundTime':
        return this.audio.receive(message);
      case 'channelsList':
        return this.openListed(session, message.channels);
      case 'channelOpen':
        session.channels.set(keyOf(message.channel), 'open');
        return this.checkConnected(session);
      case 'channelClosed':
        return this.channelClosed(session, message.channel, message.failure);
      case 'trouble':
        return this.trouble(message.failure);
      case 'mouseMode':
        return this.setMouseMode(session, message.supported, message.current);
      case 'agent':
        return this.setAgent(message.connected);
      case 'agentFeatures':
      case 'clipboardGrab':
      case 'clipboardWanted':
      case 'transfer':
      case 'agentTrouble':
        return this.agent.receive(message);
      case 'name':
        this.guestName = message.name;
        return this.emit('guestname', { name: message.name });
      case 'uuid':
        this.guestUuid = message.uuid;
        return;
      case 'notify':
        if (message.severity > 0) this.emit('error', { kind: 'server', message: message.text });
        return;
      case 'guestLockState':
        this.guestLocks = message.modifiers;
        return this.emit('guestlockstate', { modifiers: message.modifiers });
      case 'displays':
        this.displayHeads = message.displays;
        return this.emit('displayschange', { displays: message.displays });
      case 'cursorShape':
        return this.emit('cursorshape', { shape: message.shape, key: message.key });
      case 'cursorPosition':
        return this.emit('cursorposition', { x: message.x, y: message.y, visible: message.visible });
      case 'response':
      case 'requestFailed':
    }
  }

  private openListed(session: Session, channels: readonly ChannelKey[]): void {
    const disabled = new Set(this.options.disabledChannels);
    const isDisabled = (type: number): boolean =>
      Object.entries(channelType).some(([name, number]) => number === type && disabled.has(name));
    // All at once: a ticket may expire between two links.
    for (const channel of channels) {
      if (channel.type === channelType.main || session.channels.has(keyOf(channel))) continue;
      if (!isDisabled(channel.type) && this.audio.admits(channel)) this.open(session, channel);
    }
    session.isListed = true;
    this.checkConnected(session);
  }

  private checkConnected(session: Session): void {
    if (this.currentState !== 'connecting' || !session.isListed) return;
    if ([...session.channels.values()].includes('opening')) return;
    this.setState('connected');
    this.emit('connect', {});
  }

  private channelClosed(session: Session, channel: ChannelKey, failure: SessionFailure): void {
    const wasOpen = session.channels.get(keyOf(channel)) === 'open';
    if (channel.type === channelType.main) return this.mainClosed(session, failure, wasOpen);
    session.channels.set(keyOf(channel), 'closed');
    if (channel.type === channelType.playback) this.audio.channelClosed();
    if (failure.kind === 'auth') return this.securityFailure(failure);
    if (failure.kind !== 'closed') this.trouble(failure);
    const displaysLeft = [...session.channels].some(
      ([key, state]) => key.startsWith(`${channelType.display}:`) && state !== 'closed',
    );
    if (channel.type === channelType.display && !displaysLeft) {
      // When a session ends all its channels close; the main channel knows best why.
      setTimeout(() => {
        if (this.session === session)
          this.end({ clean: failure.kind === 'closed', reason: failure.sentence });
      }, lastWordsDelay);
    }
    this.checkConnected(session);
  }

  private mainClosed(session: Session, failure: SessionFailure, wasOpen: boolean): void {
    session.channels.clear();
    if (failure.kind === 'auth' && !wasOpen) {
      if (this.credentials?.password) return this.securityFailure(failure);
      // Nobody gave a password yet: stay and wait for one.
      return this.emit('credentialsrequired', { types: ['password'] });
    }
    this.trouble(failure);
    this.end({ clean: failure.kind === 'closed' && failure.code === 1000, reason: failure.sentence });
  }

  private securityFailure(failure: SessionFailure): void {
    this.emit('securityfailure', { code: failure.code ?? 0, reason: failure.sentence });
    this.end({ clean: false, reason: failure.sentence });
  }

  private trouble(failure: SessionFailure): void {
    if (failure.kind === 'closed') return;
    this.emit('error', { kind: failure.kind, message: failure.detail ?? failure.sentence });
  }

  private setMouseMode(session: Session, supported: number, current: number): void {
    // Absolute positions are what a browser has; motion is for guests that cannot take them.
    if ((supported & mouseMode.client) !== 0 && current !== mouseMode.client) {
      session.sessionWorker.post({ kind: 'requestMouseMode', mode: mouseMode.client });
    }
    const mode = current === mouseMode.client ? 'client' : 'server';
    if (mode === this.currentMouseMode) return;
    this.currentMouseMode = mode;
    this.emit('mousemodechange', { mode });
  }

  private setAgent(connected: boolean): void {
    if (connected === this.hasAgent) return;
    this.hasAgent = connected;
    this.emit('agentchange', { connected });
  }

  private end(detail: { clean: boolean; reason: string }): void {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    session.sessionWorker.dispose({ kind: 'closeAll' });
    session.displayWorker.dispose({ kind: 'closeAll' });
    this.displayHeads = [];
    this.hasAgent = false;
    this.guestLocks = 0;
    this.currentMouseMode = 'server';
    this.agent.ended();
    this.audio.ended();
    this.setState('disconnected');
    this.emit('disconnect', detail);
  }

  private setState(state: SpiceState): void {
    if (state === this.currentState) return;
    this.currentState = state;
    this.emit('statechange', { state });
  }

  private emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
