import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import {
  mainClientMessages,
  mainServerMessages,
  mouseMode,
  type mainClientTable,
  type mainServerTable,
} from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { mainCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { encodeTextWithNul } from '@spice-viewer/shared-protocol/wire/text.ts';
import { Channel, type SomeHandlers } from './channel.ts';
import type { Connection } from './connection.ts';
import type { Desktop } from './desktop.ts';
import { multiMediaTime } from './multi-media-time.ts';

/** Channels that a session has, apart from main. */
export const sessionChannels = [
  { type: channelType.display, id: 0 },
  { type: channelType.inputs, id: 0 },
  { type: channelType.cursor, id: 0 },
] as const;

const supportedMouseModes = mouseMode.server | mouseMode.client;
const RAM_HINT = 16 * 1024 * 1024;
/** Like spice-server: two pings for the latency, one for the bandwidth. */
const firstPings = [0, 0, 256_000];

export const mainCapabilities = [mainCapability.nameAndUuid, mainCapability.agentConnectedTokens];

export interface MainChannelOptions {
  readonly sessionId: number;
  readonly name: string;
  /** 16 bytes */
  readonly uuid: Uint8Array;
  readonly knowsName: boolean;
  readonly desktop: Desktop;
  readonly closed: () => void;
}

/** INIT, name, channel list, mouse mode; there is no agent. */
export class MainChannel extends Channel<typeof mainServerTable, typeof mainClientTable> {
  protected readonly handlers: SomeHandlers<typeof mainClientTable> = {
    attachChannels: () => this.send('channelsList', { channels: sessionChannels }),
    mouseModeRequest: ({ mode }) => this.#options.desktop.setMouseMode(mode),
  };
  readonly #options: MainChannelOptions;

  constructor(connection: Connection, options: MainChannelOptions) {
    super(connection, { server: mainServerMessages, client: mainClientMessages });
    this.#options = options;
    const { sessionId, name, uuid, desktop, knowsName } = options;
    this.send('init', {
      sessionId,
      displayChannelsHint: 1,
      supportedMouseModes,
      currentMouseMode: desktop.mouseMode,
      agentConnected: 0,
      agentTokens: 0,
      multiMediaTime: multiMediaTime(),
      ramHint: RAM_HINT,
    });
    if (knowsName) {
      this.send('name', { name: encodeTextWithNul(name) });
      this.send('uuid', { uuid });
    }
    for (const size of firstPings) this.ping(size);
  }

  mouseModeChanged(): void {
    this.send('mouseMode', { supported: supportedMouseModes, current: this.#options.desktop.mouseMode });
  }

  closed(): void {
    this.#options.closed();
  }

  protected override ponged(): void {
    if (this.latency !== undefined) this.#options.desktop.latency = Math.round(this.latency);
  }
}
