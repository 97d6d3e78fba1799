import { MAX_CLIPBOARD_SIZE } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { keyboardLayouts } from '../common/keyboard-layouts.ts';
import { parseKeyCombination } from '../common/key-names.ts';
import type {
  ClipboardContent,
  ClipboardMode,
  DisplayHead,
  GuestEffects,
  ImageCompression,
  KeyboardLayout,
  MicrophoneState,
  MonitorRequest,
  MouseModeName,
  SpiceClientInterface,
  SpiceClientOptions,
  SpiceCredentials,
  SpiceState,
  SpiceStats,
  SpiceTicket,
  VideoCodec,
  VideoDecoderChoice,
} from '../api/public-types.ts';
import type { AgentFeatures } from '../threads/agent-messages.ts';
import { AudioSession } from './sound/audio-session.ts';
import { MicrophoneSession } from './sound/microphone-session.ts';
import { AgentSession } from './agent-session.ts';
import { GuestCursors } from './guest-cursors.ts';
import { checkedMonitors } from '../common/monitor-requests.ts';
import { Reconnection } from './reconnection.ts';
import { SessionConnection, type SessionEnd, type SessionMessage } from './session-connection.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import { combineStats, noStats, type DisplayWorkerStats, type SessionWorkerStats } from './spice-stats.ts';
import type { ChannelHead } from '../threads/worker-messages.ts';
import { typeText, type TextTyper } from './type-text.ts';

/**
 * A SPICE session without any UI. Sockets, decoding and drawing live in workers; this class, on the main
 * thread, only decides: which channels, which credentials, which state. Dispatches the events of
 * `SpiceClientEventDetails` as CustomEvents.
 */
export class SpiceClient extends EventTarget implements SpiceClientInterface {
  readonly #options: SpiceClientOptions;
  #credentials: SpiceCredentials | undefined;
  #token: string | undefined;
  #reconnects: boolean;
  readonly #reconnection = new Reconnection({
    announce: (attempt, delay) => this.#emit('reconnecting', { attempt, delay }),
    attempt: () => void this.#startAgain(),
  });
  /** the session stood, so that its end is worth another try */
  #hasStood = false;
  #compression: ImageCompression;
  #videoCodecs: readonly VideoCodec[];
  #videoDecoder: VideoDecoderChoice;
  #session: SessionConnection | undefined;
  #currentState: SpiceState = 'disconnected';
  #displayHeads: readonly DisplayHead[] = [];
  #channelHeads: readonly ChannelHead[] = [];
  #maxDisplays = 0;
  readonly cursors = new GuestCursors();
  #currentMouseMode: MouseModeName = 'server';
  #hasAgent = false;
  /** absolute positions are what a browser has; motion is for guests that cannot take them */
  #wantedMouseMode: MouseModeName = 'client';
  #guestLocks = 0;
  #keyboardLayout: KeyboardLayout = 'us';
  #typing: Promise<unknown> = Promise.resolve();
  readonly #agent: AgentSession;
  readonly #audio: AudioSession;
  readonly #microphone: MicrophoneSession;
  #guestName = '';
  #guestUuid = '';

  constructor(options: SpiceClientOptions) {
    super();
    this.#options = options;
    this.#credentials = options.credentials;
    this.#token = options.token;
    this.#reconnects = options.reconnect ?? false;
    this.#compression = options.compression ?? 'auto';
    this.#agent = new AgentSession(
      {
        post: (command) => this.#session?.sessionWorker.post({ kind: 'agent', command }),
        askClipboard: (format, selection) =>
          this.#session?.sessionWorker.ask({ kind: 'request', what: 'clipboard', format, selection }) ??
          Promise.resolve(null),
        emit: (type, detail) => this.#emit(type, detail),
      },
      options.clipboard ?? 'both',
    );
    this.setGuestEffects(options.guestEffects ?? { disabled: [] });
    this.setKeyboardLayout(options.keyboardLayout ?? 'us');
    this.setPrimarySelection(options.primarySelection ?? false);
    this.setClipboardLimit(options.clipboardLimit ?? MAX_CLIPBOARD_SIZE);
    this.#audio = new AudioSession(
      {
        postPort: (port) => this.#session?.sessionWorker.post({ kind: 'soundPort', port }, [port]),
        closePlayback: () => this.#session?.sessionWorker.post({ kind: 'closePlayback' }),
        open: (channel) => {
          if (this.#audio.admits(channel)) this.#session?.open(channel);
        },
        postVolume: (level, muted) =>
          this.#session?.sessionWorker.post({ kind: 'agent', command: { kind: 'volume', level, muted } }),
        postMediaTime: (message) => this.#session?.displayWorker.post(message),
        emit: (type, detail) => this.#emit(type, detail),
      },
      options.audio ?? true,
    );
    this.#microphone = new MicrophoneSession(
      {
        postPort: (port, rate) =>
          this.#session?.sessionWorker.post({ kind: 'microphonePort', port, rate }, [port]),
        closeRecord: () => this.#session?.sessionWorker.post({ kind: 'closeRecord' }),
        open: (channel) => this.#session?.open(channel),
        emit: (type, detail) => this.#emit(type, detail),
      },
      options.microphone ?? false,
    );
    this.#videoCodecs = options.videoCodecs ?? [];
    this.#videoDecoder = options.videoDecoder ?? 'auto';
  }

  get state(): SpiceState {
    return this.#currentState;
  }

  get displays(): readonly DisplayHead[] {
    return this.#displayHeads;
  }

  /** The same, with the display channel of each. */
  get channelDisplays(): readonly ChannelHead[] {
    return this.#channelHeads;
  }

  get mouseMode(): MouseModeName {
    return this.#currentMouseMode;
  }

  get agentConnected(): boolean {
    return this.#hasAgent;
  }

  get agentFeatures(): AgentFeatures {
    return this.#agent.features;
  }

  get microphoneState(): MicrophoneState {
    return this.#microphone.state;
  }

  /** The server takes sound from a microphone. */
  get offersMicrophone(): boolean {
    return this.#microphone.isOffered;
  }

  get name(): string {
    return this.#guestName;
  }

  get uuid(): string {
    return this.#guestUuid;
  }

  connect(): void {
    if (this.#session !== undefined || this.#currentState === 'reconnecting') return;
    this.#setState('connecting');
    this.#start();
  }

  disconnect(): void {
    if (this.#session !== undefined) this.#session.end({ clean: true, reason: '' });
    else if (this.#currentState === 'reconnecting') this.#ended({ clean: true, reason: '' });
  }

  /** Whether a session that breaks is opened anew. */
  setReconnect(enabled: boolean): void {
    this.#reconnects = enabled;
  }

  /** Answers `credentialsrequired`, or tries again after `securityfailure`. */
  sendCredentials(credentials: SpiceCredentials): void {
    this.#credentials = credentials;
    if (this.#currentState === 'disconnected') return this.connect();
    this.#session?.openMain();
  }

  /** Gives the display's picture a canvas, whose size follows the guest's; it can be given only once. */
  attachCanvas(display: number, canvas: HTMLCanvasElement): void {
    const offscreen = canvas.transferControlToOffscreen();
    this.#session?.displayWorker.post({ kind: 'attachCanvas', display, canvas: offscreen }, [offscreen]);
  }

  detachCanvas(display: number): void {
    this.#session?.displayWorker.post({ kind: 'detachCanvas', display });
  }

  /** Asks the server for another compression from now on. */
  setCompression(compression: ImageCompression): void {
    this.#compression = compression;
    this.#session?.displayWorker.post({ kind: 'compression', compression });
  }

  /** Asks the server for these codecs, best first, for streams from now on. */
  setVideoCodecs(codecs: readonly VideoCodec[]): void {
    this.#videoCodecs = codecs;
    this.#postVideo();
  }

  setVideoDecoder(choice: VideoDecoderChoice): void {
    this.#videoDecoder = choice;
    this.#postVideo();
  }

  #postVideo(): void {
    this.#session?.displayWorker.post({
      kind: 'video',
      codecs: this.#videoCodecs,
      decoder: this.#videoDecoder,
    });
  }

  /** Without sound the playback channel is not opened. */
  setAudio(enabled: boolean): void {
    this.#audio.setOn(enabled);
  }

  /** Asks the user for the microphone, where the server takes sound; it is live only while the guest records. */
  setMicrophone(enabled: boolean): void {
    this.#microphone.setOn(enabled);
  }

  /** @param volume 0 to 1 */
  setVolume(volume: number, muted: boolean): void {
    this.#audio.setVolume(volume, muted);
  }

  /** To be called in a gesture of the user after `audioblocked`. */
  resumeAudio(): void {
    this.#audio.resume();
  }

  /** Nobody sees it: the session keeps its state right without painting. A canvas may be in another window. */
  setVisible(visible: boolean): void {
    this.#session?.displayWorker.post({ kind: 'visible', visible, byTimer: document.hidden });
    this.#agent.clipboard.setVisible(visible);
  }

  sendKey(code: string, down: boolean): void {
    this.#session?.sessionWorker.post({ kind: 'key', code, down });
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

  /** Types text: characters of the guest's layout as its keys, others through the guest's clipboard and Ctrl+V. */
  typeText(text: string): Promise<void> {
    const typer: TextTyper = {
      sendKey: (code, down) => this.sendKey(code, down),
      layout: () => this.#keyboardLayout,
      canPaste: () => this.#agent.acceptsClipboard,
      setClipboard: (content) => this.#agent.clipboard.offer({ text: content }),
      lockState: () => this.#guestLocks,
    };
    // One text after the other.
    const typed = this.#typing.then(() => typeText(text, typer));
    this.#typing = typed.catch(() => undefined);
    return typed;
  }

  /** Asks for a mouse mode; `mousemodechange` tells what the server makes of it. */
  requestMouseMode(mode: MouseModeName): void {
    this.#wantedMouseMode = mode;
    this.#session?.sessionWorker.post({ kind: 'requestMouseMode', mode: mouseMode[mode] });
  }

  /** Asks the guest's agent to switch effects off, where it can. */
  setGuestEffects(effects: GuestEffects): void {
    this.#agent.setEffects(effects);
  }

  /** The guest's keyboard, for `typeText`. */
  setKeyboardLayout(layout: KeyboardLayout): void {
    this.#keyboardLayout = keyboardLayouts.includes(layout) ? layout : 'us';
  }

  setClipboard(mode: ClipboardMode): void {
    this.#agent.clipboard.setMode(mode);
  }

  /** Puts it on the guest's clipboard, where the mode allows that. */
  offerClipboard(content: ClipboardContent): void {
    this.#agent.clipboard.offer(content);
  }

  /** The same for text. */
  clipboardPasteFrom(text: string): void {
    this.#agent.clipboard.offer({ text });
  }

  /** Whether the guest's PRIMARY selection is shared too; for guests where selecting is copying. */
  setPrimarySelection(shared: boolean): void {
    this.#agent.clipboard.setPrimary(shared);
  }

  /** @param bytes that may be copied, either way; at most 64 MB */
  setClipboardLimit(bytes: number): void {
    this.#agent.clipboard.setLimit(bytes);
  }

  /**
   * Asks the guest for these monitors; an empty list asks for nothing from now on.
   * @throws TypeError, RangeError in a sentence when the guest cannot have them
   */
  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.#agent.setMonitors(checkedMonitors(monitors, this.#maxDisplays));
  }

  /**
   * Sends files into the guest, where they keep their folders if its agent makes folders.
   * @returns the transfers' ids
   */
  sendFiles(files: Iterable<File | { readonly file: File; readonly path: string }>): number[] {
    if (this.#session === undefined) throw new Error('There is no session.');
    return this.#agent.sendFiles(
      Array.from(files, (one) =>
        one instanceof File ? { file: one, path: one.webkitRelativePath || one.name } : one,
      ),
    );
  }

  cancelTransfer(id: number): void {
    this.#agent.cancelTransfer(id);
  }

  sendLockState(modifiers: number): void {
    this.#session?.sessionWorker.post({ kind: 'lockState', modifiers });
  }

  sendPosition(x: number, y: number, buttons: number, display: number): void {
    this.#session?.sessionWorker.post({ kind: 'position', x, y, buttons, display });
  }

  sendMotion(dx: number, dy: number, buttons: number): void {
    this.#session?.sessionWorker.post({ kind: 'motion', dx, dy, buttons });
  }

  sendButton(button: number, down: boolean, buttons: number): void {
    this.#session?.sessionWorker.post({ kind: 'button', button, down, buttons });
  }

  /** The guest's pixels of a display at its native size, without the cursor. */
  getImageData(display = 0): Promise<ImageData> {
    return this.#askDisplay<ImageData>('imageData', display);
  }

  /** The same as a PNG. */
  toBlob(display = 0): Promise<Blob> {
    return this.#askDisplay<Blob>('png', display);
  }

  async getStats(): Promise<SpiceStats> {
    const session = this.#session;
    if (session === undefined) return noStats;
    const [ofSession, ofDisplay] = await Promise.all([
      session.sessionWorker.ask<SessionWorkerStats>({ kind: 'request', what: 'stats' }),
      session.displayWorker.ask<DisplayWorkerStats>({ kind: 'request', what: 'stats' }),
    ]);
    return combineStats(ofSession, ofDisplay);
  }

  #askDisplay<T>(what: 'imageData' | 'png', display: number): Promise<T> {
    if (this.#session === undefined) return Promise.reject(new Error('There is no session.'));
    return this.#session.displayWorker.ask<T>({ kind: 'request', what, display });
  }

  #start(): void {
    const token = this.#token;
    const options = { ...this.#options, ...(token === undefined ? {} : { token }) };
    const session = new SessionConnection(options, {
      password: () => this.#credentials?.password ?? '',
      admits: (channel) => this.#audio.admits(channel) && this.#microphone.admits(channel),
      receive: (message) => this.#receive(message),
      channelClosed: ({ type }, isRefused) => {
        if (type === channelType.playback) this.#audio.channelClosed();
        if (type === channelType.record) this.#microphone.channelClosed();
        if (type === channelType.inputs && isRefused) this.#emit('inputsrefused', {});
      },
      connected: () => {
        this.#hasStood = true;
        this.#reconnection.reset();
        this.#setState('connected');
        this.#emit('connect', {});
      },
      ended: (detail) => this.#ended(detail),
      emit: (type, detail) => this.#emit(type, detail),
    });
    this.#session = session;
    this.#emit('sessionstart', {});
    session.displayWorker.post({ kind: 'compression', compression: this.#compression });
    this.#postVideo();
    session.openMain();
  }

  #receive(message: SessionMessage): void {
    switch (message.kind) {
      case 'mainInit':
        this.#agent.started();
        this.#setAgent(message.agentConnected);
        return this.#setMouseMode(message.supportedMouseModes, message.currentMouseMode);
      case 'soundStart':
      case 'soundTime':
      case 'guestVolume':
        return this.#audio.receive(message);
      case 'recordStart':
      case 'recordStop':
        return this.#microphone.receive(message);
      case 'mouseMode':
        return this.#setMouseMode(message.supported, message.current);
      case 'agent':
        return this.#setAgent(message.connected);
      case 'agentFeatures':
        this.#agent.receive(message);
        return this.#audio.setGuestVolume(message.features.volume);
      case 'clipboardGrab':
      case 'clipboardWanted':
      case 'transfer':
      case 'agentTrouble':
        return this.#agent.receive(message);
      case 'name':
        this.#guestName = message.name;
        return this.#emit('guestname', { name: this.#guestName, uuid: this.#guestUuid });
      case 'uuid':
        this.#guestUuid = message.uuid;
        return this.#emit('guestname', { name: this.#guestName, uuid: this.#guestUuid });
      case 'notify':
        if (message.severity > 0) this.#emit('error', { kind: 'server', message: message.text });
        return;
      case 'guestLockState':
        this.#guestLocks = message.modifiers;
        return this.#emit('guestlockstate', { modifiers: message.modifiers });
      case 'displays':
        return this.#setDisplays(message.displays, message.maxDisplays);
      case 'cursorShape':
        this.cursors.receive(message);
        return this.#emit('cursorshape', message);
      case 'cursorPosition':
        this.cursors.receive(message);
        return this.#emit('cursorposition', message);
    }
  }

  #setDisplays(heads: readonly ChannelHead[], maxDisplays: number): void {
    this.#maxDisplays = maxDisplays;
    if (JSON.stringify(heads) === JSON.stringify(this.#channelHeads)) return;
    this.#channelHeads = heads;
    this.#displayHeads = heads.map(({ id, x, y, width, height }) => ({ id, x, y, width, height }));
    this.#emit('displayschange', { displays: this.#displayHeads });
  }

  #setMouseMode(supported: number, current: number): void {
    const wanted = mouseMode[this.#wantedMouseMode];
    if ((supported & wanted) !== 0 && current !== wanted) {
      this.#session?.sessionWorker.post({ kind: 'requestMouseMode', mode: wanted });
    }
    const mode = current === mouseMode.client ? 'client' : 'server';
    if (mode === this.#currentMouseMode) return;
    this.#currentMouseMode = mode;
    this.#emit('mousemodechange', { mode });
  }

  #setAgent(connected: boolean): void {
    if (connected === this.#hasAgent) return;
    this.#hasAgent = connected;
    this.#emit('agentchange', { connected });
  }

  /** A new session in place of one that broke. */
  async #startAgain(): Promise<void> {
    const { ticketProvider } = this.#options;
    if (ticketProvider !== undefined) {
      try {
        this.#takeTicket(await ticketProvider());
      } catch {
        const reason = 'The connection was lost, and there is no new ticket to connect again.';
        if (this.#currentState === 'reconnecting')
          this.#ended({ clean: false, reason, isWorthRetrying: true });
        return;
      }
    }
    if (this.#currentState === 'reconnecting' && this.#session === undefined) this.#start();
  }

  #takeTicket(ticket: SpiceTicket): void {
    if (typeof ticket !== 'string') {
      if (ticket.token !== undefined) this.#token = ticket.token;
      if (ticket.password !== undefined)
        this.#credentials = { ...this.#credentials, password: ticket.password };
    } else if (this.#token !== undefined) this.#token = ticket;
    else this.#credentials = { ...this.#credentials, password: ticket };
  }

  #ended({ clean, reason, isWorthRetrying = false }: SessionEnd): void {
    this.#session = undefined;
    this.#displayHeads = [];
    this.#channelHeads = [];
    this.cursors.clear();
    this.#maxDisplays = 0;
    this.#hasAgent = false;
    this.#guestLocks = 0;
    this.#currentMouseMode = 'server';
    this.#agent.ended();
    this.#audio.ended();
    this.#microphone.ended();
    if (isWorthRetrying && this.#hasStood && this.#reconnects) {
      this.#setState('reconnecting');
      if (this.#reconnection.next()) return;
    }
    this.#reconnection.reset();
    this.#hasStood = false;
    this.#setState('disconnected');
    this.#emit('disconnect', { clean, reason });
  }

  #setState(state: SpiceState): void {
    if (state === this.#currentState) return;
    this.#currentState = state;
    this.#emit('statechange', { state });
  }

  #emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
