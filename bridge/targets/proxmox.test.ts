import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPki, type Pki } from '../../tests/servers/pki.ts';
import { type Proxmox, startProxmox } from '../../tests/servers/proxmox.ts';
import { type DemoServer, startDemoServer } from '../demo/demo-server.ts';
import type { Bridge } from '../create-bridge.ts';
import { bridgeTo, linkAsClient, TestClient } from '../testing/test-kit.ts';
import { parseProxmoxUri } from './proxmox.ts';

const API_TOKEN = 'bridge@pve!viewer=7c9e6679-7425-40de-944b-e07fc1f90ae7';
let folder: string;
let pki: Pki;
let machine: Server;
let desktop: DemoServer | undefined;
let proxmox: Proxmox;
const passwords: string[] = [];
const bridges: Bridge[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-proxmox-'));
  pki = await createPki(folder);
  writeFileSync(join(folder, 'token'), `${API_TOKEN}\n`);
  writeFileSync(join(folder, 'wrong-token'), `${API_TOKEN}x`);
  // A machine with TLS whose password changes: the demo server behind a TLS port.
  const identity = { cert: readFileSync(pki.serverCert), key: readFileSync(pki.serverKey) };
  machine = createTlsServer(identity, (socket) => {
    const plain = connect(desktop?.port ?? 1, '127.0.0.1');
    socket.pipe(plain).pipe(socket);
    plain.on('error', () => socket.destroy());
    socket.on('error', () => plain.destroy());
  });
  await new Promise<void>((resolve) => machine.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  machine.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  proxmox = await startProxmox({
    pki,
    apiToken: API_TOKEN,
    machines: [
      {
        vmid: 100,
        tlsPort: 61000,
        actualPort: (machine.address() as { port: number }).port,
        async setPassword(password) {
          passwords.push(password);
          await desktop?.close();
          desktop = await startDemoServer({ password, animate: false });
        },
      },
      { vmid: 200, tlsPort: 5900, actualPort: 1, setPassword: () => Promise.resolve() },
    ],
  });
});
afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  await proxmox.stop();
  await desktop?.close();
  desktop = undefined;
});

async function bridgeFor(uri: string): Promise<string> {
  const bridge = await bridgeTo({ lab: uri });
  bridges.push(bridge);
  return `${bridge.url}spice/lab`;
}
async function open(uri: string): Promise<TestClient> {
  return new TestClient(await bridgeFor(uri)).opened();
}
async function reasonFor(uri: string): Promise<{ code: number; reason: string }> {
  const client = await open(uri);
  void linkAsClient(client, 1).catch(() => {});
  return client.closed;
}
async function vv(change = (text: string): string => text): Promise<string> {
  const file = join(folder, 'machine.vv');
  writeFileSync(file, change(await proxmox.vvFile(100)));
  return file;
}

describe('a .vv of Proxmox', () => {
  it('works as it is: proxy, ticket as host, TLS with host-subject, password', async () => {
    const client = await open(await vv());
    const { result } = await linkAsClient(client, 1);
    expect(result.miniHeader).toBe(true);
    expect(desktop?.sessionCount).toBe(1);
    // The password went through TLS only, and to the proxy went the ticket.
    expect(proxmox.requests).toHaveLength(1);
    expect(proxmox.requests[0]).toMatch(
      /^CONNECT pvespiceproxy:[a-z0-9]{8}:100:pve1::[a-z0-9]{40}:61000 HTTP\/1\.0/,
    );
    expect(proxmox.requests[0]).not.toContain(passwords.at(-1));
  });

  it('with an old ticket is refused in words', async () => {
    const file = await vv();
    proxmox.ageTickets(40);
    expect(await reasonFor(file)).toEqual({
      code: 1011,
      reason: 'The proxy in front of the target refused the ticket: it is wrong or has expired.',
    });
  });

  it.each<[string, (text: string) => string, string]>([
    ['a forged ticket', (text) => text.replace(/::[a-z0-9]/, '::x'), 'refused the ticket'],
    [
      'another port',
      (text) => text.replace('tls-port=61000', 'tls-port=22'),
      'is no HTTP proxy, or it hung up',
    ],
    ['another subject', (text) => text.replace('CN=spice.lab', 'CN=evil'), 'has another subject'],
    ['no subject', (text) => text.replace(/host-subject=.*\n/, ''), 'belongs to another host'],
    ['no CA', (text) => text.replace(/ca=.*\n/, ''), 'could not be verified'],
    ['another password', (text) => text.replace(/password=.*\n/, 'password=x\n'), 'refused the password'],
  ])('with %s fails closed', async (_what, change, reason) => {
    const closed = await reasonFor(await vv(change));
    expect(closed.code).toBe(1011);
    expect(closed.reason).toContain(reason);
  });
});

describe('proxmox://', () => {
  const uri = (query = '', vmid = 100, token = 'token'): string =>
    `proxmox://127.0.0.1:${proxmox.apiPort}/pve1/${vmid}?token-file=${join(folder, token)}&${query || `ca=${pki.caCert}`}`;

  it('asks for a ticket once for the channels of a session, and again for a late one', async () => {
    const url = await bridgeFor(uri());
    const clients = await Promise.all([1, 2, 3].map(() => new TestClient(url).opened()));
    await Promise.all(clients.map((client) => linkAsClient(client, 1)));
    expect(proxmox.tickets).toBe(1);
    // Somebody else has opened the machine since: its password is another.
    await desktop?.close();
    desktop = await startDemoServer({ password: 'void', animate: false });
    const late = await new TestClient(url).opened();
    // The cached password is refused, so the bridge asks anew, unseen by the client.
    expect((await linkAsClient(late, 1)).result.miniHeader).toBe(true);
    expect(proxmox.tickets).toBe(2);
  });

  it('may pin the certificate of the API', async () => {
    const hex = new X509Certificate(readFileSync(pki.serverCert)).fingerprint256.replaceAll(':', '');
    expect((await linkAsClient(await open(uri(`fingerprint=sha256:${hex}`)), 1)).result.miniHeader).toBe(
      true,
    );
    const other = hex.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    const before = proxmox.tickets;
    expect((await reasonFor(uri(`fingerprint=sha256:${other}`))).reason).toContain('could not be found out');
    expect(proxmox.tickets).toBe(before);
  });

  it.each<[string, () => string, string]>([
    [
      'a token that the API refuses',
      () => uri('', 100, 'wrong-token'),
      'The bridge may not ask where the target is.',
    ],
    [
      'a machine that does not exist',
      () => uri('', 999),
      'Where the target is could not be found out. Check that it runs.',
    ],
    [
      'an API with an unknown certificate',
      () => uri('title=x'),
      'Where the target is could not be found out. Check that it runs.',
    ],
  ])('%s is told in words', async (_what, make, reason) => {
    expect(await reasonFor(make())).toEqual({ code: 1011, reason });
  });

  it.each([
    'proxmox://h/node',
    'proxmox://h/node/x?token-file=t',
    'proxmox://h/../1?token-file=t',
    'proxmox://h/a%2Fb/1?token-file=t',
    'proxmox://h:99999/n/1?token-file=t',
    'proxmox://h/n/1',
    'proxmox://u:p@h/n/1?token-file=t',
    'proxmox://h/n/1?token-file=t&fingerprint=md5:00',
    'proxmox://h/n/1?token=secret',
  ])('refuses %s', (text) => {
    expect(() => parseProxmoxUri(text)).toThrow(expect.objectContaining({ name: 'TargetProblem' }));
  });
});
