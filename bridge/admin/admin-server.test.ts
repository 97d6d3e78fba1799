import { describe, expect, it } from 'vitest';
import { linkMessage, TestClient } from '../testing/test-kit.ts';
import { ADMIN_TOKEN, admin, mint, refusal, useTokenBridges, works } from '../sessions/test-bridges.ts';

const bridges = useTokenBridges();

describe('the admin API', () => {
  it('wants its own token, and tells nothing without', async () => {
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
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
    const bridge = await bridges.start({ requireToken: false });
    const client = await new TestClient(`${bridge.url}spice/lab`).opened();
    client.websocket.send(linkMessage(1));
    await client.until(34);
    const [session] = (await admin(bridge, 'GET', '/sessions')).body.sessions;
    expect((await admin(bridge, 'DELETE', `/sessions/${session.id}`)).status).toBe(204);
    expect((await client.closed).reason).toBe('An administrator ended the session.');
    expect((await admin(bridge, 'DELETE', `/sessions/${session.id}`)).status).toBe(404);
  });

  it('revokes a token before it is used, and a JWT by its id', async () => {
    const bridge = await bridges.start();
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
    const bridge = await bridges.start();
    const answer = await admin(bridge, 'POST', '/tokens', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain(message);
  });

  it('refuses what is too long, and other methods', async () => {
    const bridge = await bridges.start();
    expect((await admin(bridge, 'POST', '/tokens', 'x'.repeat(200_000))).status).toBe(413);
    expect((await admin(bridge, 'POST', '/sessions')).status).toBe(405);
    expect((await admin(bridge, 'GET', '/tokens/abcdefgh')).status).toBe(405);
    expect((await admin(bridge, 'DELETE', '/sessions/..%2f..')).status).toBe(404);
  });
});
