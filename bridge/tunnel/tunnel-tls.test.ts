import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../create-bridge.ts';
import { makeCertificates, type TestCertificates } from '../testing/test-certificates.ts';
import { bridgeTo, linkMessage, linkReply, listen, pattern, TestClient } from '../testing/test-kit.ts';

let certificates: TestCertificates;
let folder: string;
const servers: Server[] = [];
const bridges: Bridge[] = [];

beforeAll(() => {
  certificates = makeCertificates();
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-tls-'));
});

afterAll(() => {
  certificates.remove();
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  for (const server of servers.splice(0)) server.close();
});

async function serveTls(
  identity: { key: string; cert: string },
  onSocket: (socket: Socket) => void,
): Promise<number> {
  const server = createTlsServer(identity, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server = await listen(onSocket);
  servers.push(server);
  return server.port;
}

async function open(uri: string): Promise<TestClient> {
  const bridge = await bridgeTo({ lab: uri });
  bridges.push(bridge);
  return new TestClient(`${bridge.url}spice/lab`).opened();
}

function echo(socket: Socket): void {
  void socket.pipe(socket);
}
const SUBJECT = '/C=US/O=Lab/CN=spice.lab';

describe('verification', () => {
  it('accepts a certificate of the CA for the host', async () => {
    const port = await serveTls(certificates.issue(SUBJECT), echo);
    const client = await open(`spice+tls://127.0.0.1:${port}?ca=${certificates.caFile}`);
    client.sendAll(pattern(1_000_000));
    expect((await client.until(1_000_000)).equals(pattern(1_000_000))).toBe(true);
  });

  it('accepts the right subject for any host, parts in any order', async () => {
    const identity = certificates.issue(SUBJECT, { names: 'DNS:elsewhere' });
    const port = await serveTls(identity, echo);
    const subject = encodeURIComponent('CN=spice.lab, O=Lab, C=US');
    const client = await open(
      `spice+tls://127.0.0.1:${port}?ca=${certificates.caFile}&host-subject=${subject}`,
    );
    client.websocket.send(Buffer.from('hello'));
    expect((await client.until(5)).toString()).toBe('hello');
  });

  const CASES: [string, string, string, { names?: string; expired?: boolean }][] = [
    ['a CA that is not known', '', "The target's certificate could not be verified.", {}],
    ['another host', 'ca', "The target's certificate belongs to another host.", { names: 'DNS:elsewhere' }],
    ['another subject', 'ca&host-subject=C=US,O=Lab', "The target's certificate has another subject.", {}],
    ['the past', 'ca', "The target's certificate has expired.", { expired: true }],
    // The right subject does not help where the chain is not to be trusted.
    [
      'a CA that is not known, the subject right',
      'host-subject=C=US,O=Lab,CN=spice.lab',
      "The target's certificate could not be verified.",
      {},
    ],
  ];
  it.each(CASES)('refuses a certificate of %s', async (_, query, reason, options) => {
    let bytes = 0;
    const port = await serveTls(certificates.issue(SUBJECT, options), (socket) => {
      socket.on('data', (data) => (bytes += data.length));
    });
    const client = await open(
      `spice+tls://127.0.0.1:${port}?${query.replace(/^ca/, `ca=${certificates.caFile}`)}`,
    );
    client.websocket.send(linkMessage(1));
    expect(await client.closed).toEqual({ code: 1011, reason });
    expect(bytes).toBe(0);
  });

  it('refuses a server without TLS', async () => {
    const port = await serve((socket) => socket.end('hello, this is no TLS'));
    const client = await open(`spice+tls://127.0.0.1:${port}`);
    expect(await client.closed).toEqual({
      code: 1011,
      reason: 'The target did not complete the TLS handshake.',
    });
  });

  it('trusts only the CA that was given', async () => {
    const other = makeCertificates();
    try {
      const port = await serveTls(certificates.issue(SUBJECT), echo);
      const client = await open(`spice+tls://127.0.0.1:${port}?ca=${other.caFile}`);
      expect((await client.closed).reason).toBe("The target's certificate could not be verified.");
    } finally {
      other.remove();
    }
  });
});

describe('both ports', () => {
  /** Servers that record what comes and answer in single bytes. */
  async function pair(plainAnswer: Buffer): Promise<{ uri: string; plain: Buffer[]; secure: Buffer[] }> {
    const plain: Buffer[] = [];
    const secure: Buffer[] = [];
    const dribble = async (socket: Socket, bytes: Buffer): Promise<void> => {
      for (const byte of bytes.subarray(0, 24)) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.write(bytes.subarray(24));
    };
    const plainPort = await serve((socket) => {
      socket.on('data', (data) => plain.push(data));
      socket.once('data', () => void dribble(socket, plainAnswer));
    });
    const securePort = await serveTls(certificates.issue(SUBJECT), (socket) => {
      socket.on('data', (data) => {
        secure.push(data);
        socket.write(data);
      });
    });
    const uri = `spice://127.0.0.1:${plainPort}?tls-port=${securePort}&ca=${certificates.caFile}`;
    return { uri, plain, secure };
  }

  it('goes over to TLS when the server asks for it, and the browser does not notice', async () => {
    const { uri, plain, secure } = await pair(linkReply(5));
    const client = await open(uri);
    client.websocket.send(linkMessage(1).subarray(0, 7));
    client.websocket.send(linkMessage(1).subarray(7));
    // The TLS server echoes: exactly the link message comes back, nothing of the first answer.
    expect(await client.until(34)).toEqual(linkMessage(1));
    client.websocket.send(Buffer.from('more'));
    expect((await client.until(38)).subarray(34).toString()).toBe('more');
    expect(Buffer.concat(plain)).toEqual(linkMessage(1));
    expect(Buffer.concat(secure).toString('latin1')).toBe(`${linkMessage(1).toString('latin1')}more`);
  });

  it('stays on the plain port when the server is content', async () => {
    const { uri, secure } = await pair(linkReply(0));
    const client = await open(uri);
    client.websocket.send(linkMessage(2));
    expect(await client.until(194)).toEqual(linkReply(0));
    expect(secure).toEqual([]);
  });

  it('hands on any other error', async () => {
    const { uri } = await pair(linkReply(7));
    const client = await open(uri);
    client.websocket.send(linkMessage(1));
    expect(await client.until(194)).toEqual(linkReply(7));
  });

  it('hands on a short answer and the end', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.end('REDQ')));
    const client = await open(`spice://127.0.0.1:${port}?tls-port=1`);
    client.websocket.send(linkMessage(1));
    expect((await client.closed).code).toBe(1000);
    expect(client.received.toString()).toBe('REDQ');
  });

  it('connects secure channels over TLS at once and the others plainly', async () => {
    const { uri, plain, secure } = await pair(linkReply(0));
    const url = new URL(uri);
    const file = join(folder, 'lab.vv');
    const ca = certificates.ca.replaceAll('\n', '\\n');
    const ports = `port=${url.port}\ntls-port=${url.searchParams.get('tls-port')}`;
    writeFileSync(
      file,
      `[virt-viewer]\ntype=spice\nhost=127.0.0.1\n${ports}\nca=${ca}\nsecure-channels=main;inputs\ntitle=Lab\n`,
    );
    const bridge = await bridgeTo({ lab: file });
    bridges.push(bridge);
    const main = await new TestClient(`${bridge.url}spice/lab`).opened();
    for (const byte of linkMessage(1)) main.websocket.send(Buffer.of(byte));
    expect(await main.until(34)).toEqual(linkMessage(1));
    expect(plain).toEqual([]);
    const display = await new TestClient(`${bridge.url}spice/lab`).opened();
    display.websocket.send(linkMessage(2));
    expect(await display.until(194)).toEqual(linkReply(0));
    expect(Buffer.concat(secure).length).toBe(34);
  });
});
