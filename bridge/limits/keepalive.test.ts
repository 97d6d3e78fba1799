import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Keepalive } from './keepalive.ts';

const INTERVAL = 40;

let server: Server;
let keepalive: Keepalive;
let lost: WebSocket[];
let accepted: { websocket: WebSocket; client: Socket }[];
const clients: (WebSocket | Socket)[] = [];

beforeEach(async () => {
  keepalive = new Keepalive(INTERVAL);
  lost = [];
  accepted = [];
  const sockets = new WebSocketServer({ noServer: true });
  server = createServer();
  server.on('upgrade', (request, client: Socket, head) =>
    sockets.handleUpgrade(request, client, head, (websocket) => {
      accepted.push({ websocket, client });
      keepalive.add(websocket, client, () => {
        lost.push(websocket);
        websocket.terminate();
      });
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  vi.useRealTimers();
  for (const client of clients.splice(0))
    if (client instanceof WebSocket) client.terminate();
    else client.destroy();
  server.close();
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

async function browser(): Promise<WebSocket> {
  const websocket = new WebSocket(`ws://127.0.0.1:${port()}`);
  clients.push(websocket);
  await once(websocket, 'open');
  return websocket;
}

/** Upgrades and then never answers: for the bridge, a browser whose cable was pulled. */
async function silent(): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1');
  clients.push(socket);
  socket.on('error', () => {});
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

/** From here on `look` says when the keepalive looks: however busy the machine is, answers come in between. */
function lookByHand(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
}

/** The first browser has answered when it resolves. */
async function look(): Promise<void> {
  const pong = once(accepted[0].websocket, 'pong');
  vi.advanceTimersByTime(INTERVAL);
  await pong;
}

it('pings browsers, which answer and stay', async () => {
  lookByHand();
  const websocket = await browser();
  let pings = 0;
  websocket.on('ping', () => void pings++);
  for (let looks = 0; looks < 7; looks++) await look();
  expect(pings).toBe(7);
  expect(lost).toEqual([]);
});

it('drops those that do not answer, and only those', async () => {
  lookByHand();
  await browser();
  await silent();
  await look();
  await look();
  expect(lost[0]).toBe(accepted[1].websocket);
  await look();
  expect(lost).toHaveLength(1);
  expect(keepalive.size).toBe(1);
});

it('drops those that take nothing while much is on its way to them', async () => {
  const socket = await silent();
  socket.pause();
  accepted[0]?.client.write(Buffer.alloc(32 << 20));
  await expect.poll(() => lost.length).toBe(1);
});

it('keeps those that take what is on its way to them, however slowly', async () => {
  const socket = await silent();
  keepalive.configure(INTERVAL * 5);
  const size = 48 << 20;
  let sent = 0;
  const send = (): void => {
    while (sent < size) {
      sent += 1 << 18;
      if (accepted[0]?.client.write(Buffer.alloc(1 << 18)) === false) return;
    }
  };
  accepted[0]?.client.on('drain', send);
  send();
  let received = 0;
  let lostAt: number | undefined;
  await new Promise<void>((resolve) => {
    socket.on('data', (data: Buffer) => {
      received += data.length;
      lostAt ??= lost.length > 0 ? received : undefined;
      if (received >= size || lost.length > 0) resolve();
      socket.pause();
      setTimeout(() => socket.resume(), 1);
    });
  });
  expect(lostAt).toBeUndefined();
});

it('does not blame the browser for a target that keeps it waiting', async () => {
  await silent();
  accepted[0]?.websocket.pause();
  await new Promise((resolve) => setTimeout(resolve, INTERVAL * 6));
  expect(lost).toEqual([]);
  accepted[0]?.websocket.resume();
  await expect.poll(() => lost.length).toBe(1);
});

it('waits long for a target that keeps it waiting, but not for ever', async () => {
  lookByHand();
  await silent();
  accepted[0]?.websocket.pause();
  vi.advanceTimersByTime(INTERVAL * 29);
  expect(lost).toEqual([]);
  vi.advanceTimersByTime(INTERVAL);
  expect(lost).toEqual([accepted[0]?.websocket]);
});

it('rests when nobody is there, and takes a new interval', async () => {
  keepalive.configure(3_600_000);
  await silent();
  expect(keepalive.size).toBe(1);
  keepalive.configure(INTERVAL);
  await expect.poll(() => lost.length).toBe(1);
  expect(keepalive.size).toBe(0);
});
