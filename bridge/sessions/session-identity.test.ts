/** Which session a token is: its limits and its end hold however it is spelled and wherever it is shown. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isCi, missingPrograms } from '../../tests/servers/programs.ts';
import { startRedis } from '../../tests/servers/redis.ts';
import { admin, mint, refusal, useTokenBridges, works } from './test-bridges.ts';
import { ec, encrypt, fileWith, inSeconds, payload, pem, sign } from './test-tokens.ts';

const bridges = useTokenBridges();
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const EXPIRED = 'The session has reached its time limit.';
const limited = { target: 'lab', limits: { session: 1 } };

/** The same bytes for a lenient reader: other values for the bits that base64url does not use at the end. */
function respelled(token: string): string[] {
  const start = token.slice(0, -1);
  const bytes = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
  return [...BASE64URL]
    .map((last) => start + last)
    .filter((other) => other !== token)
    .filter((other) => Buffer.from(other.slice(other.lastIndexOf('.') + 1), 'base64url').equals(bytes));
}

/** ECDSA takes (r, n - s) for (r, s). */
function otherSignature(token: string): string {
  const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const at = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(at), 'base64url');
  const s = n - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]);
  return token.slice(0, at) + other.toString('base64url');
}

async function endSessions(bridge: Awaited<ReturnType<typeof bridges.start>>): Promise<void> {
  const { body } = await admin(bridge, 'GET', '/sessions');
  for (const { id } of body.sessions) {
    expect((await admin(bridge, 'DELETE', `/sessions/${id}`)).status).toBe(204);
  }
}

describe('a session that has reached its time limit', () => {
  it.each([
    ['jti', async () => sign(payload({ jti: 'limited', spice: limited }))],
    ['no jti', async () => sign(payload({ spice: limited }))],
    ['jti, about to expire', async () => sign(payload({ jti: 'short', exp: inSeconds(0), spice: limited }))],
  ])('is not revived by its token (%s)', async (_, make) => {
    const bridge = await bridges.start({ sessionWindow: 600 });
    const token = await make();
    const client = await works(bridge, token);
    expect(await client.closed).toEqual({ code: 1008, reason: EXPIRED });
    expect((await refusal(bridge, token)).reason).toBe(EXPIRED);
  });

  it('is not revived by its opaque id', async () => {
    const bridge = await bridges.start({ sessionWindow: 600 });
    const { token } = await mint(bridge, limited);
    const client = await works(bridge, token);
    expect((await client.closed).reason).toBe(EXPIRED);
    expect((await refusal(bridge, token)).reason).toBe(EXPIRED);
  });

  it('goes on counting while nobody is there', async () => {
    const bridge = await bridges.start({ sessionWindow: 600 });
    const { token } = await mint(bridge, limited);
    const client = await works(bridge, token);
    client.websocket.close();
    await client.closed;
    await expect
      .poll(async () => {
        const again = await works(bridge, token).catch(() => undefined);
        again?.websocket.close();
        return again;
      })
      .toBeUndefined();
    expect((await refusal(bridge, token)).reason).toBe(EXPIRED);
  });

  it.runIf(missingPrograms('redis').length === 0 || isCi)('is over on every bridge', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const shared = { redis: redis.url, sessionWindow: 600 };
    const [one, two] = [await bridges.start(shared), await bridges.start(shared)];
    const token = await sign(payload({ jti: 'both bridges', spice: limited }));
    const clients = [await works(one, token), await works(two, token, 'spice', 2)];
    for (const client of clients) expect((await client.closed).reason).toBe(EXPIRED);
    for (const bridge of [one, two]) expect((await refusal(bridge, token)).reason).toBe(EXPIRED);
  });
});

it('an idle session needs a fresh token', async () => {
  const bridge = await bridges.start({ sessionWindow: 600 });
  const token = await sign(payload({ spice: { target: 'lab', limits: { idle: 1 } } }));
  const client = await works(bridge, token, 'spice', 3);
  const reason = 'The session ended because nobody used it.';
  expect((await client.closed).reason).toBe(reason);
  expect((await refusal(bridge, token)).reason).toBe(reason);
});

describe('a token without jti, spelled otherwise', () => {
  const dirKey = Buffer.alloc(32, 7);
  const jweKeyFile = fileWith(dirKey.toString('hex'));
  const jwtKeyFile = fileWith(pem(ec.publicKey));
  const content = JSON.stringify(payload());
  it.each([
    ['HS256', {}, () => sign()],
    ['ES256', { jwtSecretFile: undefined, jwtKeyFile }, () => sign(payload(), 'ES256')],
    ['JWE', { jweKeyFile }, () => encrypt(content, 'dir', dirKey)],
  ])('%s: is no token at all', async (_, config, make) => {
    const bridge = await bridges.start(config);
    const token = await make();
    await works(bridge, token);
    const others = respelled(token);
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect((await refusal(bridge, other)).reason).toContain('is not valid');
  });

  it('ES256: is the same session with the other signature', async () => {
    const bridge = await bridges.start({ jwtSecretFile: undefined, jwtKeyFile, maxConnectionsPerToken: 1 });
    const token = await sign(payload(), 'ES256');
    const other = otherSignature(token);
    await works(bridge, token);
    expect((await refusal(bridge, other)).reason).toBe('Too many connections for this session.');
    await endSessions(bridge);
    for (const each of [token, other])
      expect((await refusal(bridge, each)).reason).toContain('has been ended');
  });

  it('JWE: is the same session, encrypted once more', async () => {
    const bridge = await bridges.start({ jweKeyFile });
    await works(bridge, await encrypt(content, 'dir', dirKey));
    await endSessions(bridge);
    expect((await refusal(bridge, await encrypt(content, 'dir', dirKey))).reason).toContain('has been ended');
  });
});

it("the hook's token is one session on every path", async () => {
  const portal = createServer((_, response) => response.end('{"target": "lab"}')).listen(0, '127.0.0.1');
  onTestFinished(() => void portal.close());
  await once(portal, 'listening');
  const hookUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/`;
  const bridge = await bridges.start({ jwtSecretFile: undefined, hookUrl, maxConnectionsPerToken: 1 });
  const signed = await sign();
  const token = 'the-token-of-a-portal';
  for (const each of [token, signed]) {
    await works(bridge, each, 'spice/lab');
    for (const path of ['spice', 'websockify', 'spice/lab']) {
      expect((await refusal(bridge, each, path)).reason).toBe('Too many connections for this session.');
    }
    await endSessions(bridge);
    for (const path of ['spice', 'websockify', 'spice/lab']) {
      expect((await refusal(bridge, each, path)).reason).toContain('has been ended');
    }
  }
  for (const other of respelled(signed))
    expect((await refusal(bridge, other)).reason).toContain('has been ended');
});
