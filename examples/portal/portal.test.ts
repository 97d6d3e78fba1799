/** What the portal promises about logins. */
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Accounts, hashPassword, loadAccounts } from './accounts.ts';
import { createPortal } from './portal.ts';

let accounts: Accounts;
beforeAll(async () => {
  accounts = await loadAccounts(join(import.meta.dirname, 'accounts.json'));
});

function start(
  verify: Accounts['verify'] = (user, password) => Promise.resolve(user === 'alice' && password === 'right'),
) {
  let address = '192.0.2.1';
  const portal = createPortal({
    accounts: { machinesOf: (user) => accounts.machinesOf(user), verify },
    ticket: { key: Buffer.alloc(32, 1), issuer: 'portal', audience: 'spice-bridge' },
    addressOf: () => address,
    bridge: 'wss://bridge.example/spice',
    viewerFile: 'none',
  });
  const post = async (path: string, headers: Record<string, string> = {}, body?: string): Promise<Response> =>
    portal.request(`https://portal.example${path}`, {
      method: 'POST',
      headers: {
        Origin: 'https://portal.example',
        'Content-Type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  const login = (user: string, password: string): Promise<Response> =>
    post('/login', {}, new URLSearchParams({ user, password }).toString());
  return { post, login, from: (other: string) => (address = other) };
}

async function cookieOf(answer: Promise<Response>): Promise<{ Cookie: string }> {
  const [Cookie = ''] = ((await answer).headers.get('set-cookie') ?? '').split(';', 1);
  expect(Cookie).toMatch(/^__Host-portal=.{43}$/);
  return { Cookie };
}

it('the password of the README opens the accounts of the example', async () => {
  expect(await accounts.verify('alice', 'desktops')).toBe(true);
  expect(await accounts.verify('alice', 'desktop')).toBe(false);
  expect(await accounts.verify('nobody', 'desktops')).toBe(false);
  expect(await hashPassword('x')).toMatch(/^.{24}:.{44}$/);
});

it('a logout ends the login, for copies of its cookie too, and no other', async () => {
  const { post, login } = start();
  const [first, second] = [await cookieOf(login('alice', 'right')), await cookieOf(login('alice', 'right'))];
  expect((await post('/machines/demo/ticket', first)).status).toBe(200);
  expect((await post('/logout', first)).status).toBe(303);
  expect((await post('/machines/demo/ticket', first)).status).toBe(401);
  expect((await post('/machines/demo/ticket', second)).status).toBe(200);
  expect((await post('/machines/demo/ticket', { Cookie: '__Host-portal=alice' })).status).toBe(401);
});

it('guesses for a name are limited, wherever they come from, also when all come at once', async () => {
  let looked = 0;
  const { login, from } = start((_, password) => {
    looked++;
    return Promise.resolve(password === 'right');
  });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      from(`192.0.2.${index}`);
      return login('alice', `guess ${index}`);
    }),
  );
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(55);
  const late = await login('alice', 'right');
  expect(late.status).toBe(429);
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(looked).toBe(5);
  expect((await login('bob', 'right')).status).toBe(303);
});

it('guesses from an address are limited, whoever they are for', async () => {
  const { login, from } = start();
  const statuses: number[] = [];
  for (let index = 0; index < 40; index++) statuses.push((await login(`user ${index}`, 'guess')).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  from('192.0.2.2');
  expect((await login('alice', 'right')).status).toBe(303);
});
