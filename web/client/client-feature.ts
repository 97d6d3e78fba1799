import type { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { ClientSettingName, ClientSettings } from '../api/settings.ts';
import type {
  ChannelKey,
  FromWorker,
  SessionMessage,
  ToDisplayWorker,
  ToSessionWorker,
} from '../threads/worker-messages.ts';
import type { QuestionOf } from '../threads/worker-port.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';

export type WorkerName = 'session' | 'display';
export type ChannelName = keyof typeof channelType;

/** What a feature gets from the client that it is part of. Without a session posts go nowhere and questions reject. */
export interface FeatureHost {
  /** as they are now; a session's workers have got them before its first channel opens */
  readonly settings: Readonly<ClientSettings>;
  postToSession(message: ToSessionWorker, transfer?: Transferable[]): void;
  /** @returns whether there is such a worker: one that has canvases stays between sessions */
  postToDisplay(message: ToDisplayWorker, transfer?: Transferable[]): boolean;
  askSession<T>(question: QuestionOf<ToSessionWorker>): Promise<T>;
  askDisplay<T>(question: QuestionOf<ToDisplayWorker>): Promise<T>;
  /** opens a channel that the server has listed, now */
  open(channel: ChannelKey): void;
  /** The setting cannot be had: it is its default again, without further effect. */
  dropSetting(name: ClientSettingName): void;
  emit<K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void;
}

/** What is done with the messages that workers send about a session; each feature has its own kinds. */
export type Receivers = {
  readonly [Kind in SessionMessage['kind']]?: (message: Extract<FromWorker, { kind: Kind }>) => void;
};

/**
 * A part of what a session can do, over all sessions of a client: sound, the pointer, the guest's agent. One object, in
 * the list of features.ts; the client and its connection know features only by this.
 */
export interface ClientFeature {
  /** the channels that are this feature's, and the worker in which they live */
  readonly channels?: readonly ChannelName[];
  readonly worker?: WorkerName;
  readonly receive?: Receivers;
  /** settings on which it acts itself, when they change */
  readonly settings?: { readonly [Name in ClientSettingName]?: (value: ClientSettings[Name]) => void };
  /** The workers of a session run, and have the settings. */
  starting?(): void;
  /** The server has this channel. */
  listed?(channel: ChannelKey): void;
  /** Whether a listed channel is to be opened with the session; asking changes nothing. Default: yes. */
  isWanted?(channel: ChannelKey): boolean;
  /** A channel is about to be opened; it waits for what this gives. */
  opening?(channel: ChannelKey): void | Promise<void>;
  /** @param isRefused the bridge does not let this session have it */
  closed?(channel: ChannelKey, isRefused: boolean): void;
  /** The session is over. */
  ended?(): void;
  dispose?(): void;
}
