/** Tokens in a real browser: the page's fragment, the element's properties, and what a token does not allow. */
import { createHmac, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Bridge } from '../servers/bridge.ts';
import { freePort } from '../servers/ports.ts';
import { makeDirectory } from '../servers/process.ts';
import { expect, needs, test } from './lib/fixtures.ts';
import { Viewer } from './lib/viewer.ts';

needs('chromium');

const secret = randomBytes(32).toString('hex');
const adminToken = randomBytes(16).toString('hex');
const directory = makeDirectory('spice-viewer-tokens-');
const secretFile = join(directory, 'secret');
const adminTokenFile = join(directory, 'admin-token');
test.beforeAll(() => {
  writeFileSync(secretFile, secret);
  writeFileSync(adminTokenFile, adminToken);
});
test.afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A JWT as a portal without any library makes it: docs/bridge-tokens.md. */
function jwt(spice: object, more: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 300;
  const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp, sub: 'alice', spice, ...more })}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}

function flags(...more: string[]): string[] {
  return ['--jwt-secret-file', secretFile, ...more];
}

/** A page of the bridge's own origin with nothing on it but an element, which is not connected yet. */
async function bare(page: Page, bridge: Bridge): Promise<Viewer> {
  await page.route(`${bridge.url}bare.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html><script type="module" src="/spice-viewer.js"></script><spice-viewer url="/spice"></spice-viewer>',
    }),
  );
  const viewer = await Viewer.open(page, `${bridge.url}bare.html`);
  await page.evaluate(() => customElements.whenDefined('spice-viewer').then(() => undefined));
  return viewer;
}

test('the fragment opens a desktop, and is gone from the address', async ({ page, bridge }) => {
  const served = await bridge({ demo: 'demo:' }, flags());
  const viewer = await Viewer.open(page, `${served.url}?embed=1#token=${jwt({ target: 'demo' })}`);
  await viewer.waitConnected();
  expect(page.url()).toBe(`${served.url}?embed=1`);
  expect(served.log()).not.toContain('eyJ');
});

test("the fragment's secrets are for the first desktop only", async ({ page, bridge }) => {
  const served = await bridge({ a: 'demo:', b: 'demo:' });
  await page.goto(`${served.url}?target=a#password=of-a`);
  const password = (): Promise<string | undefined> =>
    page.evaluate(
      () =>
        document.querySelector('spice-viewer-app')?.shadowRoot?.querySelector('spice-viewer')?.credentials
          ?.password,
    );
  await expect.poll(password).toBe('of-a');
  for (const [desktop, expected] of [
    ['b', undefined],
    ['a', 'of-a'],
  ] as const) {
    await page.locator('button.desktops').dispatchEvent('click');
    await page
      .locator('ul button')
      .nth(desktop === 'a' ? 0 : 1)
      .click();
    await expect(page.locator('spice-viewer')).toHaveAttribute('url', `spice/${desktop}`);
    expect(await password()).toBe(expected);
  }
});

test('the fragment beside a target in the address', async ({ page, bridge }) => {
  const served = await bridge({ demo: 'demo:' }, flags());
  const viewer = await Viewer.open(page, `${served.pageUrl('demo')}#token=${jwt({ target: 'demo' })}`);
  await viewer.waitConnected();
});

test('without a token, or with a bad one, the user is told why', async ({ page, bridge }) => {
  const served = await bridge({ demo: 'demo:' }, flags());
  const viewer = await Viewer.open(page, served.pageUrl('demo', { embed: '1' }));
  await expect.poll(() => viewer.visibleText()).toContain('The bridge needs a token.');
  const expired = jwt({ target: 'demo' }, { exp: 1 });
  const second = await Viewer.open(page, `${served.url}?target=demo&embed=1&again=1#token=${expired}`);
  await expect.poll(() => second.visibleText()).toContain('The token has expired.');
});

test('the token property, with a jti, opens all channels of one session', async ({ page, bridge }) => {
  const served = await bridge({ demo: 'demo:' }, flags());
  const viewer = await bare(page, served);
  await viewer.evaluate(
    (element, token) => {
      Object.assign(element, { token });
      void element.connect();
    },
    jwt({ target: 'demo' }, { jti: 'e2e' }),
  );
  await viewer.waitConnected();
  const pixels = await viewer.pixels();
  expect(new Set(new Uint32Array(pixels.rgba.buffer)).size).toBeGreaterThan(10);
});

test('a view-only token shows the desktop and leaves out the rest', async ({ page, bridge }) => {
  const served = await bridge({ demo: 'demo:' }, flags());
  const viewer = await bare(page, served);
  await viewer.evaluate(
    (element, token) => {
      Object.assign(element, { token });
      void element.connect();
    },
    jwt({ target: 'demo', viewOnly: true }),
  );
  await viewer.waitConnected();
  const looksOn = (): Promise<boolean> => viewer.evaluate((element) => element.hasAttribute('view-only'));
  await expect.poll(looksOn).toBe(true);
  // It was asked for what a token refused, and that is no error to show.
  expect((await viewer.events()).filter(({ type }) => type === 'error')).toEqual([]);
  await viewer.evaluate((element) => element.disconnect());
  await viewer.waitForState('disconnected');
  await expect.poll(looksOn).toBe(false);
  // Another token may do more.
  await viewer.evaluate(
    (element, token) => {
      Object.assign(element, { token });
      void element.connect();
    },
    jwt({ target: 'demo' }),
  );
  await viewer.waitConnected();
  await expect.poll(looksOn).toBe(false);
});

test('ticketProvider brings a new token when the bridge is back', async ({ page, owned, bridge }) => {
  const port = await freePort();
  const listen = ['--listen', `127.0.0.1:${port}`];
  const first = await bridge({ demo: 'demo:' }, flags(...listen));
  const viewer = await bare(page, first);
  const tokens = [jwt({ target: 'demo' }, { jti: 'first' }), jwt({ target: 'demo' }, { jti: 'second' })];
  await viewer.evaluate((element, [token, next]) => {
    Object.assign(element, {
      token,
      reconnect: true,
      asked: 0,
      ticketProvider: () => {
        Object.assign(element, { asked: 1 });
        return Promise.resolve({ token: next });
      },
    });
    void element.connect();
  }, tokens);
  await viewer.waitConnected();
  await first.stop();
  await viewer.waitForState('reconnecting');
  const { startBridge } = await import('../servers/bridge.ts');
  owned(await startBridge({ demo: 'demo:' }, flags(...listen)));
  await viewer.waitConnected();
  expect(await viewer.evaluate((element) => (element as unknown as { asked: number }).asked)).toBe(1);
});

test('ending a session in the admin API ends it in the browser, in words', async ({ page, bridge }) => {
  const adminPort = await freePort();
  const served = await bridge({ demo: 'demo:' }, [
    '--admin-listen',
    `127.0.0.1:${adminPort}`,
    '--admin-token-file',
    adminTokenFile,
  ]);
  const admin = async (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${adminPort}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const minted = (await (await admin('POST', '/tokens', { target: 'demo', subject: 'bob' })).json()) as {
    token: string;
    id: string;
  };
  const viewer = await Viewer.open(page, `${served.url}?embed=1#token=${minted.token}`);
  await viewer.waitConnected();
  const { sessions } = (await (await admin('GET', '/sessions')).json()) as { sessions: { who: string }[] };
  expect(sessions).toEqual([expect.objectContaining({ id: minted.id, who: 'bob', target: 'demo' })]);
  expect((await admin('DELETE', `/sessions/${minted.id}`)).status).toBe(204);
  await viewer.waitForState('disconnected');
  await expect.poll(() => viewer.visibleText()).toContain('An administrator ended the session.');
});
