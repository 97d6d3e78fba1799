import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isCi, missingPrograms } from '../../tests/servers/programs.ts';
import { type Redis, startRedis } from '../../tests/servers/redis.ts';
import { loadConfig } from '../config/load-config.ts';
import type { BridgeConfig } from '../config/options.ts';
import type { Bridge } from '../create-bridge.ts';
import { bridgeTo, linkMessage, listen, TestClient } from '../testing/test-kit.ts';
import { encrypt, fileWith, inSeconds, payload, secret, sign } from './test-tokens.ts';

const ADMIN_TOKEN = 'admin-token-of-the-tests';
const adminTokenFile = fileWith(`${ADMIN_TOKEN}\n`);
const secretFile = fileWith(secret);
const hasRedis = missingPrograms('redis').length === 0;

const bridges: Bridge[] = [];
const servers: Server[] = [];
let redis: Redis | undefined;
let echo = '';
let prefixes = 0;

beforeAll(async () => {
  const server = await listen((socket) => socket.pipe(socket));
  servers.push(server);
  echo = `spice://127.0.0.1:${server.port}`;
  if (hasRedis || isCi) redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close('atOnce')));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await redis?.stop();
});

async function start(config: Partial<BridgeConfig> = {}): Promise<Bridge> {
  const bridge = await bridgeTo(
    { lab: echo, other: echo },
    {
      jwtSecretFile: secretFile,
      adminListen: { host: '127.0.0.1', port: 0 },
      adminTokenFile,
      ...config,
    },
  );
  bridges.push(bridge);
  return bridge;
}

function bearer(token: string): { protocols: string[] } {
  return { protocols: ['binary', `bearer.${token}`] };
}

/** Opens a channel and sees it echo; it stays open. */
async function works(bridge: Bridge, token: string, path = 'spice', type = 1): Promise<TestClient> {
  const client = new TestClient(`${bridge.url}${path}`, bearer(token));
  await client.opened();
  client.websocket.send(linkMessage(type));
  await client.until(34);
  return client;
}

function refusal(bridge: Bridge, token: string, path = 'spice'): Promise<{ code: number; reason: string }> {
  return new TestClient(`${bridge.url}${path}`, bearer(token)).closed;
}

async function admin(
  bridge: Bridge,
  method: string,
  path: string,
  body?: unknown,
  token = ADMIN_TOKEN,
): Promise<{ status: number; body: any }> {
  const response = await fetch(`http://127.0.0.1:${bridge.adminPort}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function mint(bridge: Bridge, claims: object = { target: 'lab' }): Promise<any> {
  return (await admin(bridge, 'POST', '/tokens', { ttl: 600, ...claims })).body;
}

describe('a token', () => {
  it('comes as subprotocol, header or cookie; in the query only where that is allowed', async () => {
    const bridge = await start();
    const token = await sign();
    const open = async (
      url: string,
      options: ConstructorParameters<typeof TestClient>[1],
    ): Promise<string> => {
      const client = await new TestClient(`${bridge.url}${url}`, options).opened();
      client.websocket.send(linkMessage(1));
      await client.until(34);
      client.websocket.close();
      return client.websocket.protocol;
    };
    expect(await open('spice', bearer(token))).toBe('binary');
    expect(await open('websockify', { headers: { Authorization: `Bearer ${token}` } })).toBe('binary');
    expect(await open('spice', { headers: { Cookie: `a=b; spice-token=${token}; c=d` } })).toBe('binary');
    expect(await new TestClient(`${bridge.url}spice?token=${token}`).closed).toEqual({
      code: 1008,
      reason: 'The bridge needs a token. Open the desktop from your portal.',
    });
    const other = await start({ tokenQuery: true });
    const client = await new TestClient(`${other.url}spice?token=${token}`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
  });

  it('opens its own target alone, whatever the path says', async () => {
    const bridge = await start();
    const token = await sign();
    await works(bridge, token, 'spice/lab');
    for (const path of [
      'spice/other',
      'spice/%6cab%00',
      'spice/..%2flab',
      'spice/lab%2f',
      'spice/LAB',
      'spice/%20lab',
    ]) {
      expect(await refusal(bridge, token, path)).toEqual({
        code: 1008,
        reason: 'The token is not for this target.',
      });
    }
    const described = await sign(payload({ spice: { host: '127.0.0.1', port: 1 } }));
    expect((await refusal(bridge, described, 'spice/lab')).reason).toBe('The token is not for this target.');
  });

  it('may name targets only where the rules allow it', async () => {
    const forbidden = 'This target is not among those that the bridge may connect to.';
    const bridge = await start();
    for (const host of ['127.0.0.1', 'localhost', '::1', '169.254.169.254', '0.0.0.0', '::ffff:127.0.0.1']) {
      const port = Number(new URL(echo.replace('spice', 'http')).port);
      expect((await refusal(bridge, await sign(payload({ spice: { host, port } })))).reason).toBe(forbidden);
    }
    const loopback = await start({ allowLoopbackTargets: true });
    const port = Number(new URL(echo.replace('spice', 'http')).port);
    await works(loopback, await sign(payload({ spice: { host: '127.0.0.1', port } })));
  });

  it('is good for reconnects inside the window', async () => {
    const bridge = await start({ sessionWindow: 600 });
    for (const token of [await sign(payload({ jti: 'again' })), (await mint(bridge)).token]) {
      const [main, display] = [await works(bridge, token), await works(bridge, token, 'spice', 2)];
      main.websocket.close();
      display.websocket.close();
      await Promise.all([main.closed, display.closed]);
      await works(bridge, token);
    }
  });

  it('with a jti is good for one session', async () => {
    const bridge = await start({ sessionWindow: 1 });
    const token = await sign(payload({ jti: 'once' }));
    const main = await works(bridge, token);
    main.websocket.close();
    await main.closed;
    await expect
      .poll(
        async () => {
          const client = new TestClient(`${bridge.url}spice`, bearer(token));
          await client.opened();
          // Refusals come at once; an accepted channel says nothing until it is spoken to.
          return Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 100))]).finally(
            () => client.websocket.terminate(),
          );
        },
        { timeout: 15_000, interval: 1500 },
      )
      .toEqual({
        code: 1008,
        reason: 'The token has been used already. Open the desktop from your portal again.',
      });
  });

  it('that expires goes on with the session that it began, and begins none', async () => {
    const bridge = await start();
    await works(bridge, await sign(payload({ jti: 'late' })));
    await works(bridge, await sign(payload({ jti: 'late', exp: inSeconds(-60) })), 'spice', 2);
    const other = await sign(payload({ exp: inSeconds(-60), jti: 'other' }));
    expect(await refusal(bridge, other)).toEqual({
      code: 1008,
      reason: 'The token has expired. Open the desktop from your portal again.',
    });
  });

  it('is needed as soon as any kind of token is set up, and then the names of targets are not told', async () => {
    const bridge = await start();
    expect((await new TestClient(`${bridge.url}spice/lab`).closed).code).toBe(1008);
    expect(await (await fetch(`${bridge.url}targets.json`)).json()).toEqual({ targets: [] });
    const open = await start({ requireToken: false });
    const client = await new TestClient(`${open.url}spice/lab`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
    // A bad one is refused all the same.
    expect((await refusal(open, 'x'.repeat(30))).code).toBe(1008);
  });

  it('keeps what an eager client says until it is checked, and no more than a little of it', async () => {
    const bridge = await start();
    const token = await sign();
    const { hostname, port, host } = new URL(bridge.url);
    const socket = connect(Number(port), hostname);
    const hello = linkMessage(1);
    const frame = Buffer.concat([Buffer.from([0x82, 0x80 | hello.length, 0, 0, 0, 0]), hello]);
    socket.write(
      Buffer.concat([
        Buffer.from(
          `GET /spice HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
            `Sec-WebSocket-Protocol: binary, bearer.${token}\r\n\r\n`,
        ),
        frame,
      ]),
    );
    let got = Buffer.alloc(0);
    socket.on('data', (data) => (got = Buffer.concat([got, data])));
    await expect.poll(() => got.includes(hello)).toBe(true);
    expect(got.toString('latin1')).not.toContain(token);
    socket.destroy();
  });
});

describe('what a session may do', () => {
  it('channels that it does not list are refused in words', async () => {
    const bridge = await start();
    const token = await sign(payload({ spice: { target: 'lab', channels: ['main', 'display'] } }));
    await works(bridge, token, 'spice', 1);
    await works(bridge, token, 'spice', 2);
    for (const type of [3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 255]) {
      const client = await new TestClient(`${bridge.url}spice`, bearer(token)).opened();
      client.websocket.send(linkMessage(type));
      expect(await client.closed).toEqual({ code: 1008, reason: 'This session may not open this channel.' });
    }
  });

  it('view-only leaves picture, pointer and sound', async () => {
    const bridge = await start();
    const token = await sign(payload({ spice: { target: 'lab', viewOnly: true } }));
    for (const type of [1, 2, 4, 5]) await works(bridge, token, 'spice', type);
    for (const type of [3, 6, 7, 8, 9, 10, 11, 12]) {
      const client = await new TestClient(`${bridge.url}spice`, bearer(token)).opened();
      // In pieces, so that the channel is not told by the first of them.
      const hello = linkMessage(type);
      client.websocket.send(hello.subarray(0, 18));
      client.websocket.send(hello.subarray(18));
      expect((await client.closed).code).toBe(1008);
    }
  });

  it('no more connections at a time than it says', async () => {
    const bridge = await start();
    const token = await sign(payload({ jti: 'few', spice: { target: 'lab', limits: { connections: 2 } } }));
    const first = await works(bridge, token);
    await works(bridge, token, 'spice', 2);
    expect(await refusal(bridge, token)).toEqual({
      code: 1008,
      reason: 'Too many connections for this session.',
    });
    first.websocket.close();
    await first.closed;
    await works(bridge, token, 'spice', 3);
  });

  it('no longer than it says', async () => {
    const bridge = await start();
    const token = await sign(payload({ spice: { target: 'lab', limits: { session: 1 } } }));
    const client = await works(bridge, token);
    expect(await client.closed).toEqual({ code: 1008, reason: 'The session has reached its time limit.' });
  });

  it('passwords never reach the browser, not even in refusals', async () => {
    const key = Buffer.alloc(32, 7);
    const bridge = await start({ jweKeyFile: fileWith(key.toString('hex')) });
    const spice = { target: 'lab', password: 'open sesame', host: 'vm.secret.example', port: 5900 };
    const token = await encrypt(JSON.stringify(payload({ spice })), 'dir', key);
    const { code, reason } = await refusal(bridge, token);
    expect(code).toBe(1008);
    for (const word of ['sesame', 'secret.example', token.slice(0, 20)]) expect(reason).not.toContain(word);
  });
});

describe('the hook', () => {
  it('is asked what a token means, once for a session', async () => {
    const asked: (string | undefined)[] = [];
    const portal = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const good = request.headers.authorization === 'Bearer portal-session-7-with-some-length';
      response.writeHead(good ? 200 : 403, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ subject: 'carol', claims: { target: 'lab', channels: ['main', 'display'] } }),
      );
    });
    portal.listen(0, '127.0.0.1');
    await once(portal, 'listening');
    servers.push(portal);
    const hookUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/target`;
    const bridge = await start({ hookUrl, jwtSecretFile: undefined });
    const token = 'portal-session-7-with-some-length';
    await works(bridge, token);
    await works(bridge, token, 'spice', 2);
    expect(asked).toEqual([`Bearer ${token}`]);
    const [session] = (await admin(bridge, 'GET', '/sessions')).body.sessions;
    expect(session).toMatchObject({ who: 'carol', target: 'lab', channels: ['main', 'display'] });
    const inputs = await new TestClient(`${bridge.url}spice`, bearer(token)).opened();
    inputs.websocket.send(linkMessage(3));
    expect((await inputs.closed).reason).toBe('This session may not open this channel.');
    expect(await refusal(bridge, 'another-session-of-the-portal')).toEqual({
      code: 1008,
      reason: 'The portal does not allow this session.',
    });
    expect((await admin(bridge, 'DELETE', `/sessions/${session.id}`)).status).toBe(204);
    expect((await refusal(bridge, token)).reason).toContain('has been ended');
  });
});

it('a reload brings new keys, and running sessions go on', async () => {
  const key = fileWith(secret);
  const bridge = await start({ jwtSecretFile: key });
  const token = await sign();
  const client = await works(bridge, token);
  const config = { ...loadConfig(), targets: [{ name: 'lab', uri: echo }], jwtSecretFile: key };
  writeFileSync(key, 'too short');
  await expect(bridge.reload(config)).rejects.toMatchObject({ code: 'bad-key' });
  await works(bridge, token);
  writeFileSync(key, 'another secret that is long enough for HS256');
  await bridge.reload(config);
  expect((await refusal(bridge, token)).reason).toContain('The token is not valid.');
  client.websocket.send(Buffer.from('still there'));
  await client.until(34 + 11);
});

describe('the admin API', () => {
  it('wants its own token, and tells nothing without', async () => {
    const bridge = await start();
    for (const path of ['/sessions', '/tokens', '/metrics', '/nothing']) {
      for (const token of ['', 'wrong', ADMIN_TOKEN.slice(0, -1), `${ADMIN_TOKEN}x`]) {
        expect((await admin(bridge, 'GET', path, undefined, token || 'x')).status).toBe(401);
      }
    }
    expect((await admin(bridge, 'GET', '/healthz', undefined, 'x')).status).toBe(200);
    expect((await fetch(`${bridge.url}sessions`)).status).toBe(404);
    const withOrigin = await fetch(`http://127.0.0.1:${bridge.adminPort}/sessions`, {
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, Origin: 'https://evil.example' },
    });
    expect(withOrigin.status).toBe(403);
  });

  it('mints, lists, ends', async () => {
    const bridge = await start();
    const { token, id, expires } = await mint(bridge, { target: 'lab', subject: 'alice' });
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
    const [main, inputs] = [await works(bridge, token), await works(bridge, token, 'spice/lab', 3)];
    const { body } = await admin(bridge, 'GET', '/sessions');
    expect(body.sessions).toEqual([
      expect.objectContaining({
        id,
        who: 'alice',
        target: 'lab',
        client: '127.0.0.1',
        channels: ['main', 'inputs'],
      }),
    ]);
    expect(JSON.stringify(body)).not.toContain(token);
    expect((await admin(bridge, 'DELETE', `/sessions/${id}`)).status).toBe(204);
    for (const client of [main, inputs]) {
      expect(await client.closed).toEqual({ code: 1008, reason: 'An administrator ended the session.' });
    }
    expect(await refusal(bridge, token)).toEqual({
      code: 1008,
      reason: 'This session has been ended. Open the desktop from your portal again.',
    });
    expect((await admin(bridge, 'GET', '/sessions')).body).toEqual({ sessions: [] });
  });

  it('ends sessions that no token began', async () => {
    const bridge = await start({ requireToken: false });
    const client = await new TestClient(`${bridge.url}spice/lab`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
    const [session] = (await admin(bridge, 'GET', '/sessions')).body.sessions;
    expect((await admin(bridge, 'DELETE', `/sessions/${session.id}`)).status).toBe(204);
    expect((await client.closed).reason).toBe('An administrator ended the session.');
    expect((await admin(bridge, 'DELETE', `/sessions/${session.id}`)).status).toBe(404);
  });

  it('revokes a token before it is used, and a JWT by its id', async () => {
    const bridge = await start();
    const { token, id } = await mint(bridge);
    expect((await admin(bridge, 'DELETE', `/tokens/${id}`)).status).toBe(204);
    expect((await refusal(bridge, token)).reason).toContain('has been ended');
  });

  it.each<[unknown, string]>([
    ['{', 'The request is not JSON.'],
    [[], 'expected object'],
    [{}, 'expected one of target, host and socket'],
    [{ target: 'lab', ttl: 0 }, 'ttl: '],
    [{ target: 'lab', viewonly: true }, 'viewonly'],
    [{ target: 'lab', subject: 'a\nb' }, 'subject: must not hold control characters'],
    [{ target: 'nothing' }, 'There is no such target. Check the name in the address.'],
    [{ host: 'vm', port: 5900, ca: 'x', tlsPort: 5901 }, 'The session describes its target wrongly.'],
  ])('refuses to mint %j', async (body, message) => {
    const bridge = await start();
    const answer = await admin(bridge, 'POST', '/tokens', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain(message);
  });

  it('refuses what is too long, and other methods', async () => {
    const bridge = await start();
    expect((await admin(bridge, 'POST', '/tokens', 'x'.repeat(200_000))).status).toBe(413);
    expect((await admin(bridge, 'POST', '/sessions')).status).toBe(405);
    expect((await admin(bridge, 'GET', '/tokens/abcdefgh')).status).toBe(405);
    expect((await admin(bridge, 'DELETE', '/sessions/..%2f..')).status).toBe(404);
  });
});

describe.runIf(hasRedis || isCi)('two bridges with one Redis', () => {
  const pair = async (config: Partial<BridgeConfig> = {}): Promise<[Bridge, Bridge]> => {
    const shared = { redis: redis?.url, redisPrefix: `pair-${process.pid}-${prefixes++}:`, ...config };
    return [await start(shared), await start(shared)];
  };

  it('serve channels of one session, opaque or JWT', async () => {
    const [one, two] = await pair();
    const { token } = await mint(one);
    await works(one, token);
    await works(two, token, 'spice', 2);
    const jwt = await sign(payload({ jti: 'both' }));
    await works(two, jwt);
    await works(one, jwt, 'spice', 2);
  });

  it('refuse what was used up on the other', async () => {
    const [one, two] = await pair({ sessionWindow: 1 });
    const jwt = await sign(payload({ jti: 'spent' }));
    const { token } = await mint(one);
    for (const each of [jwt, token]) {
      const client = await works(one, each);
      client.websocket.close();
      await client.closed;
    }
    const { setTimeout: wait } = await import('node:timers/promises');
    await wait(2500);
    expect((await refusal(two, jwt)).reason).toContain('has been used already');
    expect((await refusal(two, token)).reason).toContain('does not exist or is over');
  });

  it('list and end the sessions of each other', async () => {
    const [one, two] = await pair();
    const { token, id } = await mint(two);
    const client = await works(one, token);
    await expect
      .poll(async () => (await admin(two, 'GET', '/sessions')).body.sessions, { timeout: 15_000 })
      .toEqual([expect.objectContaining({ id, target: 'lab' })]);
    expect((await admin(two, 'DELETE', `/sessions/${id}`)).status).toBe(204);
    expect(await client.closed).toEqual({ code: 1008, reason: 'An administrator ended the session.' });
    expect((await refusal(one, token)).reason).toContain('has been ended');
  });

  it('take what a portal writes, as docs/bridge-tokens.md says', async () => {
    const redisPrefix = 'spice-viewer:';
    const [one, two] = await pair({ redisPrefix });
    const { execFileSync } = await import('node:child_process');
    const { createHash } = await import('node:crypto');
    const id = Buffer.from('any 16 bytes or more').toString('base64url');
    const key = redisPrefix + createHash('sha256').update(id).digest('hex');
    const cli = (...args: string[]): string =>
      execFileSync('redis-cli', ['-p', String(redis?.port), ...args], { encoding: 'utf8' });
    cli(
      'SET',
      key,
      JSON.stringify({ subject: 'bob', claims: { target: 'lab', viewOnly: true } }),
      'EX',
      '300',
    );
    await works(one, id);
    const client = await new TestClient(`${two.url}spice`, bearer(id)).opened();
    client.websocket.send(linkMessage(3));
    expect((await client.closed).reason).toBe('This session may not open this channel.');
    // Nobody can open a session with what lies in Redis.
    expect((await refusal(two, key.slice(redisPrefix.length))).code).toBe(1008);
    cli('SET', `${redisPrefix}${'0'.repeat(64)}`, 'x');
    const bad = Buffer.from('what a portal wrote badly').toString('base64url');
    cli(
      'SET',
      redisPrefix + createHash('sha256').update(bad).digest('hex'),
      '{"claims": {"target": 5}}',
      'EX',
      '300',
    );
    expect((await refusal(one, bad)).reason).toContain('The token lacks something');
  });

  it('go on with running sessions while Redis is away, and say so to new ones', async () => {
    const own = await startRedis();
    try {
      const [one] = await pair({ redis: own.url, sessionWindow: 2 });
      const { token } = await mint(one);
      const client = await works(one, token);
      await own.kill();
      // Late channels of a session that runs here need no Redis.
      await works(one, token, 'spice', 2);
      client.websocket.send(Buffer.from('still there'));
      await client.until(34 + 11);
      expect(await refusal(one, await sign(payload({ jti: 'while away' })))).toEqual({
        code: 1013,
        reason: 'The bridge cannot look up sessions now; try again in a moment.',
      });
      await own.startAgain();
      // Redis has forgotten everything; the session is told anew and outlives its last channel's end by the window.
      await expect
        .poll(async () => (await admin(one, 'POST', '/tokens', { target: 'lab' })).status, {
          timeout: 15_000,
        })
        .toBe(201);
      client.websocket.send(Buffer.from('still there'));
      await client.until(34 + 22);
      expect(client.websocket.readyState).toBe(client.websocket.OPEN);
    } finally {
      await own.stop();
    }
  }, 60_000);
});
