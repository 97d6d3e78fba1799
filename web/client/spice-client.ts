import type { AgentFeatures } from '../threads/agent-messages.ts';
import type { ClientSettingInput, ClientSettingName } from '../api/settings.ts';
import type { SpiceClientInterface } from '../api/page-types.ts';
import type {
  ClipboardContent,
  DisplayHead,
  MicrophoneState,
  MonitorRequest,
  MouseModeName,
  SpiceClientOptions,
  SpiceCredentials,
  SpiceState,
  SpiceStats,
} from '../api/public-types.ts';
import { checkedMonitors } from '../common/monitor-requests.ts';
import { TypedEvents } from '../common/typed-events.ts';
import type { ChannelHead, DisplayWorkerStats, SessionWorkerStats } from '../threads/worker-messages.ts';
import { browserEnvironment, type ClientEnvironment } from './client-environment.ts';
import { featureHost } from './feature-host.ts';
import { ClientFeatures } from './features.ts';
import type { GuestCursors } from './guest-cursors.ts';
import { SessionLife } from './session-life.ts';
import { SessionSettings } from './session-settings.ts';
import { SessionWorkers } from './session-workers.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import { combineStats, noStats } from './spice-stats.ts';

/**
 * A SPICE session without any UI: what a program sees of it. Sockets, decoding and drawing live in workers; when a session
 * begins and ends is in session-life.ts, what it can do in the features of features.ts. Dispatches the events of
 * `SpiceClientEventDetails` as CustomEvents.
 */
export class SpiceClient extends TypedEvents<SpiceClientEventDetails> implements SpiceClientInterface {
  readonly #environment: ClientEnvironment;
  readonly #settings: SessionSettings;
  readonly #features: ClientFeatures;
  readonly #workers: SessionWorkers;
  readonly #life: SessionLife;

  /** @param environment tests play the browser's part */
  constructor(options: SpiceClientOptions, environment: ClientEnvironment = browserEnvironment) {
    super();
    const emit = <K extends keyof SpiceClientEventDetails>(
      type: K,
      detail: SpiceClientEventDetails[K],
    ): void => void this.emit(type, detail);
    this.#environment = environment;
    this.#workers = new SessionWorkers({
      createWorker: (role) => environment.createWorker(role),
      receive: (message) => this.#life.receive(message),
      failed: (detail, wasLoaded) => this.#life.workerFailed(detail, wasLoaded),
    });
    this.#settings = new SessionSettings(options, (name, worker) => {
      const { [name]: value } = this.#settings.values;
      if (worker !== undefined) this.#workers[worker]?.post({ kind: 'settings', values: { [name]: value } });
      for (const { settings } of this.#features.list) {
        (settings?.[name] as ((value: unknown) => void) | undefined)?.(value);
      }
    });
    this.#features = new ClientFeatures(
      featureHost({
        workers: this.#workers,
        settings: this.#settings,
        open: (channel) => void this.#life.connection?.open(channel),
        emit,
      }),
    );
    this.#life = new SessionLife({
      source: options.source,
      ticketProvider: options.ticketProvider,
      credentials: options.credentials,
      token: options.token,
      settings: this.#settings,
      workers: this.#workers,
      features: this.#features,
      page: () => environment.page(),
      network: environment.network,
      emit,
    });
  }

  get state(): SpiceState {
    return this.#life.state;
  }

  get displays(): readonly DisplayHead[] {
    return this.#features.displays.displays;
  }

  /** The same, with the display channel of each. */
  get channelDisplays(): readonly ChannelHead[] {
    return this.#features.displays.channelHeads;
  }

  get cursors(): GuestCursors {
    return this.#features.cursors;
  }

  get mouseMode(): MouseModeName {
    return this.#features.input.mouseMode;
  }

  get lockState(): number | undefined {
    return this.#features.input.lockState;
  }

  get agentConnected(): boolean {
    return this.#features.agent.isConnected;
  }

  get agentFeatures(): AgentFeatures {
    return this.#features.agent.features;
  }

  get microphoneState(): MicrophoneState {
    return this.#features.microphone.state;
  }

  /** The server takes sound from a microphone. */
  get offersMicrophone(): boolean {
    return this.#features.microphone.isOffered;
  }

  get name(): string {
    return this.#features.identity.name;
  }

  get uuid(): string {
    return this.#features.identity.uuid;
  }

  connect(): void {
    this.#life.connect();
  }

  disconnect(): void {
    this.#life.disconnect();
  }

  dispose(): void {
    this.#life.disconnect();
    for (const feature of this.#features.list) feature.dispose?.();
    this.#workers.dispose();
  }

  /** Answers `credentialsrequired`, or tries again after `securityfailure`. */
  sendCredentials(credentials: SpiceCredentials): void {
    this.#life.sendCredentials(credentials);
  }

  update<Name extends ClientSettingName>(name: Name, value: ClientSettingInput<Name>): void {
    this.#settings.update(name, value);
  }

  attachCanvas(display: number, canvas: HTMLCanvasElement): void {
    this.#features.displays.attach(display, canvas);
  }

  detachCanvas(display: number): void {
    this.#features.displays.detach(display);
  }

  setVisible(visible: boolean): void {
    this.#features.displays.setVisible(visible, this.#environment.isHidden());
    this.#features.agent.clipboard.setVisible(visible);
  }

  setVolume(volume: number, muted: boolean): void {
    this.#features.audio.setVolume(volume, muted);
  }

  resumeAudio(): void {
    this.#features.audio.resume();
  }

  sendKey(code: string, down: boolean): void {
    this.#features.input.sendKey(code, down);
  }

  sendKeys(combination: string): void {
    this.#features.input.sendKeys(combination);
  }

  typeText(text: string): Promise<void> {
    if (this.#life.connection === undefined) return Promise.reject(new Error('There is no session.'));
    return this.#features.input.typeText(text);
  }

  requestMouseMode(mode: MouseModeName): void {
    this.#features.input.requestMouseMode(mode);
  }

  sendLockState(modifiers: number): void {
    this.#features.input.sendLockState(modifiers);
  }

  sendPosition(x: number, y: number, buttons: number, display: number): void {
    this.#features.input.sendPosition(x, y, buttons, display);
  }

  sendMotion(dx: number, dy: number, buttons: number): void {
    this.#features.input.sendMotion(dx, dy, buttons);
  }

  sendButton(button: number, down: boolean, buttons: number): void {
    this.#features.input.sendButton(button, down, buttons);
  }

  offerClipboard(content: ClipboardContent): void {
    this.#features.agent.clipboard.offer(content);
  }

  clipboardPasteFrom(text: string): void {
    this.offerClipboard({ text });
  }

  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.#features.agent.setMonitors(checkedMonitors(monitors, this.#features.displays.most));
  }

  sendFiles(files: Iterable<File | { readonly file: File; readonly path: string }>): number[] {
    if (this.#life.connection === undefined) throw new Error('There is no session.');
    return this.#features.agent.sendFiles(
      Array.from(files, (one) =>
        one instanceof File ? { file: one, path: one.webkitRelativePath || one.name } : one,
      ),
    );
  }

  cancelTransfer(id: number): void {
    this.#features.agent.cancelTransfer(id);
  }

  getImageData(display = 0): Promise<ImageData> {
    return this.#askDisplay<ImageData>('imageData', display);
  }

  toBlob(display = 0): Promise<Blob> {
    return this.#askDisplay<Blob>('png', display);
  }

  async getStats(): Promise<SpiceStats> {
    const { session, display } = this.#workers;
    if (session === undefined || display === undefined) return noStats;
    const [ofSession, ofDisplay] = await Promise.all([
      session.ask<SessionWorkerStats>({ kind: 'request', what: 'stats' }),
      display.ask<DisplayWorkerStats>({ kind: 'request', what: 'stats' }),
    ]);
    return combineStats(ofSession, ofDisplay);
  }

  #askDisplay<T>(what: 'imageData' | 'png', display: number): Promise<T> {
    const worker = this.#workers.display;
    if (worker === undefined) return Promise.reject(new Error('There is no session.'));
    return worker.ask<T>({ kind: 'request', what, display });
  }
}
