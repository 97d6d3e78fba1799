import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closedPort } from '../testing/test-kit.ts';
import { Hook } from './hook.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function portal(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ hook: Hook; asked: { url: string; token: string | undefined }[] }> {
  const asked: { url: string; token: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', token: request.headers.authorization });
    answer(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/where?portal=1`;
  return { hook: new Hook({ url, timeout: 500, window: 50 }), asked };
}

const { signal } = new AbortController();
const CLAIMS = { host: 'vm1.lab', port: 5900, password: 'x' };
function fine(_: IncomingMessage, response: ServerResponse): void {
  void response.end(JSON.stringify(CLAIMS));
}

describe('Hook', () => {
  it('asks with the token in a header and the rest in the query', async () => {
    const { hook, asked } = await portal(fine);
    const lease = await hook.open({ token: 'a.b-c', target: 'my vm&x=1', address: '::1' }, signal);
    expect(lease.claims).toEqual(CLAIMS);
    expect(asked).toEqual([
      { url: '/where?portal=1&target=my+vm%26x%3D1&address=%3A%3A1', token: 'Bearer a.b-c' },
    ]);
  });

  it('asks once for a session and forgets it a while after its last channel', async () => {
    const { hook, asked } = await portal(fine);
    const open = (token = 't'): ReturnType<Hook['open']> => hook.open({ token }, signal);
    const [first, second] = await Promise.all([open(), open(), open('other')]);
    expect(asked).toHaveLength(2);
    first.release();
    first.release();
    second.release();
    const reconnected = await open();
    expect(asked).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(hook.size).toBe(2);
    reconnected.release();
    await expect.poll(() => hook.size).toBe(1);
    await open();
    expect(asked).toHaveLength(3);
  });

  it.each([401, 403, 404])('is denied by status %i, and asks again next time', async (status) => {
    const { hook, asked } = await portal((_, response) => void response.writeHead(status).end());
    await expect(hook.open({ token: 't' }, signal)).rejects.toMatchObject({
      code: 'hook-denied',
      closeCode: 1008,
    });
    await expect(hook.open({ token: 't' }, signal)).rejects.toMatchObject({ code: 'hook-denied' });
    expect(asked).toHaveLength(2);
    expect(hook.size).toBe(0);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['redirects', (_, response) => void response.writeHead(302, { Location: '/other' }).end()],
    ['fails', (_, response) => void response.writeHead(500).end()],
    ['answers no JSON', (_, response) => void response.end('<html>')],
    ['answers without end', (_, response) => endless(response)],
    ['answers never', () => {}],
    ['hangs up', (request) => void request.socket.destroy()],
    ['dribbles', (_, response) => dribble(response)],
  ])('says so when the portal %s', async (_what, answer) => {
    const { hook, asked } = await portal(answer);
    await expect(hook.open({ token: 't' }, signal)).rejects.toMatchObject({
      code: 'hook-failed',
      closeCode: 1013,
    });
    expect(asked).toHaveLength(1);
    expect(hook.size).toBe(0);
  });

  it('says so when there is no portal', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const hook = new Hook({ url, timeout: 500, window: 50 });
    await expect(hook.open({ token: 't' }, signal)).rejects.toMatchObject({ code: 'hook-failed' });
  });

  it('never lets line ends of a token into the request', async () => {
    const { hook, asked } = await portal(fine);
    await expect(hook.open({ token: 'a\r\nX: y' }, signal)).rejects.toMatchObject({ code: 'hook-failed' });
    expect(asked).toHaveLength(0);
  });

  it('keeps the answer when the channel that asked goes away', async () => {
    const { hook, asked } = await portal(
      (request, response) => void setTimeout(() => fine(request, response), 50),
    );
    const gone = new AbortController();
    const first = hook.open({ token: 't' }, gone.signal);
    gone.abort();
    await expect(first).rejects.toThrow('abort');
    await hook.open({ token: 't' }, signal);
    expect(asked).toHaveLength(1);
  });
});

function endless(response: ServerResponse): void {
  const write = (): void => {
    if (!response.destroyed) response.write(Buffer.alloc(65536, ' '), () => setImmediate(write));
  };
  write();
}

function dribble(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(timer));
}
