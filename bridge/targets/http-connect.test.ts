import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Bridge } from '../create-bridge.ts';
import { bridgeTo, closedPort, listen, pattern, settled, TestClient } from '../testing/test-kit.ts';
import { connectRequest, isProxiedHost, parseProxyUrl } from './http-connect.ts';

const servers: Server[] = [];
const bridges: Bridge[] = [];
afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  for (const server of servers.splice(0)) server.close();
});

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server = await listen(onSocket);
  servers.push(server);
  return server.port;
}

/** A proxy that answers `head` and then is an echo, or whatever `then` makes of the rest. */
async function proxy(
  head: string | Buffer,
  then: (socket: Socket) => void = (socket) => void socket.pipe(socket),
  seen: string[] = [],
): Promise<number> {
  return serve((socket) => {
    let request = '';
    const onData = (data: Buffer): void => {
      request += data.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      seen.push(request);
      socket.off('data', onData);
      socket.write(head);
      then(socket);
    };
    socket.on('data', onData);
  });
}

async function open(uri: string, connectTimeout = 10): Promise<TestClient> {
  const bridge = await bridgeTo({ lab: uri }, { connectTimeout });
  bridges.push(bridge);
  return new TestClient(`${bridge.url}spice/lab`).opened();
}

describe('a CONNECT proxy', () => {
  it.each([
    ['HTTP/1.0 200 OK\r\n\r\n'],
    ['HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n'],
    ['HTTP/1.0 200 OK\n\n'],
  ])('that says %j carries bytes both ways', async (head) => {
    const seen: string[] = [];
    const port = await proxy(head, undefined, seen);
    const client = await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`);
    const all = pattern(3_000_000);
    client.sendAll(all);
    expect((await client.until(all.length)).equals(all)).toBe(true);
    expect(seen[0]).toBe(
      'CONNECT vm.lab:5900 HTTP/1.0\r\nHost: vm.lab:5900\r\nProxy-Connection: keep-alive\r\nUser-Agent: spice-viewer\r\n\r\n',
    );
  });

  it('may send the head in pieces and the first bytes of the target with it', async () => {
    const port = await proxy('', (socket) => {
      void (async () => {
        for (const byte of Buffer.from('HTTP/1.0 200 OK\r\n\r')) {
          socket.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.write('\nfirst words');
      })();
    });
    const client = await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`);
    expect((await client.until(11)).toString()).toBe('first words');
  });

  it('is told name and password of its URL', async () => {
    const seen: string[] = [];
    const port = await proxy('HTTP/1.0 200 OK\r\n\r\n', undefined, seen);
    const client = await open(`spice://vm.lab:5900?proxy=http://us%2565r:p%2540ss@127.0.0.1:${port}`);
    client.websocket.send(Buffer.from('x'));
    await client.until(1);
    expect(seen[0]).toContain(
      `Proxy-Authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}\r\n`,
    );
  });

  it('keeps the backpressure in both directions', async () => {
    const total = 96 << 20;
    const chunk = pattern(1 << 20);
    let sent = 0;
    let server: Socket | undefined;
    const port = await proxy('HTTP/1.0 200 OK\r\n\r\n', (socket) => {
      server = socket;
      const write = (): void => {
        while (sent < total) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', write);
        }
      };
      socket.once('data', write);
    });
    const client = await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`);
    client.websocket.pause();
    client.websocket.send(Buffer.of(1));
    await expect.poll(() => sent).toBeGreaterThan(0);
    expect(await settled(() => sent)).toBeLessThan(total / 2);
    server?.pause();
    for (let given = 0; given < total; given += chunk.length) client.sendAll(chunk);
    expect(await settled(() => client.websocket.bufferedAmount)).toBeGreaterThan(total / 2);
    client.websocket.resume();
    await client.until(total);
    server?.resume();
    await expect.poll(() => client.websocket.bufferedAmount, { timeout: 15_000 }).toBe(0);
  });

  it('whose target ends the session ends the tunnel after the last bytes', async () => {
    const port = await proxy('HTTP/1.0 200 OK\r\n\r\n', (socket) => void socket.end('bye'));
    const client = await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`);
    expect((await client.closed).code).toBe(1000);
    expect(client.received.toString()).toBe('bye');
  });
});

describe('a proxy that does not connect', () => {
  const long = `HTTP/1.0 200 OK\r\n${'X: y\r\n'.repeat(2000)}\r\n`;
  it.each<[string, string | Buffer, string]>([
    ['401', 'HTTP/1.0 401 invalid ticket\r\n\r\n', 'refused the ticket'],
    ['407', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'refused the ticket'],
    ['502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'did not connect to it'],
    ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n', 'did not connect to it'],
    ['a head that is too long', long, 'is no HTTP proxy'],
    ['noise', Buffer.alloc(100_000, 'noise'), 'is no HTTP proxy'],
    ['noise behind HTTP', 'HTTP/9.9 200 OK\r\n\r\n', 'is no HTTP proxy'],
  ])('but answers %s is told about', async (_what, head, reason) => {
    const port = await proxy(head, () => {});
    const closed = await (await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`)).closed;
    expect(closed.code).toBe(1011);
    expect(closed.reason).toContain(reason);
  });

  it('because it hangs up', async () => {
    const port = await serve((socket) => socket.end());
    const closed = await (await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`)).closed;
    expect(closed.reason).toBe('What is in front of the target is no HTTP proxy, or it hung up.');
  });

  it('because it is not there', async () => {
    const closed = await (
      await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${await closedPort()}`)
    ).closed;
    expect(closed.reason).toBe('The proxy in front of the target cannot be reached.');
  });

  it('because it says nothing', async () => {
    const port = await serve((socket) => socket.resume());
    const closed = await (await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`, 1)).closed;
    expect(closed.reason).toContain('did not answer in time');
  });
});

describe('what goes into the request', () => {
  it.each([
    'a\r\nX: y',
    'a\nb',
    'a b',
    'a\0',
    '',
    'ü',
    'a/b',
    'a@b',
    '[::1]',
    '-x',
    'a'.repeat(513),
    'a%0d%0a',
    '127.0.0.1:22',
    'vm.lab:22',
  ])('is never %j', (host) => {
    expect(isProxiedHost(host)).toBe(false);
    expect(() => connectRequest({ host: 'p', port: 1, credentials: undefined }, host, 1)).toThrow(TypeError);
  });

  it.each(['vm.lab', '10.0.0.1', '::1', 'fd00::1', 'pvespiceproxy:4f3c2a1b:100:pve-1::0123456789abcdef'])(
    'may be %s',
    (host) => expect(isProxiedHost(host)).toBe(true),
  );

  it('is always four or five lines', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' })),
        (host, credentials) => {
          if (!isProxiedHost(host)) return;
          const request = connectRequest(
            { host: 'p', port: 1, credentials: credentials ?? undefined },
            host,
            5900,
          );
          expect(request.split('\r\n')).toHaveLength(credentials === null ? 6 : 7);
          expect(request.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('puts IPv6 into brackets', () => {
    const request = connectRequest({ host: 'p', port: 1, credentials: undefined }, '::1', 5900);
    expect(request).toContain('CONNECT [::1]:5900 HTTP/1.0\r\nHost: [::1]:5900\r\n');
  });

  it('cannot be smuggled in through a target', async () => {
    for (const host of ['a%0d%0aX', 'a\r\nX: y']) {
      await expect(bridgeTo({ lab: `spice://${host}:1?proxy=http://p:1` })).rejects.toMatchObject({
        code: 'bad-target',
      });
    }
  });
});

describe('parseProxyUrl', () => {
  it.each([
    '',
    'p:3128',
    'https://p:3128',
    'http://a%zz@p:1',
    'socks5://p:1',
    'http://p:1/path',
    'http://p:1?x',
    'http://p:1#x',
    'http://:1',
  ])('refuses %j', (text) => expect(parseProxyUrl(text)).toBeTypeOf('string'));
  it.each([
    ['http://p:3128', { host: 'p', port: 3128 }],
    ['http://[::1]:3128/', { host: '::1', port: 3128 }],
    ['http://p', { host: 'p', port: 80 }],
  ])('reads %s', (text, parts) => expect(parseProxyUrl(text)).toMatchObject(parts));
});

it('a half-open proxy connection does not outlive the browser', async () => {
  let ended = false;
  const port = await serve(
    (socket) =>
      void socket
        .resume()
        .once('end', () => (ended = true))
        .once('close', () => (ended = true)),
  );
  const client = await open(`spice://vm.lab:5900?proxy=http://127.0.0.1:${port}`);
  await expect.poll(() => bridges[0]?.tunnels).toBe(1);
  client.websocket.terminate();
  await expect.poll(() => ended).toBe(true);
  const late = connect(port, '127.0.0.1');
  await once(late, 'connect');
  late.destroy();
});
