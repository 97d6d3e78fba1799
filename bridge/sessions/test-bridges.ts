/** Bridges that want tokens, in front of a server that echoes, for tests. */
import type { Server } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { BridgeConfig } from '../config/options.ts';
import type { Bridge } from '../create-bridge.ts';
import { bridgeTo, linkMessage, listen, TestClient } from '../testing/test-kit.ts';
import { fileWith, secret } from './test-tokens.ts';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';

export interface TokenBridges {
  /** The URI of the server behind the targets `lab` and `other`. */
  readonly echo: string;
  /** Takes tokens of `test-tokens.ts`, and has an admin API. */
  start(config?: Partial<BridgeConfig>): Promise<Bridge>;
}

/** To be called at a test file's top: bridges end with each test, the server with the last. */
export function useTokenBridges(): TokenBridges {
  const bridges: Bridge[] = [];
  const adminTokenFile = fileWith(`${ADMIN_TOKEN}\n`);
  const jwtSecretFile = fileWith(secret);
  const adminListen = { host: '127.0.0.1', port: 0 };
  let server: (Server & { port: number }) | undefined;
  beforeAll(async () => {
    server = await listen((socket) => socket.pipe(socket));
  });
  afterEach(async () => {
    await Promise.all(bridges.splice(0).map((bridge) => bridge.close('atOnce')));
  });
  afterAll(() => server?.close());
  return {
    get echo() {
      return `spice://127.0.0.1:${server?.port}`;
    },
    async start(config = {}) {
      const bridge = await bridgeTo(
        { lab: this.echo, other: this.echo },
        { jwtSecretFile, adminListen, adminTokenFile, ...config },
      );
      bridges.push(bridge);
      return bridge;
    },
  };
}

export function bearer(token: string): { protocols: string[] } {
  return { protocols: ['binary', `bearer.${token}`] };
}

/** Opens a channel and sees it echo; it stays open. */
export async function works(bridge: Bridge, token: string, path = 'spice', type = 1): Promise<TestClient> {
  const client = new TestClient(`${bridge.url}${path}`, bearer(token));
  await client.opened();
  client.websocket.send(linkMessage(type));
  await client.until(34);
  return client;
}

export function refusal(
  bridge: Bridge,
  token: string,
  path = 'spice',
): Promise<{ code: number; reason: string }> {
  return new TestClient(`${bridge.url}${path}`, bearer(token)).closed;
}

/** A request to the admin API. */
export async function admin(
  bridge: Bridge,
  method: string,
  path: string,
  body?: unknown,
  token = ADMIN_TOKEN,
): Promise<{ status: number; body: any }> {
  const response = await fetch(`http://127.0.0.1:${bridge.adminPort}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

export async function mint(bridge: Bridge, claims: object = { target: 'lab' }): Promise<any> {
  return (await admin(bridge, 'POST', '/tokens', { ttl: 600, ...claims })).body;
}
