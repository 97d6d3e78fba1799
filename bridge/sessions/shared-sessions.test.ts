import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCi, missingPrograms } from '../../tests/servers/programs.ts';
import { type Redis, startRedis } from '../../tests/servers/redis.ts';
import type { BridgeConfig } from '../config/options.ts';
import type { Bridge } from '../create-bridge.ts';
import { linkMessage, TestClient } from '../testing/test-kit.ts';
import { admin, bearer, mint, refusal, useTokenBridges, works } from './test-bridges.ts';
import { payload, sign } from './test-tokens.ts';

const bridges = useTokenBridges();
const hasRedis = missingPrograms('redis').length === 0;
let redis: Redis | undefined;
let prefixes = 0;

beforeAll(async () => {
  if (hasRedis || isCi) redis = await startRedis();
});
afterAll(() => redis?.stop());

describe.runIf(hasRedis || isCi)('two bridges with one Redis', () => {
  const pair = async (config: Partial<BridgeConfig> = {}): Promise<[Bridge, Bridge]> => {
    const shared = { redis: redis?.url, redisPrefix: `pair-${process.pid}-${prefixes++}:`, ...config };
    return [await bridges.start(shared), await bridges.start(shared)];
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
