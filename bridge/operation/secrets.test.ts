/** Nothing that a stranger could use is in the log, the metrics or what clients are told. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startMain } from '../cli/test-main.ts';
import { linkMessage, listen, TestClient } from '../testing/test-kit.ts';

const SECRET = 'signing-secret-of-at-least-32-bytes';
const PASSWORD = 'spice-pa55word';

function token(claims: object, secret = SECRET): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256' })}.${part({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

it('tokens, passwords, keys and the admin token stay inside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spice-viewer-secrets-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const server = await listen((socket) => socket.resume());
  const flags = {
    'jwt-secret-file': file('jwt', SECRET),
    'admin-listen': '127.0.0.1:0',
    'admin-token-file': file('admin', 'admin-token-0123456789'),
    'log-level': 'debug',
    'connect-timeout': '1',
  };
  const uri = `spice://127.0.0.1:${server.port}`;
  const main = await startMain(
    '--metrics',
    'main',
    ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    `--target=lab=${uri}?password-file=${file('password', PASSWORD)}`,
    `--target=open=${uri}`,
    '--token-query',
  );
  const tokens = {
    good: token({ sub: 'ann', jti: 'session-of-ann', spice: { target: 'open' } }),
    withTarget: token({ sub: 'bob', spice: { target: 'lab' } }),
    forged: token({ spice: { target: 'open' } }, 'another-secret-of-at-least-32-bytes'),
    readablePassword: token({ spice: { target: 'open', password: PASSWORD } }),
    opaque: 'opaque-session-id-that-nobody-minted',
  };
  const told: string[] = [];
  const tell = async (client: TestClient): Promise<void> => void told.push((await client.closed).reason);
  for (const one of Object.values(tokens)) {
    const clients = [
      new TestClient(`${main.url}spice`, { protocols: ['binary', `bearer.${one}`] }),
      new TestClient(`${main.url}spice?token=${one}`),
      new TestClient(`${main.url}spice/lab`, { headers: { Authorization: `Bearer ${one}` } }),
      new TestClient(`${main.url}spice/open`, { headers: { Cookie: `spice-token=${one}` } }),
    ];
    for (const client of clients) {
      client.websocket.on('open', () => client.websocket.send(linkMessage(1)));
      void tell(client);
    }
  }
  await expect
    .poll(() => main.log().some(({ event, who }) => event === 'session-start' && who === 'ann'))
    .toBe(true);
  await expect.poll(() => main.log().filter(({ event }) => event === 'refused').length).toBeGreaterThan(4);
  const metrics = await (await fetch(`${main.url}metrics`)).text();
  const targets = await (await fetch(`${main.url}targets.json`)).text();
  await main.exit('SIGINT');
  const all = [main.output.stdout, main.output.stderr, metrics, targets, ...told].join('\n');
  for (const secret of [SECRET, PASSWORD, 'admin-token', 'another-secret', ...Object.values(tokens)]) {
    expect(all).not.toContain(secret);
    expect(all).not.toContain(secret.split('.').at(-1)); // a token's signature
  }
  expect(all).not.toContain(folder);
  expect(told.join('')).not.toMatch(/127\.0\.0\.1/);
  server.close();
  rmSync(folder, { recursive: true });
});
