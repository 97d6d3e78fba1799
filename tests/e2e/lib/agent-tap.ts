/** A TCP proxy before a SPICE server that reads what the viewer and the guest's agent say to each other. */
import { agentMessages } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { AgentReceiver } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import {
  mainClientMessages,
  mainServerMessages,
} from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { startMessageProxy } from '../../servers/message-proxy.ts';
import { until } from '../../servers/process.ts';
import type { Viewer } from './viewer.ts';

export interface AgentMessage {
  readonly name: string;
  readonly value: any;
}

/** One direction of the main channel. */
class Side {
  /** Messages of the main channel, whatever they are. */
  count = 0;
  readonly said: AgentMessage[] = [];
  readonly #agentData: number;
  readonly #receiver = new AgentReceiver();
  readonly #messages = agentMessages({ selection: true, grabSerial: true });

  constructor(agentData: number) {
    this.#agentData = agentData;
  }

  take(type: number, body: Buffer): void {
    this.count++;
    if (type !== this.#agentData) return;
    for (const item of this.#receiver.receive(Uint8Array.from(body))) {
      if (item.kind === 'failed') throw item.error;
      const message = this.#messages.read(item.type, item.body.slice());
      if (message !== undefined) this.said.push(message);
    }
  }
}

/** For one session with an agent that has selections and serials, as Debian's has. */
export class AgentTap {
  readonly port: number;
  readonly stop: () => Promise<void>;
  readonly #toViewer: Side;
  readonly #toGuest: Side;

  private constructor(port: number, stop: () => Promise<void>, toViewer: Side, toGuest: Side) {
    this.port = port;
    this.stop = stop;
    this.#toViewer = toViewer;
    this.#toGuest = toGuest;
  }

  /** Forwards a port of its own to `target`. */
  static async start(target: number): Promise<AgentTap> {
    const toViewer = new Side(mainServerMessages.typeOf('agentData'));
    const toGuest = new Side(mainClientMessages.typeOf('agentData'));
    const { port, stop } = await startMessageProxy(target, {
      channelType: channelType.main,
      fromServer: (type, body) => toViewer.take(type, body),
      fromClient: (type, body) => toGuest.take(type, body),
    });
    return new AgentTap(port, stop, toViewer, toGuest);
  }

  /** What the viewer said so far, by the message's name. */
  toGuest(name: string): any[] {
    return this.#toGuest.said.filter((one) => one.name === name).map(({ value }) => value);
  }

  /** What the guest's agent said so far. */
  toViewer(name: string): any[] {
    return this.#toViewer.said.filter((one) => one.name === name).map(({ value }) => value);
  }

  /**
   * A fence: the viewer has handled all that came until now, and what it sent because of it has come by here. Its
   * numbers come the same way as what its worker tells the page, so the page has had its say, too.
   */
  async settled(viewer: Viewer): Promise<void> {
    const main = async () =>
      (await viewer.evaluate((element) => element.getStats())).channels['main:0'] ?? {
        messagesIn: 0,
        messagesOut: Infinity,
      };
    const came = this.#toViewer.count;
    await until('the viewer to handle what came', async () => (await main()).messagesIn >= came);
    const { messagesOut } = await main();
    await until('what it sent', () => this.#toGuest.count >= messagesOut);
  }
}
