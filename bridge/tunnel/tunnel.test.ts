import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeConfig } from '../config/options.ts';
import type { Bridge } from '../create-bridge.ts';
import { borrowedBuffers } from './frame-reader.ts';
import { bridgeTo, closedPort, listen, pattern, readAll, settled, TestClient } from '../testing/test-kit.ts';

const servers: Server[] = [];
const bridges: Bridge[] = [];

afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  for (const server of servers.splice(0)) server.close();
});

async function serve(onSocket: (socket: Socket) => void, path?: string): Promise<string> {
  const server = await listen(onSocket, path);
  servers.push(server);
  return path === undefined ? `spice://127.0.0.1:${server.port}` : `spice+unix://${path}`;
}

async function start(uri: string, config: Partial<BridgeConfig> = {}): Promise<string> {
  const bridge = await bridgeTo({ lab: uri }, config);
  bridges.push(bridge);
  return `${bridge.url}spice/lab`;
}

function socketPath(): string {
  return join(tmpdir(), `spice-viewer-test-${process.pid}-${Math.random().toString(36).slice(2)}`);
}

describe('bytes', () => {
  it('come back intact whatever the sizes of messages and writes', async () => {
    const url = await start(await serve((socket) => socket.pipe(socket)), { maxMessage: 4 << 20 });
    const size = fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 65535, 65536, 65537, 300_000), fc.nat(3000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(size, fc.boolean()), { minLength: 1, maxLength: 12 }),
        async (pieces) => {
          const greeting = 16;
          const all = pattern(pieces.reduce((sum, [length]) => sum + length, greeting));
          const client = await new TestClient(url).opened();
          let at = greeting;
          client.websocket.send(all.subarray(0, greeting));
          for (const [index, [length, fin]] of pieces.entries()) {
            client.websocket.send(all.subarray(at, (at += length)), {
              fin: fin || index === pieces.length - 1,
            });
          }
          expect((await client.until(all.length)).equals(all)).toBe(true);
          client.websocket.close();
          await client.closed;
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of several busy servers do not mix, also when browsers stop reading now and then', async () => {
    const size = 24 << 20;
    let seeds = 0;
    const url = await start(
      await serve((socket) => {
        socket.once('data', (request) => socket.end(pattern(size, request[0])));
      }),
    );
    await Promise.all(
      [1, 2, 3, 4].map(async (seed) => {
        const client = await new TestClient(url).opened();
        client.websocket.on('message', () => {
          if (seeds++ % 3 !== 0) return;
          client.websocket.pause();
          setImmediate(() => client.websocket.resume());
        });
        client.websocket.send(Buffer.from([seed]));
        expect((await client.closed).code).toBe(1000);
        expect(client.received.equals(pattern(size, seed))).toBe(true);
      }),
    );
    await settled(borrowedBuffers);
    expect(borrowedBuffers()).toBe(0);
  });

  it('that come with the handshake, before the target is connected, are kept', async () => {
    const got = new Promise<Buffer>((resolve) => {
      void serve((socket) => void readAll(socket).then(resolve)).then(async (uri) => {
        const { host, hostname, port } = new URL(await start(uri));
        const socket = connect(Number(port), hostname);
        const handshake =
          `GET /spice/lab HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
        const frame = Buffer.from([0x82, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
        const goodbye = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);
        socket.write(Buffer.concat([Buffer.from(handshake), frame]));
        // Once the target has been reached, the answer to the handshake is long there.
        servers[0]?.once('connection', () => socket.write(goodbye));
        socket.resume();
      });
    });
    expect([...(await got)]).toEqual([1, 2, 3, 4, 5]);
  });

  it('reach a host by name', async () => {
    const uri = (await serve((socket) => socket.pipe(socket))).replace('127.0.0.1', 'localhost');
    const client = await new TestClient(await start(uri)).opened();
    client.sendAll(pattern(300_000));
    expect((await client.until(300_000)).equals(pattern(300_000))).toBe(true);
  });

  it('reach a Unix socket and come back', async () => {
    const url = await start(await serve((socket) => socket.pipe(socket), socketPath()));
    const client = await new TestClient(url).opened();
    client.sendAll(pattern(100_000));
    expect((await client.until(100_000)).equals(pattern(100_000))).toBe(true);
  });
});

describe('backpressure', () => {
  it('a browser that does not read stops the server', async () => {
    const total = 96 << 20;
    const chunk = pattern(1 << 20);
    let sent = 0;
    // A Unix socket, as the kernel buffers little of it.
    const uri = await serve((socket) => {
      const write = (): void => {
        while (sent < total) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', write);
        }
      };
      socket.once('data', write);
    }, socketPath());
    const client = await new TestClient(await start(uri)).opened();
    client.websocket.pause();
    client.websocket.send(Buffer.from([1]));
    await expect.poll(() => sent).toBeGreaterThan(0);
    expect(await settled(() => sent)).toBeLessThan(total / 2);
    client.websocket.resume();
    await client.until(total);
  });

  it('a server that does not read stops the browser', async () => {
    const total = 96 << 20;
    let server: Socket | undefined;
    let got = 0;
    const uri = await serve((socket) => {
      socket.pause();
      socket.on('data', (data) => (got += data.length));
      server = socket;
    }, socketPath());
    const client = await new TestClient(await start(uri)).opened();
    const message = pattern(1 << 20);
    for (let sent = 0; sent < total; sent += message.length) client.sendAll(message);
    await expect.poll(() => server).toBeDefined();
    server?.pause();
    expect(await settled(() => client.websocket.bufferedAmount)).toBeGreaterThan(total / 2);
    server?.resume();
    await expect.poll(() => got, { timeout: 15_000 }).toBe(total);
  });

  it('an unconnected target stops an eager browser', async () => {
    // Both ports, so the bridge waits for a link message that never becomes complete.
    const uri = `spice://127.0.0.1:1?tls-port=2&secure-channels=main`;
    const client = await new TestClient(await start(uri, { connectTimeout: 600 })).opened();
    for (let count = 0; count < 20; count++) client.websocket.send(Buffer.from('R'));
    expect(client.websocket.readyState).toBe(client.websocket.OPEN);
    client.websocket.send(Buffer.from('x'));
    expect((await client.closed).reason).toBe('The client does not speak SPICE.');
  });
});

describe('the end', () => {
  it('of the server comes after its last bytes, as 1000', async () => {
    const last = pattern(5 << 20);
    const url = await start(await serve((socket) => socket.end(last)));
    const client = await new TestClient(url).opened();
    expect(await client.closed).toEqual({ code: 1000, reason: 'The server ended the session.' });
    expect(client.received.equals(last)).toBe(true);
  });

  it('of the browser comes after its last bytes', async () => {
    const all = pattern(3 << 20);
    const got = new Promise<Buffer>((resolve) => {
      void serve((socket) => void readAll(socket).then(resolve)).then(async (uri) => {
        const client = await new TestClient(await start(uri)).opened();
        client.sendAll(all);
        client.websocket.close();
      });
    });
    expect((await got).equals(all)).toBe(true);
  });

  it('of a browser that vanishes ends the connection to the server', async () => {
    const ended = new Promise<void>((resolve) => {
      void serve((socket) => socket.resume().once('end', resolve)).then(async (uri) => {
        const client = await new TestClient(await start(uri)).opened();
        await expect.poll(() => bridges[0]?.tunnels).toBe(1);
        client.websocket.terminate();
      });
    });
    await ended;
  });

  it('of a server that resets is 1011', async () => {
    const url = await start(await serve((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const client = await new TestClient(url).opened();
    client.websocket.send(Buffer.from('x'));
    expect(await client.closed).toEqual({
      code: 1011,
      reason: 'The target hung up before it said anything. It may expect TLS, or not be a SPICE server.',
    });
  });

  it('of the bridge is 1001, and all tunnels are gone', async () => {
    const url = await start(await serve((socket) => socket.resume()));
    const client = await new TestClient(url).opened();
    await expect.poll(() => bridges[0]?.tunnels).toBe(1);
    await bridges[0]?.close();
    expect(await client.closed).toEqual({ code: 1001, reason: 'The bridge is shutting down.' });
    expect(bridges[0]?.tunnels).toBe(0);
  });

  it('of the bridge leaves what a slow browser has not taken yet as it is', async () => {
    const all = pattern(64 << 20);
    let sent = 0;
    const url = await start(
      await serve((socket) => {
        const write = (): void => {
          while (sent < all.length) {
            if (!socket.write(all.subarray(sent, (sent += 1 << 20)))) return void socket.once('drain', write);
          }
        };
        socket.once('data', write);
      }),
      { drainTimeout: 10 },
    );
    const client = await new TestClient(url).opened();
    client.websocket.send(Buffer.from([1]));
    await client.until(1);
    client.websocket.pause();
    await settled(() => sent);
    const closed = bridges[0]?.close();
    await settled(() => sent);
    client.websocket.resume();
    expect((await client.closed).code).toBe(1001);
    expect(client.size).toBeGreaterThan(1 << 20);
    expect(client.received.equals(all.subarray(0, client.size))).toBe(true);
    await closed;
  });

  it('of the bridge does not wait for a browser that does not answer', async () => {
    const url = await start(await serve((socket) => socket.resume()));
    const client = await new TestClient(url).opened();
    client.websocket.pause();
    await bridges[0]?.close();
    expect(bridges[0]?.tunnels).toBe(0);
    client.websocket.resume();
    await client.closed;
  });
});

describe('refusals', () => {
  const reasonFor = async (url: string): Promise<{ code: number; reason: string }> =>
    new TestClient(url).closed;

  it('a closed port', async () => {
    const url = await start(`spice://127.0.0.1:${await closedPort()}`);
    expect(await reasonFor(url)).toEqual({
      code: 1011,
      reason: 'The target refused the connection. Check that it runs and that its port is right.',
    });
  });

  it('a name that does not resolve', async () => {
    const url = await start('spice://no-such-host.invalid:5900');
    expect(await reasonFor(url)).toEqual({ code: 1011, reason: "The target's name could not be resolved." });
  });

  it('a Unix socket that is not there', async () => {
    const url = await start(`spice+unix://${socketPath()}`);
    expect(await reasonFor(url)).toEqual({ code: 1011, reason: "The target's socket does not exist." });
  });

  it('a target that does not answer', async () => {
    // Accepts TCP, but never says a word of TLS.
    const uri = (await serve((socket) => socket.resume())).replace('spice:', 'spice+tls:');
    const url = await start(uri, { connectTimeout: 1 });
    expect(await reasonFor(url)).toEqual({
      code: 1011,
      reason: 'The target did not answer in time. Check that it runs and that its address is right.',
    });
  });

  it('text messages', async () => {
    const client = await new TestClient(await start(await serve((socket) => socket.resume()))).opened();
    client.websocket.send('hello');
    expect(await client.closed).toEqual({ code: 1008, reason: 'Only binary messages are accepted.' });
  });

  it('messages over the limit', async () => {
    const url = await start(await serve((socket) => socket.resume()), { maxMessage: 4096 });
    const client = await new TestClient(url).opened();
    client.websocket.send(Buffer.alloc(4097));
    expect((await client.closed).code).toBe(1009);
  });
});

it('answers pings', async () => {
  const client = await new TestClient(await start(await serve((socket) => socket.resume()))).opened();
  client.websocket.ping('are you there');
  const [data] = (await once(client.websocket, 'pong')) as [Buffer];
  expect(data.toString()).toBe('are you there');
});
