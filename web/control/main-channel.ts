import {
  mainClientMessages,
  mainServerMessages,
  type mainClientTable,
  type mainServerTable,
} from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { mainCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { decodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import { threadEpochNow } from '../common/media-clock.ts';
import { GuestAgent } from '../agent/guest-agent.ts';
import type { FromWorker, OpenChannel } from '../threads/worker-messages.ts';
import { TroubleLimiter } from '../channels/trouble-limiter.ts';
import { Channel, type ChannelEvents, type ChannelHandlers } from '../channels/channel.ts';

type Server = typeof mainServerTable;

/** What AGENT_START grants: the agent never has to wait for us. */
const ENDLESS_TOKENS = 0xffffffff;

/** The main channel: the session's id, its list of channels, mouse mode, the guest's name and its agent. */
export class MainChannel extends Channel<Server, typeof mainClientTable> {
  readonly agent: GuestAgent;
  readonly #post: (message: FromWorker) => void;
  readonly #troubles: TroubleLimiter;

  constructor(request: OpenChannel, events: ChannelEvents, post: (message: FromWorker) => void) {
    super(request, events, {
      server: mainServerMessages,
      client: mainClientMessages,
      capabilities: [mainCapability.nameAndUuid, mainCapability.agentConnectedTokens],
    });
    this.#post = post;
    this.#troubles = new TroubleLimiter(post);
    this.agent = new GuestAgent(
      {
        start: () => this.send('agentStart', { tokens: ENDLESS_TOKENS }),
        send: (data) => this.send('agentData', { data }),
      },
      this.#troubles.post,
    );
  }

  requestMouseMode(mode: number): void {
    this.send('mouseModeRequest', { mode });
  }

  protected override disposed(): void {
    this.agent.dispose();
    this.#troubles.flush();
  }

  #postMediaTime(time: number): void {
    this.#post({ kind: 'mediaTime', time, at: threadEpochNow() });
  }

  #agentConnected(): void {
    this.#post({ kind: 'agent', connected: true });
    this.agent.connected();
  }

  protected override readonly handlers: ChannelHandlers<Server> = {
    init: (value) => {
      this.#postMediaTime(value.multiMediaTime);
      this.#post({
        kind: 'mainInit',
        sessionId: value.sessionId,
        ramHint: value.ramHint,
        agentConnected: value.agentConnected !== 0,
        supportedMouseModes: value.supportedMouseModes,
        currentMouseMode: value.currentMouseMode,
      });
      this.agent.setTokens(value.agentTokens);
      if (value.agentConnected !== 0) this.agent.connected();
      this.send('attachChannels', {});
    },
    channelsList: ({ channels }) => this.#post({ kind: 'channelsList', channels }),
    mouseMode: ({ supported, current }) => this.#post({ kind: 'mouseMode', supported, current }),
    multiMediaTime: ({ time }) => this.#postMediaTime(time),
    agentConnected: () => this.#agentConnected(),
    agentConnectedTokens: ({ tokens }) => {
      this.agent.setTokens(tokens);
      this.#agentConnected();
    },
    agentDisconnected: () => {
      this.agent.disconnected();
      this.#post({ kind: 'agent', connected: false });
    },
    agentData: ({ data }) => this.agent.receive(data),
    agentToken: ({ tokens }) => this.agent.addTokens(tokens),
    name: ({ name }) => this.#post({ kind: 'name', name: decodeText(name) }),
    uuid: ({ uuid }) => this.#post({ kind: 'uuid', uuid: formatUuid(uuid) }),
  };
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
