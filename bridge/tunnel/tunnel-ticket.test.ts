import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../demo/demo-server.ts';
import type { Bridge } from '../create-bridge.ts';
import { makeCertificates, type TestCertificates } from '../testing/test-certificates.ts';
import { bridgeTo, linkAsClient, linkReply, listen, settled, TestClient } from '../testing/test-kit.ts';

const PASSWORD = 'geheim ß';
let folder: string;
let demo: DemoServer;
let certificates: TestCertificates;
const servers: Server[] = [];
const bridges: Bridge[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-ticket-'));
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
  writeFileSync(join(folder, 'wrong'), 'wrong');
  demo = await startDemoServer({ password: PASSWORD, animate: false });
  certificates = makeCertificates();
});
afterAll(async () => {
  await demo.close();
  certificates.remove();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  for (const server of servers.splice(0)) server.close();
});

async function open(uri: string, connectTimeout = 10): Promise<TestClient> {
  const bridge = await bridgeTo({ lab: uri }, { connectTimeout });
  bridges.push(bridge);
  return new TestClient(`${bridge.url}spice/lab`).opened();
}

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server = await listen(onSocket);
  servers.push(server);
  return server.port;
}

function withPassword(port: number, file = 'password'): string {
  return `spice://127.0.0.1:${port}?password-file=${join(folder, file)}`;
}

/** A TLS port in front of the demo server. */
async function tlsPort(): Promise<number> {
  const server = createTlsServer(certificates.issue('/CN=x'), (socket) => {
    const plain = connect(demo.port, '127.0.0.1');
    socket.pipe(plain).pipe(socket);
    plain.on('error', () => socket.destroy());
    socket.on('error', () => plain.destroy());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

describe('a password in the bridge', () => {
  it('opens the session for a client that has none, and messages flow', async () => {
    const client = await open(withPassword(demo.port));
    const { result } = await linkAsClient(client, 1);
    expect(result.miniHeader).toBe(true);
    // MAIN_INIT (103) comes unasked, with a mini header.
    const linked = 16 + 178 + 4 * (result.serverCommonCaps.length + result.serverChannelCaps.length) + 4;
    expect((await client.until(linked + 6)).readUInt16LE(linked)).toBe(103);
    expect(demo.sessionCount).toBe(1);
  });

  it('may come from a .vv file', async () => {
    const file = join(folder, 'lab.vv');
    writeFileSync(
      file,
      `[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=${demo.port}\npassword=${PASSWORD}\n`,
    );
    const { result } = await linkAsClient(await open(file), 1);
    expect(result.miniHeader).toBe(true);
  });

  it('that is wrong is told in words, and the client gets no byte', async () => {
    const client = await open(withPassword(demo.port, 'wrong'));
    await expect(linkAsClient(client, 1)).rejects.toThrow('closed');
    expect(await client.closed).toEqual({
      code: 1011,
      reason: 'The target refused the password that the bridge has: it is wrong or has expired.',
    });
    expect(client.size).toBe(0);
  });

  it('goes over to TLS with a server that asks for it, and is not sent in between', async () => {
    const got: Buffer[] = [];
    const plain = await serve((socket) => {
      socket.on('data', (data) => got.push(data));
      socket.once('data', () => socket.write(linkReply(5)));
    });
    const client = await open(`${withPassword(plain)}&tls-port=${await tlsPort()}&ca=${certificates.caFile}`);
    expect((await linkAsClient(client, 1)).result.miniHeader).toBe(true);
    // The link message and nothing more.
    expect(Buffer.concat(got).length).toBe(16 + 18 + 4);
  });

  it('does not hide what the server says about the channel', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.end(linkReply(9))));
    const client = await open(withPassword(port));
    await expect(linkAsClient(client, 5)).rejects.toMatchObject({ name: 'LinkError', kind: 'channel' });
    expect((await client.closed).code).toBe(1000);
  });
});

describe('hostile servers', () => {
  const noise = (size: number): Buffer => Buffer.alloc(size, 'noise');
  it.each<[string, (socket: Socket) => void, string]>([
    [
      'speaks HTTP',
      (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      "The target's answer is not SPICE's.",
    ],
    [
      'sends noise without end',
      (socket) => void flood(socket, noise(1 << 20)),
      "The target's answer is not SPICE's.",
    ],
    [
      'announces four gigabytes',
      (socket) => void socket.write(huge()),
      "The target's answer is not SPICE's.",
    ],
    [
      'sends a reply full of zeros',
      (socket) => void socket.write(linkReply(0)),
      "The target's answer is not SPICE's.",
    ],
    ['hangs up', (socket) => void socket.end(), 'The target hung up before it said anything.'],
    [
      'hangs up within the reply',
      (socket) => void socket.end(linkReply(0).subarray(0, 99)),
      'The target hung up',
    ],
    ['says nothing', () => {}, 'The target did not answer in time.'],
    [
      'says half',
      (socket) => void socket.write(linkReply(0).subarray(0, 99)),
      'The target did not answer in time.',
    ],
  ])('one that %s ends in words', async (_what, behave, reason) => {
    const port = await serve((socket) => void socket.once('data', () => behave(socket)));
    const client = await open(withPassword(port), 1);
    await expect(linkAsClient(client, 1)).rejects.toThrow('closed');
    const closed = await client.closed;
    expect(closed.code).toBe(1011);
    expect(closed.reason).toContain(reason);
    expect(client.size).toBe(0);
  });

  it('half-open: one whose half is closed still gets the last bytes and the end', async () => {
    let ended = false;
    const port = await serve((socket) => socket.resume().once('end', () => (ended = true)));
    const client = await open(withPassword(port), 1);
    void linkAsClient(client, 1).catch(() => {});
    expect((await client.closed).code).toBe(1011);
    await expect.poll(() => ended).toBe(true);
  });
});

describe('clients', () => {
  it('that say nothing are ended in time, and the server is not asked', async () => {
    let asked = 0;
    const port = await serve(() => void asked++);
    const client = await open(withPassword(port), 1);
    expect(await client.closed).toEqual({
      code: 1008,
      reason: 'The client did not say which channel it wants.',
    });
    expect(asked).toBe(0);
  });

  it('that stop before their ticket are ended in time, and what the server says meanwhile is not piled up', async () => {
    let sent = 0;
    // Behind a true link stage the server talks without end.
    const port = await serve((socket) => {
      const real = connect(demo.port, '127.0.0.1');
      socket.pipe(real);
      let seen = 0;
      real.on('error', () => socket.destroy());
      real.on('data', (data) => {
        seen += data.length;
        socket.write(data);
        if (seen < 250) return;
        real.removeAllListeners('data').resume();
        const more = (): void => {
          sent += 1 << 20;
          if (sent < 256 << 20) socket.write(Buffer.alloc(1 << 20), more);
        };
        more();
      });
    });
    const client = await open(withPassword(port), 2);
    client.websocket.send(Buffer.concat([clientLink()]));
    await client.until(178);
    expect(await settled(() => sent)).toBeLessThan(64 << 20);
    expect((await client.closed).reason).toBe('The client did not say which channel it wants.');
  });

  it('that do not speak SPICE are told so', async () => {
    const client = await open(withPassword(demo.port));
    client.websocket.send(Buffer.from('GET / HTTP/1.1\r\n'));
    expect(await client.closed).toEqual({ code: 1008, reason: 'The client does not speak SPICE.' });
  });
});

function clientLink(): Buffer {
  const bytes = Buffer.alloc(16 + 18 + 4);
  bytes.write('REDQ', 0, 'latin1');
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(22, 12);
  bytes[20] = 1;
  bytes.writeUInt32LE(1, 22);
  bytes.writeUInt32LE(18, 30);
  bytes.writeUInt32LE(9, 34);
  return bytes;
}

function huge(): Buffer {
  const bytes = linkReply(0);
  bytes.writeUInt32LE(0xffffffff, 12);
  return bytes;
}

function flood(socket: Socket, chunk: Buffer): void {
  const write = (): void => {
    if (!socket.destroyed) socket.write(chunk, () => setImmediate(write));
  };
  write();
}

it('TLS below 1.2 is not spoken', async () => {
  const server = createTlsServer({
    ...certificates.issue('/CN=x'),
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  // It is there for those who do.
  const old = connectTls({
    port,
    host: '127.0.0.1',
    minVersion: 'TLSv1.1',
    ca: certificates.ca,
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await new Promise((resolve) => old.once('secureConnect', resolve));
  old.destroy();
  const client = await open(`spice+tls://127.0.0.1:${port}?ca=${certificates.caFile}`);
  expect((await client.closed).reason).toBe('The target did not complete the TLS handshake.');
});
