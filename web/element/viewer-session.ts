import type { SpiceEventDetails, TicketProvider, SpiceCredentials } from '../api/public-types.ts';
import { settingNames, settings, type ClientSettings, type SettingValues } from '../api/settings.ts';
import { SpiceClient } from '../client/spice-client.ts';
import type { SpiceClientEventDetails } from '../client/spice-events.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from '../input/input-policy.ts';
import { clientSettings, tellSettings } from './bind-settings.ts';
import { spiceViewerStyles } from './spice-viewer-styles.ts';
import type { TransferList } from './transfer-list.ts';
import { ViewerAgent } from './viewer-agent.ts';
import { ViewerDisplays } from './viewer-displays.ts';
import type { ViewerEvents } from './viewer-state.ts';

/** The element, as far as its session deals with it. */
export interface SessionHost {
  readonly element: HTMLElement &
    SettingValues & {
      readonly credentials: SpiceCredentials | undefined;
      readonly token: string | undefined;
      readonly ticketProvider: TicketProvider | undefined;
    };
  readonly transfers: TransferList;
  /** tells the page; false when a listener called preventDefault */
  emit<Type extends keyof SpiceEventDetails>(type: Type, detail: SpiceEventDetails[Type]): boolean;
  /** a step of the element's state machine */
  happened<Type extends keyof ViewerEvents>(type: Type, event: ViewerEvents[Type]): void;
  /** there is something new to render */
  changed(): void;
  /** files are held above the element, or no more */
  dragging(isDragging: boolean): void;
  /** nothing comes after it */
  ended(detail: SpiceEventDetails['disconnect']): void;
}

/** Events that only pass through. */
const passedOn = [
  'agentchange',
  'mousemodechange',
  'guestname',
  'error',
  'clipboard',
  'transferstart',
  'transferprogress',
  'transferend',
  'transfererror',
] as const;

/** A client of the element's with all that is bound to it: from `connect` over every reconnect to its end. */
export class ViewerSession implements Disposable {
  readonly client: SpiceClient;
  readonly #host: SessionHost;
  readonly #policy: InputPolicy;
  /** what is let go when it ends */
  readonly held = new Disposables();
  #told: ClientSettings;
  #agent: ViewerAgent | undefined;
  #displays: ViewerDisplays | undefined;

  constructor(host: SessionHost) {
    this.#host = host;
    const { url: source, credentials, token, ticketProvider } = host.element;
    this.#told = clientSettings(host.element);
    this.client = new SpiceClient({ source, credentials, token, ticketProvider, ...this.#told });
    this.#policy = this.#inputPolicy();
    this.#listen();
  }

  /** undefined until the element has its DOM */
  get agent(): ViewerAgent | undefined {
    return this.#agent;
  }

  /** undefined until the element has its DOM; the last pictures stay when the session is over */
  get displays(): ViewerDisplays | undefined {
    return this.#displays;
  }

  /** The element has its DOM: screens, pointer and keyboard come to it. */
  begin(viewport: HTMLElement): void {
    if (this.held.isDisposed) return;
    const host = this.#host;
    const agent = new ViewerAgent({
      host: host.element,
      viewport,
      client: this.client,
      transfers: host.transfers,
      policy: this.#policy,
      clipboardMode: () => host.element.clipboard,
      askText: (guestText) => host.happened('clipboardOpened', { guestText }),
      dragging: (isDragging) => host.dragging(isDragging),
    });
    this.#agent = this.held.use(agent);
    this.#displays = this.held.use(
      new ViewerDisplays({
        host: host.element,
        styles: spiceViewerStyles,
        viewport,
        client: this.client,
        policy: this.#policy,
        settings: host.element,
        windowOpened: (surface) => agent.windowOpened(surface),
        windowsChanged: () => host.changed(),
        inputLock: (locked) => host.emit('inputlock', { locked }),
      }),
    );
  }

  /** @param changed the names of the element's properties that did */
  settingsChanged(changed: ReadonlyMap<PropertyKey, unknown>): void {
    this.#told = tellSettings(this.client, this.#told, clientSettings(this.#host.element));
    if (changed.has('viewOnly') && this.#host.element.viewOnly) this.#displays?.releaseAll();
    if (changed.has('resizeSession')) this.#followSize();
    if (settingNames.some((name) => settings[name].reach === 'view' && changed.has(name))) {
      this.#displays?.update();
    }
  }

  dispose(): void {
    this.held.dispose();
    this.#host.dragging(false);
    this.client.dispose();
  }

  #inputPolicy(): InputPolicy {
    const { element, transfers } = this.#host;
    const { client } = this;
    const clipboard = (): ViewerAgent['clipboard'] | undefined => this.#agent?.clipboard;
    return {
      get enabled() {
        return !element.viewOnly && client.state === 'connected';
      },
      beforePaste: () => clipboard()?.beforePaste(),
      keepsDefault: (event) => clipboard()?.wantsDefault(event) ?? false,
      say: (note) => transfers.say(note),
    };
  }

  #on<Type extends keyof SpiceClientEventDetails & string>(
    type: Type,
    act: (detail: SpiceClientEventDetails[Type]) => void,
  ): void {
    this.held.defer(this.client.on(type, act));
  }

  /** Passes the client's events on as the element's and follows them. */
  #listen(): void {
    const { emit, happened, changed } = this.#host;
    this.#on('statechange', ({ state }) => {
      if (state === 'connected') happened('connected', {});
      changed();
      emit('statechange', { state });
    });
    this.#on('connect', (detail) => {
      this.#host.element.focus();
      emit('connect', detail);
    });
    this.#on('sessionstart', () => {
      happened('began', {});
      this.#displays?.sessionStarted();
    });
    this.#on('reconnecting', (detail) => {
      happened('broke', detail);
      this.#displays?.paused();
      this.#agent?.paused();
      emit('reconnecting', detail);
    });
    this.#on('inputsrefused', () => happened('restricted', { viewOnly: this.#host.element.viewOnly }));
    this.#on('credentialsrequired', (detail) => {
      if (emit('credentialsrequired', detail)) happened('asked', {});
    });
    this.#on('securityfailure', (detail) => {
      if (emit('securityfailure', detail)) happened('refused', detail);
    });
    this.#on('displayschange', (detail) => {
      this.#displays?.update();
      changed();
      emit('displayschange', detail);
    });
    this.#on('microphonechange', (detail) => {
      if (detail.state === 'denied') this.#host.element.microphone = false;
      changed();
      emit('microphonechange', detail);
    });
    this.#on('agentfeatures', () => changed());
    this.#on('disconnect', (detail) => this.#host.ended(detail));
    for (const type of passedOn) this.#on(type, (detail) => emit(type, detail as never));
  }

  #followSize(): void {
    this.#displays?.sizeChanged();
    // The agent is not to have the old size again when it restarts.
    if (!this.#host.element.resizeSession && this.client.state === 'connected') this.client.setMonitors([]);
  }
}
