import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { BridgeError, CLOSE } from '../errors/bridge-error.ts';
import type { RequestGuard } from '../requests/request-guard.ts';
import { tunnelPath } from '../requests/tunnel-path.ts';
import type { ClientAddress, ClientAddresses } from '../requests/client-address.ts';
import type { ConnectionLimits, Release } from '../limits/connection-limits.ts';
import type { InboundBudget } from '../limits/inbound-budget.ts';
import type { Keepalive } from '../limits/keepalive.ts';
import type { Admission, SpiceGrant } from './spice-grant.ts';
import { Tunnel } from './tunnel.ts';
import type { AdmittedChannel, TunnelObserver } from './tunnel-observer.ts';

/** How long a browser may take to say goodbye, in milliseconds. */
const CLOSE_TIMEOUT = 5000;
/** Connections that are accepted only to be told why not. Beyond, they get an HTTP error, which costs less. */
const REFUSED_LIMIT = 100;
/** Parts of a message, as its sender cuts it and as it comes over the network. Browsers cut none. */
const MAX_FRAGMENTS = 128;
const MAX_CHUNKS = 512;

export interface TunnelTimeouts {
  /** Milliseconds: for a target to accept a connection. */
  readonly connectTimeout: number;
  /** Milliseconds: for a client to say which channel it wants. */
  readonly handshakeTimeout: number;
}

export interface TunnelEndpointOptions {
  readonly admission: Admission;
  readonly guard: RequestGuard;
  readonly limits: ConnectionLimits;
  readonly keepalive: Keepalive;
  readonly inbound: InboundBudget;
  readonly observer: TunnelObserver;
  readonly addresses: () => ClientAddresses;
  readonly timeouts: () => TunnelTimeouts;
  /** Whether a channel belongs to a session that runs here. */
  readonly runs: (ip: string, channel: AdmittedChannel) => boolean;
  /** Bytes. */
  readonly maxMessage: number;
}

/** Accepts WebSocket upgrades and keeps the tunnels that they become. */
export class TunnelEndpoint {
  readonly #options: TunnelEndpointOptions;
  readonly #server: WebSocketServer;
  readonly #tunnels = new Set<Tunnel>();
  /** Accepted only to be told why not. */
  readonly #refused = new Set<WebSocket>();
  /** Of the tunnels, those that still have a browser. */
  #browsers = 0;
  #draining = false;
  #onEmpty: () => void = () => {};

  constructor(options: TunnelEndpointOptions) {
    this.#options = options;
    const settings: ServerOptions & Record<'closeTimeout' | 'maxFragments' | 'maxBufferedChunks', number> = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      closeTimeout: CLOSE_TIMEOUT,
      maxPayload: options.maxMessage,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS,
      handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
    };
    this.#server = new WebSocketServer(settings);
  }

  /** Browsers connected to a target. */
  get size(): number {
    return this.#browsers;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Takes over the socket of an upgrade request. What is not allowed is accepted all the same and closed at once, as
   * that is the only way for a page to learn the reason.
   */
  upgrade(request: IncomingMessage, client: Socket, head: Buffer): void {
    client.on('error', () => {});
    const [path = ''] = (request.url ?? '').split('?', 1);
    const name = tunnelPath(path);
    if (name === undefined) {
      endWith(client, '404 Not Found');
      return;
    }
    const address = this.#options.addresses().of(request);
    let release: Release;
    try {
      release = this.#check(request, address);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      this.#options.observer.refused(error.code, address.ip);
      this.#refuse(request, client, head, error);
      return;
    }
    // Also if the handshake fails and there never is a WebSocket.
    client.once('close', release);
    this.#server.handleUpgrade(request, client, head, (websocket) => {
      this.#open(websocket, client, { request, targetName: name, address });
    });
  }

  /** What can be said before anybody is asked who this is. */
  #check(request: IncomingMessage, address: ClientAddress): Release {
    const { guard, limits } = this.#options;
    const release = limits.enter(address.key);
    try {
      guard.checkHost(address);
      const site = request.headers['sec-fetch-site'];
      guard.checkPage(request.headers.origin, typeof site === 'string' ? site : undefined, address);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  #open(
    websocket: WebSocket,
    client: Socket,
    {
      request,
      targetName,
      address,
    }: { request: IncomingMessage; targetName: string | null; address: ClientAddress },
  ): void {
    const { admission, keepalive, observer, timeouts } = this.#options;
    let releaseToken: Release = () => {};
    let gone = false;
    let admitted: AdmittedChannel | undefined;
    let begins = false;
    let linked = false;
    let connected = false;
    /** While draining, only channels of sessions that run. Where no token tells, a main channel begins a session. */
    const mayGoOn = (): boolean =>
      !this.#draining ||
      admitted === undefined ||
      (this.#options.runs(address.ip, admitted) && !(begins && admitted.sessionId === undefined));
    const admit = async (signal: AbortSignal): Promise<SpiceGrant> => {
      const grant = await admission.admit({ request, targetName, ip: address.ip }, signal);
      const { sessionId, limits, release = () => {} } = grant;
      if (gone || signal.aborted) {
        release();
        return grant;
      }
      releaseToken = release;
      admitted = { ...grant, targetName: grant.provider.name };
      if (!mayGoOn()) throw new BridgeError('bridge-draining');
      if (sessionId !== undefined) {
        const leave = this.#options.limits.enterToken(sessionId, limits?.connections);
        releaseToken = () => {
          leave();
          release();
        };
      }
      channel.admitted(admitted);
      return grant;
    };
    const tunnel = new Tunnel({
      websocket,
      client,
      admit,
      ...timeouts(),
      onLinked: (hello) => {
        begins = hello === null || hello.channelType === channelType.main || hello.connectionId === 0;
        linked = true;
        inbound.greeted();
        if (connected) inbound.linked();
        if (mayGoOn()) channel.linked(hello);
        else tunnel.end(new BridgeError('bridge-draining'));
      },
      onConnected: (milliseconds) => {
        connected = true;
        if (linked) inbound.linked();
        channel.connected(milliseconds);
      },
      onBrowserGone: (reason, cause) => {
        gone = true;
        releaseToken();
        channel.closed(reason, cause);
        this.#browsers--;
        if (this.#browsers === 0) this.#onEmpty();
      },
      onClosed: () => this.#tunnels.delete(tunnel),
    });
    const channel = observer.opened({
      ip: address.ip,
      addressKey: address.key,
      get bytesToBrowser() {
        return tunnel.bytesToBrowser;
      },
      get bytesToServer() {
        return tunnel.bytesToServer;
      },
      end: (error) => tunnel.end(error),
    });
    keepalive.add(websocket, client, () => tunnel.terminate('client-lost'));
    const inbound = this.#options.inbound.add(websocket, client, {
      onFlood: () => tunnel.end(new BridgeError('client-flood')),
      onEvicted: () => tunnel.terminate('client-flood'),
    });
    this.#browsers++;
    this.#tunnels.add(tunnel);
  }

  #refuse(request: IncomingMessage, client: Socket, head: Buffer, error: BridgeError): void {
    if (this.#refused.size >= REFUSED_LIMIT) {
      endWith(client, '503 Service Unavailable', 'Retry-After: 60\r\n');
      return;
    }
    this.#server.handleUpgrade(request, client, head, (websocket) => {
      this.#refused.add(websocket);
      websocket.on('error', () => {});
      websocket.on('close', () => this.#refused.delete(websocket));
      const terminate = (): void => websocket.terminate();
      this.#options.inbound.add(websocket, client, { onFlood: terminate, onEvicted: terminate });
      websocket.close(error.closeCode || CLOSE.broken, error.message);
    });
  }

  /**
   * Takes no new sessions from now on. Those that run go on, with late channels too, until they end, but at most
   * `timeout` milliseconds; then what is left is closed with 1001.
   */
  async drain(timeout: number): Promise<void> {
    this.#draining = true;
    await this.#empty(timeout);
    const goodbye = new BridgeError('bridge-draining');
    for (const tunnel of this.#tunnels) tunnel.end(goodbye);
    await this.#empty(CLOSE_TIMEOUT);
    for (const tunnel of this.#tunnels) tunnel.terminate();
    for (const websocket of this.#refused) websocket.terminate();
  }

  /** Waits until all browsers are gone. */
  async #empty(timeout: number): Promise<void> {
    if (this.#browsers === 0 || timeout === 0) return;
    const timer = setTimeout(() => this.#onEmpty(), timeout);
    await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    clearTimeout(timer);
  }
}

function endWith(client: Socket, status: string, headers = ''): void {
  client.end(`HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    client.destroy(),
  );
}
