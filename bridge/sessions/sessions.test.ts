import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { linkMessage, TestClient } from '../testing/test-kit.ts';
import { admin, bearer, mint, refusal, useTokenBridges, works } from './test-bridges.ts';
import { encrypt, fileWith, inSeconds, payload, secret, sign } from './test-tokens.ts';

const bridges = useTokenBridges();

describe('a token', () => {
  it('comes as subprotocol, header or cookie; in the query only where that is allowed', async () => {
    const bridge = await bridges.start();
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
    const other = await bridges.start({ tokenQuery: true });
    const client = await new TestClient(`${other.url}spice?token=${token}`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
  });

  it('opens its own target alone, whatever the path says', async () => {
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
    for (const host of ['127.0.0.1', 'localhost', '::1', '169.254.169.254', '0.0.0.0', '::ffff:127.0.0.1']) {
      const port = Number(new URL(bridges.echo.replace('spice', 'http')).port);
      expect((await refusal(bridge, await sign(payload({ spice: { host, port } })))).reason).toBe(forbidden);
    }
    const loopback = await bridges.start({ allowLoopbackTargets: true });
    const port = Number(new URL(bridges.echo.replace('spice', 'http')).port);
    await works(loopback, await sign(payload({ spice: { host: '127.0.0.1', port } })));
  });

  it('is good for reconnects inside the window', async () => {
    const bridge = await bridges.start({ sessionWindow: 600 });
    for (const token of [await sign(payload({ jti: 'again' })), (await mint(bridge)).token]) {
      const [main, display] = [await works(bridge, token), await works(bridge, token, 'spice', 2)];
      main.websocket.close();
      display.websocket.close();
      await Promise.all([main.closed, display.closed]);
      await works(bridge, token);
    }
  });

  it('with a jti is good for one session', async () => {
    const bridge = await bridges.start({ sessionWindow: 1 });
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
    const bridge = await bridges.start();
    await works(bridge, await sign(payload({ jti: 'late' })));
    await works(bridge, await sign(payload({ jti: 'late', exp: inSeconds(-60) })), 'spice', 2);
    const other = await sign(payload({ exp: inSeconds(-60), jti: 'other' }));
    expect(await refusal(bridge, other)).toEqual({
      code: 1008,
      reason: 'The token has expired. Open the desktop from your portal again.',
    });
  });

  it('is needed as soon as any kind of token is set up, and then the names of targets are not told', async () => {
    const bridge = await bridges.start();
    expect((await new TestClient(`${bridge.url}spice/lab`).closed).code).toBe(1008);
    expect(await (await fetch(`${bridge.url}targets.json`)).json()).toEqual({ targets: [] });
    const open = await bridges.start({ requireToken: false });
    const client = await new TestClient(`${open.url}spice/lab`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
    // A bad one is refused all the same.
    expect((await refusal(open, 'x'.repeat(30))).code).toBe(1008);
  });

  it('keeps what an eager client says until it is checked, and no more than a little of it', async () => {
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
    const token = await sign(payload({ spice: { target: 'lab', limits: { session: 1 } } }));
    const client = await works(bridge, token);
    expect(await client.closed).toEqual({ code: 1008, reason: 'The session has reached its time limit.' });
  });

  it('passwords never reach the browser, not even in refusals', async () => {
    const key = Buffer.alloc(32, 7);
    const bridge = await bridges.start({ jweKeyFile: fileWith(key.toString('hex')) });
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
    onTestFinished(() => void portal.close());
    const hookUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/target`;
    const bridge = await bridges.start({ hookUrl, jwtSecretFile: undefined });
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
  const bridge = await bridges.start({ jwtSecretFile: key });
  const token = await sign();
  const client = await works(bridge, token);
  const config = { ...loadConfig(), targets: [{ name: 'lab', uri: bridges.echo }], jwtSecretFile: key };
  writeFileSync(key, 'too short');
  await expect(bridge.reload(config)).rejects.toMatchObject({ code: 'bad-key' });
  await works(bridge, token);
  writeFileSync(key, 'another secret that is long enough for HS256');
  await bridge.reload(config);
  expect((await refusal(bridge, token)).reason).toContain('The token is not valid.');
  client.websocket.send(Buffer.from('still there'));
  await client.until(34 + 11);
});
