import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { addressUrl } from '../config/address.ts';
import { BridgeError } from '../config/bridge-error.ts';
import { loadConfig } from '../config/load-config.ts';
import type { BridgeConfig } from '../config/options.ts';
import { TargetList } from '../targets/target-list.ts';
import { TunnelEndpoint } from '../tunnel/tunnel-endpoint.ts';
import { httpHandler } from './http-handler.ts';
import { staticFiles } from './static-files.ts';

/** The longest request head, in bytes: room for tokens and cookies. */
const MAX_HEAD = 16 * 1024;
/** How long a client may take to send a request's head, in milliseconds. */
const HEAD_TIMEOUT = 20_000;

export interface Bridge {
  readonly host: string;
  readonly port: number;
  /** `http://HOST:PORT/` */
  readonly url: string;
  /** Open tunnels. */
  readonly tunnels: number;
  /** Closes every WebSocket with 1001, waits for the clients, at most `drainTimeout`, and stops listening. Once. */
  close(): Promise<void>;
}

/**
 * Starts a bridge, for instance `createBridge({ listen: { host: '127.0.0.1', port: 0 }, targets: [{ name, uri }] })`.
 * Options that are left out have their standard values; `appDir` is then `dist` in the working directory.
 * @throws {BridgeError} `bad-target`, `listen-failed`
 */
export async function createBridge(options: Partial<BridgeConfig> = {}): Promise<Bridge> {
  const config = { ...loadConfig(), ...options };
  const targets = await TargetList.load(config.targets);
  const endpoint = new TunnelEndpoint({
    targets,
    allowOrigins: config.allowOrigins,
    connectTimeout: config.connectTimeout * 1000,
    maxMessage: config.maxMessage,
  });
  let ready = true;
  const server = createServer(
    { maxHeaderSize: MAX_HEAD, headersTimeout: HEAD_TIMEOUT, requestTimeout: HEAD_TIMEOUT, noDelay: true },
    httpHandler({
      files: staticFiles(config.appDir ?? 'dist'),
      targets: () => targets.describe(),
      ready: () => ready,
    }),
  );
  server.on('upgrade', (request, socket, head) => endpoint.upgrade(request, socket as Socket, head));

  const { host, port } = config.listen;
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    await targets.close();
    throw new BridgeError('listen-failed', `Cannot listen on ${host}, port ${port}: ${reason(error)}.`, {
      cause: error,
    });
  }
  const actual = { host, port: (server.address() as AddressInfo).port };

  const stop = async (): Promise<void> => {
    ready = false;
    // Still listening, so that load balancers see /readyz turn and late clients get a reason.
    await endpoint.drain(config.drainTimeout * 1000);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await targets.close();
  };
  let stopping: Promise<void> | undefined;
  return {
    ...actual,
    url: addressUrl(actual),
    get tunnels() {
      return endpoint.size;
    },
    close: () => (stopping ??= stop()),
  };
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'this user may not use the port';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name cannot be resolved';
  return message;
}
