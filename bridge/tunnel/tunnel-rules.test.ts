/** Targets from outside, through the tunnel: what the rules refuse is never connected to. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ClaimedTarget, targetFromClaims } from '../targets/claimed-target.ts';
import { TargetList } from '../targets/target-list.ts';
import { parseTargetRule, type TargetRule } from '../addresses/target-rule.ts';
import { type ResolveAll, TargetRules } from '../targets/target-rules.ts';
import { makeCertificates, type TestCertificates } from '../testing/test-certificates.ts';
import { linkMessage, listen, TestClient } from '../testing/test-kit.ts';
import { Tunnel } from './tunnel.ts';

let certificates: TestCertificates;
let targets: TargetList;
const servers: { close(): unknown }[] = [];
beforeAll(async () => {
  certificates = makeCertificates();
  targets = await TargetList.load([{ name: 'x', uri: 'spice://x:1' }]);
});
afterAll(() => certificates.remove());
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Given {
  claims: ClaimedTarget;
  allow?: string[];
  allowLoopback?: boolean;
  names?: Record<string, string>;
  channels?: ReadonlySet<number>;
}

/** A tunnel to a claimed target, without the endpoint's admission. */
async function open({
  claims,
  allow = [],
  allowLoopback = false,
  names = {},
  channels,
}: Given): Promise<TestClient> {
  const resolve: ResolveAll = (host, callback) =>
    callback(null, names[host] === undefined ? [] : [{ address: names[host], family: 4 }]);
  const rules = new TargetRules({
    allow: allow.map((text) => parseTargetRule(text) as TargetRule),
    deny: [],
    allowLoopback,
    resolve,
  });
  const websockets = new WebSocketServer({ noServer: true });
  const http: Server = createServer();
  http.on('upgrade', (request, client, head) => {
    websockets.handleUpgrade(request, client, head, (websocket) => {
      void new Tunnel({
        websocket,
        client: client as Socket,
        admit: async () => ({ provider: targetFromClaims(claims, { rules, targets }), channels }),
        connectTimeout: 10_000,
        handshakeTimeout: 10_000,
        onBrowserGone: () => {},
        onClosed: () => {},
      });
    });
  });
  http.listen(0, '127.0.0.1');
  servers.push(http);
  await once(http, 'listening');
  return new TestClient(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`).opened();
}

async function counting(): Promise<{ port: number; count: () => number }> {
  let count = 0;
  const server = await listen((socket) => {
    count++;
    socket.end('here');
  });
  servers.push(server);
  return { port: server.port, count: () => count };
}

const FORBIDDEN = { code: 1008, reason: 'This target is not among those that the bridge may connect to.' };

describe('a claimed target', () => {
  it.each<[string, (port: number) => Given]>([
    ['an address of loopback', (port) => ({ claims: { host: '127.0.0.1', port } })],
    ['loopback in IPv6', (port) => ({ claims: { host: '::ffff:127.0.0.1', port } })],
    [
      'a name that leads there',
      (port) => ({ claims: { host: 'evil.example', port }, names: { 'evil.example': '127.0.0.1' } }),
    ],
    [
      'an allowed name that leads there',
      (port) => ({ claims: { host: 'vm.lab', port }, names: { 'vm.lab': '127.0.0.1' }, allow: ['vm.lab'] }),
    ],
    ['localhost', (port) => ({ claims: { host: 'localhost', port }, names: { localhost: '127.0.0.1' } })],
    [
      'a proxy there',
      (port) => ({ claims: { host: 'vm.lab', port: 5900, proxy: `http://127.0.0.1:${port}` } }),
    ],
    [
      'a proxy whose name leads there',
      (port) => ({
        claims: { host: 'vm.lab', port: 5900, proxy: `http://p.example:${port}` },
        names: { 'p.example': '127.0.0.1' },
      }),
    ],
    ['another port', (port) => ({ claims: { host: '127.0.0.1', port }, allow: [`127.0.0.1:${port - 1}`] })],
    ['TLS there', (port) => ({ claims: { host: '127.0.0.1', tlsPort: port } })],
    ['a socket', () => ({ claims: { socket: '/run/docker.sock' } })],
  ])('at %s is refused and not connected to', async (_what, make) => {
    const server = await counting();
    const client = await open(make(server.port));
    client.websocket.send(linkMessage(1));
    expect(await client.closed).toEqual(FORBIDDEN);
    expect(server.count()).toBe(0);
  });

  it('that is allowed is connected to', async () => {
    const server = await counting();
    const named = await open({
      claims: { host: 'vm.lab', port: server.port },
      names: { 'vm.lab': '127.0.0.1' },
      allow: ['127.0.0.0/8'],
    });
    expect((await named.closed).code).toBe(1000);
    const loopback = await open({ claims: { host: '127.0.0.1', port: server.port }, allowLoopback: true });
    expect((await loopback.closed).code).toBe(1000);
    expect(server.count()).toBe(2);
  });
});

describe('channels of a session', () => {
  it('are opened only where it may', async () => {
    const server = await counting();
    const given = {
      claims: { host: '127.0.0.1', port: server.port },
      allowLoopback: true,
      channels: new Set([1, 2]),
    };
    const inputs = await open(given);
    inputs.websocket.send(linkMessage(3));
    expect(await inputs.closed).toEqual({ code: 1008, reason: 'This session may not open this channel.' });
    const ticketed = await open({ ...given, claims: { ...given.claims, password: 'x' } });
    ticketed.websocket.send(linkMessage(3));
    expect((await ticketed.closed).code).toBe(1008);
    expect(server.count()).toBe(0);
    const display = await open(given);
    display.websocket.send(linkMessage(2));
    expect((await display.closed).code).toBe(1000);
    expect(server.count()).toBe(1);
  });

  it('are told by whole hellos of this version of SPICE alone', async () => {
    const server = await counting();
    const claims = { host: '127.0.0.1', port: server.port };
    const other = linkMessage(1);
    other.writeUInt32LE(3, 4);
    const endless = linkMessage(1);
    endless.writeUInt32LE(0xffff, 12);
    for (const hello of [other, endless]) {
      const client = await open({ claims, allowLoopback: true, channels: new Set([1]) });
      client.websocket.send(hello);
      expect(await client.closed).toEqual({ code: 1008, reason: 'The client does not speak SPICE.' });
    }
    expect(server.count()).toBe(0);
  });
});

describe('a pinned certificate', () => {
  async function serveTls(identity: {
    key: string;
    cert: string;
  }): Promise<{ port: number; bytes: () => number }> {
    let bytes = 0;
    const server = createTlsServer(identity, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        bytes += data.length;
        socket.write(data);
      });
    });
    server.on('tlsClientError', () => {});
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, bytes: () => bytes };
  }
  const fingerprintOf = (cert: string): string => `sha256:${new X509Certificate(cert).fingerprint256}`;

  it('is enough, whoever signed it and whatever it is for', async () => {
    const identity = certificates.issue('/CN=elsewhere', { names: 'DNS:elsewhere' });
    const { port } = await serveTls(identity);
    const claims = { host: '127.0.0.1', tlsPort: port, fingerprint: fingerprintOf(identity.cert) };
    const client = await open({ claims, allowLoopback: true });
    client.websocket.send(linkMessage(1));
    expect(await client.until(34)).toEqual(linkMessage(1));
  });

  it.each<[string, (cert: string) => Partial<ClaimedTarget>, string]>([
    [
      'another one',
      () => ({ fingerprint: `sha256:${'00'.repeat(32)}` }),
      "The target's certificate is not the pinned one.",
    ],
    [
      'another one of the trusted CA',
      () => ({ fingerprint: `sha256:${'00'.repeat(32)}`, ca: certificates.ca }),
      "The target's certificate is not the pinned one.",
    ],
    [
      'the right one, with another subject asked for',
      (cert) => ({ fingerprint: fingerprintOf(cert), hostSubject: 'CN=other' }),
      "The target's certificate has another subject.",
    ],
    [
      'the right one, of another CA than the one asked for',
      (cert) => ({ fingerprint: fingerprintOf(cert), ca: otherCa() }),
      "The target's certificate could not be verified.",
    ],
  ])('%s fails closed', async (_what, more, reason) => {
    const identity = certificates.issue('/CN=spice.lab');
    const { port, bytes } = await serveTls(identity);
    const client = await open({
      claims: { host: '127.0.0.1', tlsPort: port, ...more(identity.cert) },
      allowLoopback: true,
    });
    client.websocket.send(linkMessage(1));
    expect(await client.closed).toEqual({ code: 1011, reason });
    expect(bytes()).toBe(0);
  });
});

function otherCa(): string {
  const other = makeCertificates();
  other.remove();
  return other.ca;
}
