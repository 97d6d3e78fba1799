/** What a stranger can do to the bridge's listener: it stays up, stays small, and says why. */
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningMain, startMain } from '../cli/test-main.ts';
import { linkMessage, listen, TestClient } from '../testing/test-kit.ts';

/** What the bridge may hold of messages that strangers do not end, in bytes. */
const HELD = 9 * 1024 * 1024;
/** What the bridge may grow by under attack, in bytes. Node's heap alone breathes by tens of megabytes. */
const GROWTH = 150e6;

let server: Server & { port: number };
let bridge: RunningMain;
let before: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = await listen((socket) => socket.pipe(socket));
});
afterAll(() => server.close());

async function start(...args: string[]): Promise<void> {
  bridge = await startMain('--target', `lab=spice://127.0.0.1:${server.port}`, ...args);
  await worksFor(await session());
  before = bridge.memory();
}

beforeEach(() => sockets.splice(0));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  // Whatever the attack was: it lives, is small, and serves others.
  expect(bridge.memory() - before).toBeLessThan(GROWTH);
  expect(bridge.child.exitCode).toBeNull();
  bridge.child.kill('SIGKILL');
});

async function session(): Promise<TestClient> {
  const client = await new TestClient(`${bridge.url}spice/lab`).opened();
  client.websocket.send(linkMessage(1));
  return client;
}

async function worksFor(client: TestClient): Promise<void> {
  expect((await client.until(34)).subarray(0, 34)).toEqual(linkMessage(1));
  client.websocket.close(1000);
  await client.closed;
}

/** A plain connection, and everything that comes on it. */
function raw(send?: string | Uint8Array): {
  socket: Socket;
  received: () => string;
  closed: Promise<unknown>;
} {
  const socket = connect(bridge.port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.on('error', () => {});
  socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
  if (send !== undefined) socket.write(send);
  return {
    socket,
    received: () => received,
    closed: new Promise((resolve) => socket.once('close', resolve)),
  };
}

function upgrade(path = '/spice/lab', headers = ''): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`
  );
}

function codes(): unknown[] {
  return bridge.log().map(({ code }) => code);
}

it('slowloris: heads that never end, bodies, silence, and SPICE that trickles', async () => {
  await start('--handshake-timeout', '2', '--max-connections-per-ip', '2000', '--connection-rate', '0');
  const slow = Array.from({ length: 300 }, (_, index) =>
    raw(index % 3 === 0 ? undefined : index % 3 === 1 ? 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ' : upgrade()),
  );
  let dripped = 0;
  const drip = setInterval(() => {
    const byte = linkMessage(1)[dripped++] ?? 0;
    for (const [index, { socket }] of slow.entries()) {
      if (index % 3 === 1) socket.write('b');
      // A byte of a SPICE link message at a time, in masked frames.
      if (index % 3 === 2) socket.write(Buffer.from([0x82, 0x81, 0, 0, 0, 0, byte]));
    }
  }, 300);
  await worksFor(await session()); // meanwhile
  await Promise.all(slow.map(({ closed }) => closed));
  clearInterval(drip);
  await worksFor(await session());
});

it('half-open sockets are found and dropped', async () => {
  await start('--ping-interval', '1');
  const silent = Array.from({ length: 50 }, () => raw(upgrade()));
  // It says which channel it wants, as the bridge would else not wait so long, and never answers a ping.
  for (const { socket } of silent) {
    socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | 34, 0, 0, 0, 0]), linkMessage(1)]));
  }
  const lively = await session();
  await Promise.all(silent.map(({ closed }) => closed));
  lively.websocket.send(Buffer.from('here'));
  expect((await lively.until(38)).toString('latin1', 34)).toBe('here');
  await expect.poll(codes).toContain('client-lost');
  await expect
    .poll(
      () =>
        bridge.log().filter(({ event, reason }) => event === 'session-end' && reason === 'client-lost')
          .length,
    )
    .toBe(50);
});

it('10,000 connection attempts in a burst', async () => {
  await start('--max-connections-per-ip', '200', '--connection-rate', '500');
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, bridge.memory())), 100);
  const answers = new Map<string, number>();
  const count = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);
  const attempt = async (): Promise<void> => {
    const { socket, received, closed } = raw(upgrade());
    // What it gets: a WebSocket, a WebSocket with a reason for closing it, an HTTP error, or a hang-up.
    await Promise.race([closed, once(socket, 'data')]).catch(() => {});
    const status = /^HTTP\/1\.1 (\d+)/.exec(received())?.[1] ?? 'none';
    count(status);
    if (status !== '101') await closed;
  };
  for (let batch = 0; batch < 20; batch++) await Promise.all(Array.from({ length: 500 }, attempt));
  clearInterval(sampling);
  expect([...answers.values()].reduce((sum, one) => sum + one, 0)).toBe(10_000);
  expect(answers.get('101') ?? 0).toBeLessThanOrEqual(500 + 200); // by the rate, and those told why not
  expect(peak - before).toBeLessThan(GROWTH);
  const { length } = bridge.log();
  expect(length).toBeLessThan(500);
  await expect.poll(codes).toContain('limit-address');
  for (const socket of sockets) socket.destroy();
  expect((await fetch(`${bridge.url}healthz`)).status).toBe(200);
  // Others are not held up: the limits are per address, so another loopback address is somebody else.
  const other = connect({ port: bridge.port, host: '127.0.0.1', localAddress: '127.0.0.77' });
  sockets.push(other);
  other.write(upgrade());
  const [answer] = (await once(other, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
});

it('oversized heads, many headers, and frames', async () => {
  await start('--max-message', '65536');
  const heads = [
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(1 << 20)}`,
    upgrade('/spice/lab', `Cookie: ${'a'.repeat(64 << 10)}\r\n`),
    `GET /${'a'.repeat(64 << 10)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    upgrade('/spice/lab', `Sec-WebSocket-Protocol: ${'a,'.repeat(10_000)}b\r\n`),
  ].map((head) => raw(head));
  await Promise.all(heads.map(({ closed }) => closed));
  for (const { received } of heads) expect(received()).toMatch(/^HTTP\/1\.1 431 |^$/);

  // A frame that announces 2^62 bytes, one just over the limit, one of control that is too long, an unmasked one.
  const frames: readonly (readonly [number[], number])[] = [
    [[0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
    [[0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], 1009],
    [[0x89, 0xfe, 0x01, 0, 0, 0, 0, 0], 1002],
    [[0x82, 0x01, 0x52], 1002],
    [[0xf2, 0x80, 0, 0, 0, 0], 1002],
  ];
  for (const [frame, code] of frames) {
    const { socket, received, closed } = raw(upgrade());
    await once(socket, 'data');
    socket.write(Buffer.from(frame));
    await expect.poll(received).toContain(String.fromCharCode(0x88, 2, code >> 8, code & 255));
    socket.end();
    await closed;
  }
  // The same limit for a message in many small frames.
  const { socket, received } = raw(upgrade());
  await once(socket, 'data');
  socket.write(Buffer.from([0x02, 0x80, 0, 0, 0, 0]));
  for (let frame = 0; frame < 70; frame++) {
    socket.write(Buffer.concat([Buffer.from([0x00, 0xfe, 0x04, 0x00, 0, 0, 0, 0]), Buffer.alloc(1024)]));
  }
  await expect.poll(received).toContain(`${String.fromCharCode(1009 >> 8, 1009 & 255)}The client sends more`);
  await worksFor(await session());
});

it('requests smuggled in headers, bodies and behind upgrades', async () => {
  await start();
  const evil = [
    // Two lengths, a length with chunks, a bare line feed, a folded header, a space before the colon.
    'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nGET /',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\n b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n', // no Host
  ].map((text) => raw(text));
  await Promise.all(evil.map(({ closed }) => closed));
  for (const { received } of evil) expect(received()).toMatch(/^HTTP\/1\.1 400 /);
  // HTTP/0.9; an encoding that is not known, so that nobody knows where the body ends: one answer, and the end.
  for (const head of [
    'GET /healthz\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n',
  ]) {
    const unclear = raw(`${head}\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
    await unclear.closed;
    expect(unclear.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  }

  // A body on an upgrade is no second request: what follows the head belongs to the WebSocket or is refused.
  const smuggled = raw(
    `${upgrade('/nowhere', 'Content-Length: 40\r\n')}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  await smuggled.closed;
  expect(smuggled.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  const inside = raw(`${upgrade()}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
  await inside.closed;
  expect(inside.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(inside.received()).not.toContain('ok\n');
});

it('log injection by path, host, origin, forwarded addresses and SPICE bytes', async () => {
  await start('--trusted-proxy', '127.0.0.1');
  const forged = '"}\\n{"level":"error","event":"forged"}\u009b31m';
  for (const headers of [
    `Origin: http://${forged}\r\n`,
    `X-Forwarded-For: ${forged}\r\n`,
    `X-Forwarded-Host: ${forged}\r\n`,
    `User-Agent: ${forged}\r\n`,
  ]) {
    const { received } = raw(
      Buffer.from(upgrade('/spice/%22%7d%0a%7b%22event%22%3a%22forged%22%7d', headers), 'latin1'),
    );
    await expect.poll(received).toContain('\x88'); // closed, with a reason
  }
  const { socket } = raw(upgrade());
  await once(socket, 'data');
  socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | 34, 0, 0, 0, 0]), linkMessage(250)]));
  await expect.poll(() => bridge.log().filter(({ event }) => event === 'session-start').length).toBe(2);
  socket.destroy();
  await expect.poll(() => bridge.log().at(-1)).toMatchObject({ event: 'session-end', channels: ['other'] });
  expect(bridge.output.stderr).not.toContain('forged');
  expect(bridge.output.stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

it('WebSockets that are opened, refused and never closed by the client', async () => {
  await start('--max-connections-per-ip', '5');
  const many = Array.from({ length: 300 }, () => raw(upgrade('/spice/nope')));
  // Each is told, by a sentence or by HTTP, and none stays.
  await Promise.all(many.map(({ closed }) => closed));
  for (const { received } of many) expect(received()).toMatch(/^HTTP\/1\.1 (101|503) |^$/);
  const told = new WebSocket(`${bridge.url.replace('http', 'ws')}spice/lab`);
  await once(told, 'open');
  told.terminate();
});

it('messages that never end, from clients that nobody knows', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'spice-viewer-attack-'));
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'a secret of at least thirty-two bytes');
  await start('--max-connections-per-ip', '1000', '--connection-rate', '0', '--metrics', 'main');
  const open = bridge;
  const closed = await startMain(
    '--jwt-secret-file',
    secret,
    '--metrics',
    'main',
    '--max-connections-per-ip',
    '1000',
  );
  onTestFinished(() => void closed.child.kill('SIGKILL'));
  for (const [victim, path] of [
    [open, '/spice/lab'],
    [closed, '/spice'],
  ] as const) {
    bridge = victim;
    // All but the last byte of a message of 120 KiB; in frames of one byte; many that announce little and send on.
    const attacks = [
      Buffer.concat([
        Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0xe0, 0, 0, 0, 0, 0]),
        Buffer.alloc(0x1dfff),
      ]),
      Buffer.concat([
        Buffer.from([0x02, 0x80, 0, 0, 0, 0]),
        ...Array.from({ length: 20_000 }, () => Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0])),
      ]),
    ];
    const strangers = Array.from({ length: 150 }, (_, index) => {
      const stranger = raw(upgrade(path));
      stranger.socket.once('data', () => stranger.socket.write(attacks[index % 2] as Buffer));
      return stranger;
    });
    await Promise.all(strangers.map(({ closed: gone }) => gone));
    const text = await (await fetch(`${victim.url}metrics`)).text();
    const [, most = 'NaN'] = /^spice_bridge_inbound_bytes_most (\d+)$/m.exec(text) ?? [];
    expect(Number(most)).toBeLessThan(HELD);
  }
  bridge = open;
  await worksFor(await session());
});
