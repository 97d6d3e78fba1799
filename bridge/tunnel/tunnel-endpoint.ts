import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { BridgeError, CLOSE } from '../config/bridge-error.ts';
import type { TargetList } from '../targets/target-list.ts';
import { originAllowed } from './origin.ts';
import type { SpiceGrant } from './spice-grant.ts';
import { Tunnel } from './tunnel.ts';

export interface TunnelEndpointOptions {
  readonly targets: TargetList;
  readonly allowOrigins: readonly string[];
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Bytes. */
  readonly maxMessage: number;
}

/**
 * The target's name in a tunnel's path: `/spice/NAME`; `null` for `/spice` and `/websockify`, which name none;
 * undefined for other paths and for broken percent-encodings.
 */
export function tunnelPath(path: string): string | null | undefined {
  if (path === '/spice' || path === '/websockify') return null;
  const match = /^\/spice\/([^/]+)$/.exec(path);
  if (match?.[1] === undefined) return undefined;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
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
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: options.maxMessage,
      handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
    });
  }

  /** Browsers connected to a target. */
  get size(): number {
    return this.#browsers;
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
      client.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
        client.destroy(),
      );
      return;
    }
    this.#server.handleUpgrade(request, client, head, (websocket) => {
      try {
        const provider = this.#admit(request, name);
        this.#open(websocket, client, () => Promise.resolve({ provider }));
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        this.#refuse(websocket, error);
      }
    });
  }

  /** Every check between a request and a target, in order. */
  #admit(request: IncomingMessage, name: string | null): ReturnType<TargetList['find']> {
    if (this.#draining) throw new BridgeError('bridge-draining');
    const { origin, host } = request.headers;
    if (!originAllowed(origin, host, this.#options.allowOrigins)) throw new BridgeError('origin-refused');
    return this.#options.targets.find(name ?? undefined);
  }

  #open(websocket: WebSocket, client: Socket, admit: () => Promise<SpiceGrant>): void {
    const tunnel = new Tunnel({
      websocket,
      client,
      admit,
      connectTimeout: this.#options.connectTimeout,
      onBrowserGone: () => {
        this.#browsers -= 1;
        if (this.#browsers === 0) this.#onEmpty();
      },
      onClosed: () => this.#tunnels.delete(tunnel),
    });
    this.#browsers += 1;
    this.#tunnels.add(tunnel);
  }

  #refuse(websocket: WebSocket, error: BridgeError): void {
    this.#refused.add(websocket);
    websocket.on('error', () => {});
    websocket.on('close', () => this.#refused.delete(websocket));
    websocket.close(error.closeCode || CLOSE.broken, error.message);
  }

  /** Says goodbye to every client and waits until they are gone, but at most `timeout` milliseconds. */
  async drain(timeout: number): Promise<void> {
    this.#draining = true;
    const goodbye = new BridgeError('bridge-draining');
    for (const tunnel of this.#tunnels) tunnel.close(CLOSE.draining, goodbye.message);
    if (this.#browsers > 0) {
      const timer = setTimeout(() => this.#onEmpty(), timeout);
      await new Promise<void>((resolve) => (this.#onEmpty = resolve));
      clearTimeout(timer);
    }
    for (const tunnel of this.#tunnels) tunnel.terminate();
    for (const websocket of this.#refused) websocket.terminate();
  }
}
