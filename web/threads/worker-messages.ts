import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { ClientSettings } from '../api/settings.ts';
import type {
  AudioNumbers,
  ChannelNumbers,
  ClipboardFormat,
  DisplayHead,
  DisplayNumbers,
  MicrophoneNumbers,
  VideoStreamNumbers,
} from '../api/public-types.ts';
import type { FromAgent, ToAgent } from './agent-messages.ts';
import type { ChannelAddress } from './channel-address.ts';

/** What went wrong, in a form that crosses threads. */
export interface SessionFailure {
  readonly kind: 'auth' | 'link' | 'unreachable' | 'protocol' | 'closed' | 'timeout' | 'video' | 'internal';
  /** the link error's or WebSocket close code, where there is one */
  readonly code?: number;
  /** a sentence for the user */
  readonly sentence: string;
  /** for developers: place, expected, got */
  readonly detail?: string;
}

export interface ChannelKey {
  readonly type: number;
  readonly id: number;
}

export interface OpenChannel {
  readonly kind: 'openChannel';
  readonly channel: ChannelKey;
  /** 0 for the session's first channel, then the session id */
  readonly connectionId: number;
  readonly password: string;
  readonly address: ChannelAddress;
}

/** Settings that reach into a worker: all of them when a session begins, then each as it changes. */
export interface WorkerSettings {
  readonly kind: 'settings';
  readonly values: Partial<ClientSettings>;
}

/** Main thread to session worker. */
export type ToSessionWorker =
  | OpenChannel
  | WorkerSettings
  | { kind: 'closeAll' }
  | { kind: 'key'; code: string; down: boolean }
  | { kind: 'lockState'; modifiers: number }
  | { kind: 'position'; x: number; y: number; buttons: number; display: number }
  | { kind: 'motion'; dx: number; dy: number; buttons: number }
  | { kind: 'button'; button: number; down: boolean; buttons: number }
  | { kind: 'requestMouseMode'; mode: number }
  | { kind: 'agent'; command: ToAgent }
  /** leads to the audio worklet; comes before the playback channel is opened */
  | { kind: 'soundPort'; port: MessagePort }
  | { kind: 'closePlayback' }
  /** a microphone is live: samples come through the port, so many frames a second */
  | { kind: 'microphonePort'; port: MessagePort; rate: number }
  | { kind: 'closeRecord' }
  /** video comes that many milliseconds later than its sound */
  | { kind: 'videoLate'; milliseconds: number }
  | { kind: 'request'; request: number; what: 'stats' }
  | { kind: 'request'; request: number; what: 'clipboard'; format: ClipboardFormat; selection: number };

/** Main thread to display worker. */
export type ToDisplayWorker =
  | OpenChannel
  /** the session is over; `allClosed` answers, and a next one may begin */
  | { kind: 'closeAll' }
  | { kind: 'session'; ramHint: number }
  | WorkerSettings
  | MediaTime
  | { kind: 'attachCanvas'; display: number; canvas: OffscreenCanvas }
  | { kind: 'detachCanvas'; display: number }
  /** `byTimer`: the page itself is hidden, so that the browser gives its workers no animation frames */
  | { kind: 'visible'; visible: boolean; byTimer: boolean }
  | { kind: 'request'; request: number; what: 'stats' }
  | { kind: 'request'; request: number; what: 'imageData' | 'png'; display: number };

/** Multimedia time (u32 milliseconds), and when it was so: milliseconds since the epoch. */
export interface MediaTime {
  readonly kind: 'mediaTime';
  readonly time: number;
  readonly at: number;
  /** milliseconds from a sound's arrival to the ear, while that is what sets the time */
  readonly soundDelay?: number;
}

export type FromWorker =
  | { kind: 'channelOpen'; channel: ChannelKey }
  | { kind: 'channelClosed'; channel: ChannelKey; failure: SessionFailure }
  /** something that did not end a channel */
  | { kind: 'trouble'; channel: ChannelKey; failure: SessionFailure }
  | {
      kind: 'mainInit';
      sessionId: number;
      ramHint: number;
      agentConnected: boolean;
      supportedMouseModes: number;
      currentMouseMode: number;
    }
  | MediaTime
  /** a stream of sound begins, so many frames a second */
  | { kind: 'soundStart'; rate: number }
  /** as MediaTime: what leaves for the loudspeaker; `delay`: milliseconds of sound that wait behind it */
  | { kind: 'soundTime'; time: number; at: number; delay: number }
  /** frames come that many milliseconds later than their sound */
  | { kind: 'videoLate'; milliseconds: number }
  /** the guest's mixer: 0 to 1 of the sample values */
  | { kind: 'guestVolume'; level: number }
  /** the guest records, at so many frames a second */
  | { kind: 'recordStart'; rate: number; channels: number }
  | { kind: 'recordStop' }
  | { kind: 'channelsList'; channels: readonly ChannelKey[] }
  | { kind: 'mouseMode'; supported: number; current: number }
  | { kind: 'agent'; connected: boolean }
  | FromAgent
  | { kind: 'name'; name: string }
  | { kind: 'uuid'; uuid: string }
  | { kind: 'notify'; severity: number; text: string }
  | { kind: 'guestLockState'; modifiers: number }
  /** `maxDisplays`: how many the guest can have */
  | { kind: 'displays'; displays: readonly ChannelHead[]; maxDisplays: number }
  /** `channel` is the cursor channel's id, which is the id of the display channel that it is for */
  | { kind: 'cursorShape'; channel: number; shape: CursorShape | null; key: string }
  /** on that channel's surface */
  | { kind: 'cursorPosition'; channel: number; x: number; y: number; visible: boolean }
  /** the answer to `closeAll`: nothing of that session comes any more */
  | { kind: 'allClosed' }
  | { kind: 'response'; request: number; value: unknown }
  | { kind: 'requestFailed'; request: number; message: string };

/** A display, and the display channel that it belongs to: one channel may have several. */
export interface ChannelHead extends DisplayHead {
  readonly channel: number;
}

export interface ChannelStats extends ChannelNumbers {
  /** e.g. `display:0` */
  readonly channel: string;
  /** milliseconds, the newest measurement; 0 until there is one */
  readonly roundTripTime: number;
}

/** What the session worker knows. */
export interface SessionWorkerStats {
  readonly channels: readonly ChannelStats[];
  readonly audio: AudioNumbers | null;
  readonly microphone: MicrophoneNumbers | null;
}

/** What the display worker knows. */
export interface DisplayWorkerStats {
  readonly channels: readonly ChannelStats[];
  readonly displays: Readonly<Record<string, DisplayNumbers>>;
  readonly streams: readonly VideoStreamNumbers[];
  readonly openVideoFrames: number;
}

/** What a worker says about the channels themselves: the session's connection acts on it. */
export type ChannelMessage = Extract<
  FromWorker,
  {
    kind:
      | 'channelOpen'
      | 'channelClosed'
      | 'channelsList'
      | 'trouble'
      | 'allClosed'
      | 'response'
      | 'requestFailed'
      | 'mediaTime'
      | 'videoLate';
  }
>;
/** What it says of everything else: the features act on it. */
export type SessionMessage = Exclude<FromWorker, ChannelMessage>;
