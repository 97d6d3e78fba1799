// The types of dist/spice-viewer.js, which ship as dist/spice-viewer.d.ts: so this file imports nothing, and
// the classes behind it are checked against it (`implements`).

export type SpiceState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';
export type MouseModeName = 'server' | 'client';
/** `fit` keeps the shape, `real` is one CSS pixel for each of the guest's, `full` fills the element */
export type ScaleMode = 'fit' | 'real' | 'full';

/** How the server is asked to compress pictures; `auto` leaves it to the server. */
export type ImageCompression = 'auto' | 'off' | 'lz' | 'glz' | 'quic' | 'lz4';

export interface SpiceCredentials {
  readonly username?: string;
  readonly password?: string;
}

/** One of the guest's displays, in guest pixels. */
export interface DisplayHead {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The `detail` of each event of SpiceClient and <spice-viewer>; there they bubble and are composed. */
export interface SpiceEventDetails {
  connect: Record<string, never>;
  disconnect: { clean: boolean; reason: string };
  /** preventDefault() keeps the built-in dialog away */
  credentialsrequired: { types: readonly string[] };
  /** preventDefault() keeps the built-in dialog away */
  securityfailure: { code: number; reason: string };
  statechange: { state: SpiceState };
  displayschange: { displays: readonly DisplayHead[] };
  agentchange: { connected: boolean };
  mousemodechange: { mode: MouseModeName };
  inputlock: { locked: boolean };
  error: { kind: string; message: string };
}

export interface ChannelNumbers {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

/** Per display: what was drawn and shown. */
export interface DisplayNumbers {
  readonly framesPresented: number;
  readonly drawCommands: number;
  /** milliseconds by codec */
  readonly decodeMilliseconds: Readonly<Record<string, number>>;
}

/** What `getStats()` resolves to: plain numbers. */
export interface SpiceStats {
  /** milliseconds, the newest measurement */
  readonly roundTripTime: number;
  /** by channel, e.g. `display:0` */
  readonly channels: Readonly<Record<string, ChannelNumbers>>;
  /** by display id */
  readonly displays: Readonly<Record<string, DisplayNumbers>>;
}

/** The part of a WebSocket that a channel needs; anything that behaves like one will do. */
export type ChannelSocket = Pick<
  WebSocket,
  'binaryType' | 'readyState' | 'send' | 'close' | 'addEventListener'
>;

/** Opens the connection of one channel: called for each channel of a session. */
export type ChannelOpener = (channel: { type: number; id: number }) => ChannelSocket | Promise<ChannelSocket>;

export interface SpiceClientOptions {
  /** where each channel connects: a ws(s) URL (http(s) and relative ones are understood), or a function that opens one */
  readonly source: string | ChannelOpener;
  readonly credentials?: SpiceCredentials;
  /** sent as the subprotocol `bearer.TOKEN` */
  readonly token?: string;
  /** names of channels not to open, e.g. `cursor` */
  readonly disabledChannels?: readonly string[];
  readonly compression?: ImageCompression;
}

/** What SpiceClient and <spice-viewer> have in common. */
export interface SpiceSession {
  readonly state: SpiceState;
  readonly displays: readonly DisplayHead[];
  readonly mouseMode: MouseModeName;
  readonly agentConnected: boolean;
  connect(): void;
  disconnect(): void;
  /** Answers `credentialsrequired`; after a refused password it connects anew. */
  sendCredentials(credentials: SpiceCredentials): void;
  /** Presses and releases a combination: `ctrl+alt+delete`. RangeError for a key that is not known. */
  sendKeys(combination: string): void;
  /** @param code a `KeyboardEvent.code` */
  sendKey(code: string, down: boolean): void;
  getStats(): Promise<SpiceStats>;
}

/** A SPICE session without any UI. */
export interface SpiceClientInterface extends EventTarget, SpiceSession {
  /** the guest's name and id, empty until the server tells them */
  readonly name: string;
  readonly uuid: string;
  /** Gives the display's picture a canvas, whose size follows the guest's; it can be given only once. */
  attachCanvas(display: number, canvas: HTMLCanvasElement): void;
  detachCanvas(display: number): void;
  /** Asks the server for another compression from now on. */
  setCompression(compression: ImageCompression): void;
  /** A hidden page keeps its state right without painting. */
  setVisible(visible: boolean): void;
  /** @param modifiers wanted lock state: 1 scroll, 2 num, 4 caps */
  sendLockState(modifiers: number): void;
  /** absolute, client mouse mode */
  sendPosition(x: number, y: number, buttons: number, display: number): void;
  /** relative, server mouse mode */
  sendMotion(dx: number, dy: number, buttons: number): void;
  /** @param button 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down, 6 side, 7 extra */
  sendButton(button: number, down: boolean, buttons: number): void;
  /** The guest's pixels at its native size, without the cursor. */
  getImageData(display?: number): Promise<ImageData>;
  /** The same as a PNG. */
  toBlob(display?: number): Promise<Blob>;
}

/** The <spice-viewer> element. */
export interface SpiceViewerElement extends HTMLElement, SpiceSession {
  url: string;
  scale: ScaleMode;
  viewOnly: boolean;
  clipViewport: boolean;
  /** comma or space separated channel names, e.g. `cursor` */
  disableChannels: string;
  /** the one display to show; all when undefined */
  display: number | undefined;
  toolbar: 'auto' | 'none';
  compression: ImageCompression;
  /** in fullscreen, keys such as Escape and Alt+Tab go to the guest where the browser can */
  keyboardLock: boolean;
  /** never reflected to an attribute */
  credentials: SpiceCredentials | undefined;
  /** never reflected to an attribute; sent as a WebSocket subprotocol */
  token: string | undefined;
  /** what this browser and session can do */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** PNG of a display at the guest's native size, without the cursor */
  toBlob(options?: { display?: number }): Promise<Blob>;
  /** the guest's pixels of a display at its native size, without the cursor */
  getImageData(options?: { display?: number }): Promise<ImageData>;
}
