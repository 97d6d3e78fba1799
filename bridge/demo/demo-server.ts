import { randomBytes, randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { hasCapability, mainCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import type { LinkRequest } from '@spice-viewer/shared-protocol/link/link-messages.ts';
import type { AnyMessage } from '@spice-viewer/shared-protocol/wire/message-table.ts';
import { Connection, type ChannelPeer } from './connection.ts';
import { CursorChannel } from './cursor-channel.ts';
import { Desktop } from './desktop.ts';
import { DisplayChannel, displayCapabilities } from './display-channel.ts';
import { InputsChannel, inputsCapabilities } from './inputs-channel.ts';
import { MainChannel, mainCapabilities } from './main-channel.ts';
import type { MisbehaviourOptions } from './misbehaviour.ts';
import { createTicketKeys, type ServerLinkOptions } from './server-link.ts';

const FRAME_INTERVAL = 50;
const PING_INTERVAL = 5000;
const MAX_CONNECTIONS = 128;
const INPUT_LOG_LENGTH = 5000;

export interface DemoServerOptions extends MisbehaviourOptions {
  /** default 127.0.0.1 */
  readonly host?: string;
  /** default 0: any free one */
  readonly port?: number;
  /** default none: everybody may enter */
  readonly password?: string;
  /** the VM's name */
  readonly name?: string;
  /** false: nothing moves by itself */
  readonly animate?: boolean;
  /** messages per ACK on display and cursor */
  readonly ackWindow?: number;
  /** link_err for these links, 0 for those that are fine; for tests */
  readonly failLink?: (request: LinkRequest) => number;
}

export interface DemoServer {
  readonly host: string;
  readonly port: number;
  /** for tests: what is drawn and what goes on */
  readonly desktop: Desktop;
  /** the latest messages of clients' inputs channels, oldest first */
  readonly inputLog: readonly AnyMessage[];
  /** sessions that have a main channel */
  readonly sessionCount: number;
  /** The guest's pixels now, R, G, B, 255, rows from the top. */
  framebuffer(): { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> };
  /** Drops every connection but goes on listening. */
  disconnectAll(): void;
  close(): Promise<void>;
}

interface Session {
  readonly main: MainChannel;
  readonly channels: Set<InputsChannel | DisplayChannel | CursorChannel>;
}

const capabilities: Readonly<Record<number, readonly number[]>> = {
  [channelType.main]: mainCapabilities,
  [channelType.display]: displayCapabilities,
  [channelType.inputs]: inputsCapabilities,
  [channelType.cursor]: [],
};

/** Starts a SPICE server with a small desktop of its own, which all its clients share. */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const { host = '127.0.0.1', port = 0, animate = true } = options;
  const sessions = new SessionTable(options);
  const { desktop } = sessions;
  const server = createServer((socket) =>
    sessions.accept(new Connection(socket, sessions.connectionOptions)),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const frames = setInterval(() => {
    if (desktop.viewers === 0) return;
    if (animate) sessions.animate();
    desktop.showStatus();
  }, FRAME_INTERVAL);
  const pings = setInterval(() => sessions.ping(), PING_INTERVAL);
  return {
    host,
    port: (server.address() as AddressInfo).port,
    desktop,
    inputLog: sessions.inputLog,
    get sessionCount() {
      return sessions.count;
    },
    framebuffer: () => framebufferOf(desktop),
    disconnectAll: () => sessions.disconnectAll(),
    async close() {
      clearInterval(frames);
      clearInterval(pings);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sessions.disconnectAll();
      await closed;
    },
  };
}

/** Clients by session id, and the desktop that they share. */
class SessionTable {
  readonly desktop: Desktop;
  readonly inputLog: AnyMessage[] = [];
  readonly connectionOptions: ConstructorParameters<typeof Connection>[1];
  readonly #sessions = new Map<number, Session>();
  readonly #connections = new Set<Connection>();
  readonly #options: DemoServerOptions;
  readonly #uuid = randomBytes(16);

  constructor(options: DemoServerOptions) {
    this.#options = options;
    this.desktop = new Desktop({
      cursorChanged: () => this.#each(CursorChannel, (channel) => channel.cursorChanged()),
      pointerMoved: () => this.#each(CursorChannel, (channel) => channel.pointerMoved()),
      locksChanged: () => this.#each(InputsChannel, (channel) => channel.locksChanged()),
      mouseModeChanged: () => this.#sessions.forEach(({ main }) => main.mouseModeChanged()),
    });
    const link: ServerLinkOptions = {
      keys: createTicketKeys(),
      password: options.password,
      channelCapabilities: (type, id) => (id === 0 ? capabilities[type] : undefined),
      failWith: options.failLink,
    };
    const { misbehave, misbehaveOn } = options;
    this.connectionOptions = {
      link,
      misbehave,
      misbehaveOn,
      admit: (request) => this.#admit(request),
      open: (connection, request) => this.#open(connection, request),
    };
  }

  get count(): number {
    return this.#sessions.size;
  }

  accept(connection: Connection): void {
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
  }

  /** Moves what moves by itself. */
  animate(): void {
    this.desktop.animate(new Date());
    const now = performance.now();
    this.#each(DisplayChannel, (channel) => channel.tick(now));
  }

  ping(): void {
    for (const { main } of this.#sessions.values()) main.ping(0);
  }

  disconnectAll(): void {
    for (const connection of this.#connections) connection.close();
  }

  #each<T extends InputsChannel | DisplayChannel | CursorChannel>(
    kind: new (...args: never[]) => T,
    act: (channel: T) => void,
  ): void {
    for (const { channels } of this.#sessions.values()) {
      for (const channel of channels) if (channel instanceof kind) act(channel);
    }
  }

  /** A main channel starts a session, the others belong to one. */
  #admit({ channelType: type, connectionId }: LinkRequest): number {
    const known = type === channelType.main ? connectionId === 0 : this.#sessions.has(connectionId);
    return known ? linkErrorCode.ok : linkErrorCode.badConnectionId;
  }

  #open(connection: Connection, request: LinkRequest): ChannelPeer {
    if (request.channelType === channelType.main) return this.#openMain(connection, request);
    const session = this.#sessions.get(request.connectionId) as Session;
    const channel = this.#openOther(connection, request);
    session.channels.add(channel);
    connection.onClose(() => session.channels.delete(channel));
    return channel;
  }

  #openMain(connection: Connection, { channelCaps }: LinkRequest): ChannelPeer {
    const sessionId = randomInt(1, 0x7fffffff);
    const main = new MainChannel(connection, {
      sessionId,
      name: this.#options.name ?? 'Demo desktop',
      uuid: this.#uuid,
      knowsName: hasCapability(channelCaps, mainCapability.nameAndUuid),
      desktop: this.desktop,
      closed: () => this.#endSession(sessionId),
    });
    this.#sessions.set(sessionId, { main, channels: new Set() });
    return main;
  }

  #openOther(
    connection: Connection,
    { channelType: type, channelCaps }: LinkRequest,
  ): InputsChannel | DisplayChannel | CursorChannel {
    const { desktop } = this;
    const window = this.#options.ackWindow ?? 20;
    switch (type) {
      case channelType.display:
        desktop.viewers++;
        return new DisplayChannel(connection, desktop, window, channelCaps, () => {
          desktop.viewers--;
        });
      case channelType.cursor:
        return new CursorChannel(connection, desktop, window);
      default:
        return new InputsChannel(connection, desktop, (message) => this.#logInput(message));
    }
  }

  #logInput(message: AnyMessage): void {
    this.inputLog.push(message);
    if (this.inputLog.length > INPUT_LOG_LENGTH) this.inputLog.shift();
  }

  /** Without main there is no session. */
  #endSession(id: number): void {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    for (const channel of session?.channels ?? []) channel.close();
  }
}

function framebufferOf({ screen }: Desktop): ReturnType<DemoServer['framebuffer']> {
  const { width, height, pixels } = screen.bitmap;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const view = new DataView(rgba.buffer);
  for (let i = 0; i < pixels.length; i++) view.setUint32(i * 4, ((pixels[i] << 8) | 0xff) >>> 0, false);
  return { width, height, rgba };
}
