/** The limits as a browser meets them: close code and sentence. */
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { BridgeConfig } from '../config/options.ts';
import type { Bridge } from '../create-bridge.ts';
import { bridgeTo, linkMessage, listen, TestClient } from '../testing/test-kit.ts';

let server: Server & { port: number };
let bridge: Bridge;

beforeAll(async () => {
  server = await listen((socket) => socket.pipe(socket));
});
afterAll(() => server.close());
afterEach(() => bridge.close('atOnce'));

async function start(config: Partial<BridgeConfig>): Promise<void> {
  bridge = await bridgeTo({ lab: `spice://127.0.0.1:${server.port}` }, { metrics: 'main', ...config });
}

async function channel(type: number = channelType.main): Promise<TestClient> {
  const client = await new TestClient(`${bridge.url}spice/lab`).opened();
  client.websocket.send(linkMessage(type));
  return client;
}

it.each<[Partial<BridgeConfig>, number, string]>([
  [{ maxConnections: 1 }, 1013, 'The bridge is full; try again later.'],
  [{ maxConnectionsPerIp: 1 }, 1008, 'Too many connections from your address.'],
  [{ connectionRate: 1 }, 1013, 'Too many new connections from your address; try again in a minute.'],
])('the second connection with %j', async (config, code, reason) => {
  await start({ metrics: 'main', ...config });
  const first = await channel();
  await first.until(34);
  expect(await (await channel()).closed).toEqual({ code, reason });
  first.websocket.send(Buffer.from('still here'));
  await first.until(44);
  expect(await (await fetch(`${bridge.url}metrics`)).text()).toMatch(
    /spice_bridge_errors_total\{code="limit-\w+"\} 1\n/,
  );
});

it('a place is free again when a connection ends', async () => {
  await start({ maxConnections: 1, connectionRate: 0 });
  const first = await channel();
  await first.until(34);
  first.websocket.close(1000);
  await first.closed;
  await expect
    .poll(async () =>
      (await channel()).until(34).then(
        ({ length }) => length,
        () => 0,
      ),
    )
    .toBe(34);
});

it('a session at its end, and one that nobody uses', async () => {
  await start({ sessionTimeout: 1 });
  expect(await (await channel()).closed).toEqual({
    code: 1008,
    reason: 'The session has reached its time limit.',
  });
  await bridge.close('atOnce');
  await start({ idleTimeout: 1 });
  expect(await (await channel(channelType.inputs)).closed).toEqual({
    code: 1008,
    reason: 'The session ended because nobody used it.',
  });
});

it('a client that never says what it wants', async () => {
  await start({ handshakeTimeout: 1 });
  const client = await new TestClient(`${bridge.url}spice/lab`).opened();
  expect(await client.closed).toEqual({
    code: 1008,
    reason: 'The client did not say which channel it wants.',
  });
});

it('a client that does not take what it asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spice-viewer-slow-'));
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/large.bin'), Buffer.alloc(64 << 20)); // more than the system's buffers hold
  await start({ handshakeTimeout: 1, appDir: folder });
  const socket = connect(bridge.port, bridge.host);
  socket.on('error', () => {});
  socket.write('GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'readable');
  await new Promise((resolve) => setTimeout(resolve, 3000)); // it reads no more; then only what was on its way is left
  let size = 0;
  socket.on('data', (data: Buffer) => (size += data.length));
  await once(socket, 'close');
  expect(size).toBeLessThan(64 << 20);
  rmSync(folder, { recursive: true });

  // WebSockets may be quiet for longer.
  const quiet = await channel();
  await quiet.until(34);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  quiet.websocket.send(Buffer.from('still here'));
  await quiet.until(44);
});
