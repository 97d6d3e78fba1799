// The types of dist/spice-viewer.js, which ship as dist/spice-viewer.d.ts: the classes behind it are checked against it
// (`implements`). That file stands alone: tools/settings-docs.ts writes the types of the settings in the place of these
// imports, and there are no others.

// settings:
import type {
  ClientSettingInput,
  ClientSettingInputs as ClientSettings,
  ClientSettingName,
  SettingValues as ViewerSettings,
  VideoCodec,
} from './settings.ts';

export type {
  ClipboardMode,
  EffectName,
  ImageCompression,
  KeyboardLayout,
  ScaleMode,
  VideoCodec,
  VideoDecoderChoice,
} from './settings.ts';
export type { ClientSettingInput, ClientSettingName, ClientSettings, ViewerSettings };
// :settings

export type SpiceState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';
export type MouseModeName = 'server' | 'client';
export type ClipboardFormat = 'text/plain' | 'image/png';

/** What to put on the guest's clipboard. */
export interface ClipboardContent {
  readonly text?: string;
  /** a PNG */
  readonly image?: Blob;
}

/** A monitor that the guest is asked to have, guest pixels; one that is 0 by 0 is to be off. */
export interface MonitorRequest {
  /** of the display, as `displays` has it; without it, the place in the list */
  readonly id?: number;
  readonly width: number;
  readonly height: number;
  /** both or none; without them the monitors stand in a row */
  readonly x?: number;
  readonly y?: number;
}

/** A file on its way into the guest. */
export interface FileTransfer {
  readonly id: number;
  /** with folders before it, `/` between */
  readonly name: string;
  /** bytes */
  readonly size: number;
}

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
  /** the session broke and will be opened anew, in `delay` milliseconds */
  reconnecting: { attempt: number; delay: number };
  /** preventDefault() keeps the built-in dialog away */
  credentialsrequired: { types: readonly string[] };
  /** preventDefault() keeps the built-in dialog away */
  securityfailure: { code: number; reason: string };
  statechange: { state: SpiceState };
  displayschange: { displays: readonly DisplayHead[] };
  agentchange: { connected: boolean };
  mousemodechange: { mode: MouseModeName };
  /** the server told the guest's name or UUID; either may still be empty */
  guestname: { name: string; uuid: string };
  inputlock: { locked: boolean };
  /** the guest copied something; `text` is empty when there is none */
  clipboard: { text: string; types: readonly ClipboardFormat[] };
  transferstart: FileTransfer;
  /** `rate` is bytes a second, `remaining` seconds; both lately */
  transferprogress: FileTransfer & { sent: number; rate: number; remaining: number };
  /** the guest has the whole file */
  transferend: FileTransfer;
  /** `message` is a sentence for the user; `cancelled` says that it was cancelled here */
  transfererror: FileTransfer & { cancelled: boolean; message: string };
  /** the browser plays sound only after a gesture of the user; preventDefault() keeps the hint away */
  audioblocked: Record<string, never>;
  microphonechange: { state: MicrophoneState };
  /** `code` is stable; `message` is a sentence for the user, or for developers what and where */
  error: { kind: string; code: string; message: string };
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

/** A video stream that the server plays at the moment. */
export interface VideoStreamNumbers {
  readonly codec: VideoCodec;
  /** whether the browser says that it decodes it with hardware */
  readonly hardware: boolean;
  readonly width: number;
  readonly height: number;
  readonly framesReceived: number;
  readonly framesDecoded: number;
  readonly framesPresented: number;
  /** late, covered by newer drawing, or not decodable */
  readonly framesDropped: number;
  readonly bytes: number;
  /** presented in the last second */
  readonly fps: number;
  /** bits received in the last second */
  readonly bitrate: number;
  /** milliseconds that the newest frame took */
  readonly decodeMilliseconds: number;
}

/** The guest's sound. */
export interface AudioNumbers {
  /** of the stream that plays */
  readonly codec: 'none' | 'raw' | 'opus';
  readonly packets: number;
  /** what waits to be played, and what should, milliseconds */
  readonly bufferMilliseconds: number;
  readonly targetMilliseconds: number;
  /** how often nothing was there to be played because packets came late */
  readonly underruns: number;
  /** how often the server itself made no sound for a moment, without saying that it stops */
  readonly pauses: number;
  /** how much later than the promptest packet of the stream the tardiest one came, milliseconds */
  readonly latestMilliseconds: number;
}

/** What the guest gets from the microphone. */
export interface MicrophoneNumbers {
  /** of what the guest records at the moment */
  readonly codec: 'none' | 'raw' | 'opus';
  readonly packets: number;
}

/**
 * `off`, or: `asking` the user, `ready` (allowed; the guest does not record), `live` (the guest records), `denied` (or
 * there is none; an `error` event says why).
 */
export type MicrophoneState = 'off' | 'asking' | 'ready' | 'live' | 'denied';

/** What `getStats()` resolves to: plain numbers. */
export interface SpiceStats {
  /** milliseconds, the newest measurement */
  readonly roundTripTime: number;
  /** by channel, e.g. `display:0` */
  readonly channels: Readonly<Record<string, ChannelNumbers>>;
  /** by display id */
  readonly displays: Readonly<Record<string, DisplayNumbers>>;
  readonly streams: readonly VideoStreamNumbers[];
  /** the browser's video frames that are held at the moment; they do not pile up */
  readonly openVideoFrames: number;
  /** null without a playback channel */
  readonly audio: AudioNumbers | null;
  /** null without a record channel, which is opened only when the microphone is on */
  readonly microphone: MicrophoneNumbers | null;
}

/** The part of a WebSocket that a channel needs; anything that behaves like one will do. */
export type ChannelSocket = Pick<
  WebSocket,
  'binaryType' | 'readyState' | 'send' | 'close' | 'addEventListener'
>;

/** Opens the connection of one channel: called for each channel of a session. */
export type ChannelOpener = (channel: { type: number; id: number }) => ChannelSocket | Promise<ChannelSocket>;

/** What a new session needs. A string replaces the token where one was given, the password otherwise. */
export type SpiceTicket = string | { readonly token?: string; readonly password?: string };

/** Called before every session that replaces one that broke, for tickets that are good only once or not for long. */
export type TicketProvider = () => Promise<SpiceTicket>;

export interface SpiceClientOptions extends ClientSettings {
  /** where each channel connects: a ws(s) URL (http(s) and relative ones are understood), or a function that opens one */
  readonly source: string | ChannelOpener;
  readonly credentials?: SpiceCredentials | undefined;
  /** sent as the subprotocol `bearer.TOKEN` */
  readonly token?: string | undefined;
  readonly ticketProvider?: TicketProvider | undefined;
}

/** What SpiceClient and <spice-viewer> have in common. */
export interface SpiceSession {
  readonly state: SpiceState;
  readonly displays: readonly DisplayHead[];
  readonly mouseMode: MouseModeName;
  readonly agentConnected: boolean;
  readonly microphoneState: MicrophoneState;
  connect(): void;
  disconnect(): void;
  /** Answers `credentialsrequired`; after a refused password it connects anew. */
  sendCredentials(credentials: SpiceCredentials): void;
  /** Presses and releases a combination: `ctrl+alt+delete`. RangeError for a key that is not known. */
  sendKeys(combination: string): void;
  /** @param code a `KeyboardEvent.code` */
  sendKey(code: string, down: boolean): void;
  /**
   * Types text: characters of the guest's keyboard layout as its keys, others through the guest's clipboard and Ctrl+V.
   * Rejects with RangeError, having typed nothing, when that needs a clipboard and none is shared.
   */
  typeText(text: string): Promise<void>;
  /** Puts text on the guest's clipboard, where the clipboard's mode allows that. */
  clipboardPasteFrom(text: string): void;
  /** Asks for a mouse mode; `mousemodechange` tells what the server makes of it. `client` is asked for by itself. */
  requestMouseMode(mode: MouseModeName): void;
  /**
   * Asks the guest for these monitors; an empty list asks for nothing from now on.
   * TypeError or RangeError, in a sentence, for monitors that the guest cannot have.
   */
  setMonitors(monitors: readonly MonitorRequest[]): void;
  /**
   * Sends files into the guest, where they keep their folders if its agent makes folders. The events
   * `transferstart`, `transferprogress`, `transferend` and `transfererror` tell what becomes of them.
   * @returns the transfers' ids
   */
  sendFiles(files: Iterable<File>): number[];
  cancelTransfer(id: number): void;
  getStats(): Promise<SpiceStats>;
}
