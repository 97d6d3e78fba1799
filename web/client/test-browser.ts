import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import type { WorkerRole } from '../threads/create-worker.ts';
import type {
  ChannelKey,
  FromWorker,
  OpenChannel,
  SessionFailure,
  ToDisplayWorker,
  ToSessionWorker,
} from '../threads/worker-messages.ts';
import type { WorkerLike } from '../threads/worker-port.ts';
import type { PagePlace } from './channel-url.ts';
import type { ClientEnvironment } from './client-environment.ts';

type ToWorker = ToSessionWorker | ToDisplayWorker;
type Sent<Kind> = Extract<ToWorker, { kind: Kind }>;

/** A worker that does what the test says, and writes down what it is told. */
export class ScriptedWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  isTerminated = false;
  readonly told: ToWorker[] = [];

  postMessage(message: unknown): void {
    this.told.push(message as ToWorker);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(message: FromWorker): void {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }

  /** What it was told of that kind. */
  of<Kind extends ToWorker['kind']>(kind: Kind): Sent<Kind>[] {
    return this.told.filter((message): message is Sent<Kind> => message.kind === kind);
  }

  get openedChannels(): OpenChannel[] {
    return this.of('openChannel');
  }
}

export const mainChannel: ChannelKey = { type: channelType.main, id: 0 };
export const displayChannel: ChannelKey = { type: channelType.display, id: 0 };
export const inputsChannel: ChannelKey = { type: channelType.inputs, id: 0 };
export const cursorChannel: ChannelKey = { type: channelType.cursor, id: 0 };

/** As when the network breaks. */
export const networkFailure: SessionFailure = {
  kind: 'closed',
  code: 1006,
  sentence: 'The connection was lost. Check the network and connect again.',
};

/** The browser's part of a client: the whole life of a session, without workers, sockets or a page. */
export class TestBrowser implements ClientEnvironment {
  readonly sessionWorkers: ScriptedWorker[] = [];
  readonly displayWorkers: ScriptedWorker[] = [];
  readonly network = new EventTarget();
  place: PagePlace = { base: 'https://portal.example/desks/', isSecure: true };

  createWorker(role: WorkerRole): ScriptedWorker {
    const worker = new ScriptedWorker();
    (role === 'spice-session' ? this.sessionWorkers : this.displayWorkers).push(worker);
    return worker;
  }

  page(): PagePlace {
    return this.place;
  }

  isHidden(): boolean {
    return false;
  }

  /** The newest. */
  get session(): ScriptedWorker {
    return newest(this.sessionWorkers);
  }

  get display(): ScriptedWorker {
    return newest(this.displayWorkers);
  }

  /** The server answers, lists its channels, and all that the client opens stand. */
  establish({
    channels = [displayChannel, inputsChannel, cursorChannel],
    agentConnected = false,
    mouseMode = 2,
  } = {}): void {
    const { session, display } = this;
    session.say({ kind: 'channelOpen', channel: mainChannel });
    session.say({
      kind: 'mainInit',
      sessionId: 7,
      ramHint: 0,
      agentConnected,
      supportedMouseModes: 3,
      currentMouseMode: mouseMode,
    });
    session.say({ kind: 'channelsList', channels });
    for (const { channel } of [...session.openedChannels, ...display.openedChannels]) {
      if (channel.type !== channelType.main) session.say({ kind: 'channelOpen', channel });
    }
  }

  /** The network breaks: the main channel goes. */
  cut(): void {
    this.session.say({ kind: 'channelClosed', channel: mainChannel, failure: networkFailure });
  }

  /** The display worker that was kept has closed the channels of the session that ended. */
  confirmEnd(): void {
    this.display.say({ kind: 'allClosed' });
  }
}

function newest(workers: readonly ScriptedWorker[]): ScriptedWorker {
  const worker = workers.at(-1);
  if (worker === undefined) throw new Error('The client has started no worker.');
  return worker;
}
