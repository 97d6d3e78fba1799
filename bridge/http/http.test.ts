import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridgeTo, linkMessage, listen, readAll, TestClient } from '../testing/test-kit.ts';
import { type Bridge, createBridge } from '../create-bridge.ts';

let folder: string;
let bridge: Bridge;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-http-'));
  mkdirSync(join(folder, 'dist/app/assets'), { recursive: true });
  mkdirSync(join(folder, 'dist/bridge'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist/bridge/main.js'), 'secret');
  writeFileSync(join(folder, 'dist/app/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'dist/app/assets/app-1a2b3c.js'), 'app()');
  writeFileSync(join(folder, 'dist/spice-viewer.js'), 'element()');
  mkdirSync(join(folder, 'dist/chunks'));
  writeFileSync(join(folder, 'dist/chunks/core.js'), 'core()');
  writeFileSync(join(folder, 'dist/spice-notes.txt'), 'notes');
  const config = {
    appDir: join(folder, 'dist'),
    allowOrigins: ['https://portal.example'],
    metrics: 'main' as const,
  };
  bridge = await bridgeTo({ lab: 'spice://secret.host:5900?title=Lab%20PC', other: 'spice://x:1' }, config);
});

afterAll(async () => {
  await bridge.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Unlike fetch, sends the path as it is. */
function get(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(bridge.url);
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('files', () => {
  it('serves the app with any query, never cached unseen', async () => {
    for (const path of ['/', '/?target=lab&autoconnect=1', '/index.html']) {
      const answer = await get(path);
      expect(answer).toMatchObject({ status: 200, body: '<!doctype html>' });
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.headers['content-type']).toContain('text/html');
    }
  });

  it('lets hashed assets be kept for good', async () => {
    const answer = await get('/assets/app-1a2b3c.js');
    expect(answer.body).toBe('app()');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toContain('javascript');
  });

  it('serves the modules and nothing else beside the app', async () => {
    expect((await get('/spice-viewer.js')).body).toBe('element()');
    expect((await get('/chunks/core.js?v=1')).body).toBe('core()');
    for (const path of ['/bridge/main.js', '/spice-notes.txt', '/chunks/../bridge/main.js']) {
      expect((await get(path)).status).toBe(404);
    }
  });

  it('answers 304 to a known ETag', async () => {
    const { etag = '' } = (await get('/')).headers;
    expect(etag).not.toBe('');
    expect((await get('/', 'GET', { 'If-None-Match': etag })).status).toBe(304);
  });

  it('has no body for HEAD, and the same headers', async () => {
    const head = await get('/', 'HEAD');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe('15');
    expect((await get('/healthz', 'HEAD')).headers['content-length']).toBe('3');
  });

  it.each([
    '/../secret.txt',
    '/..%2f..%2fsecret.txt',
    '/%2e%2e/%2e%2e/secret.txt',
    '/assets/../../../secret.txt',
    '//secret.txt',
    '/..\\secret.txt',
    '/../bridge/main.js',
  ])('does not leave the folder: %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it.each(['bytes=5-2', 'bytes=99-', 'bytes=x', 'bytes=-5'])('survives Range: %s', async (range) => {
    expect(await get('/', 'GET', { Range: range })).toMatchObject({ status: 200, body: '<!doctype html>' });
  });

  it('says so when the app is not built', async () => {
    const empty = await createBridge({
      listen: { host: '127.0.0.1', port: 0 },
      targets: [{ name: 'x', uri: 'spice://x:1' }],
      appDir: join(folder, 'none'),
    });
    const response = await fetch(empty.url);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
    await empty.close();
  });
});

describe('every answer', () => {
  it.each(['/', '/healthz', '/nothing', '/%zz', '/spice/lab', '/targets.json'])(
    'of %s has the security headers',
    async (path) => {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['cross-origin-embedder-policy']).toBeUndefined();
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['content-security-policy']).toMatch(/frame-ancestors 'self'$/);
      expect(headers['x-frame-options']).toBe('SAMEORIGIN');
      expect(headers['strict-transport-security']).toBeUndefined(); // plain http
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['permissions-policy']).toContain('camera=()');
    },
  );
});

it('lets the origins that the operator names show the app in a frame', async () => {
  const framed = await bridgeTo({ lab: 'spice://x:1' }, { frameAncestors: ['https://portal.example'] });
  const { headers } = await fetch(framed.url);
  expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'self' https:\/\/portal\.example$/);
  expect(headers.get('x-frame-options')).toBeNull();
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  await framed.close();
});

describe('addresses', () => {
  it.each([
    ['/healthz', 200, 'ok\n'],
    ['/readyz', 200, 'ready\n'],
    ['/nothing', 404, 'Not found.\n'],
    ['/%zz', 400, 'The address is malformed.\n'],
    ['/a%00b', 400, 'The address is malformed.\n'],
    ['/spice/lab', 426, 'This address speaks WebSocket.\n'],
    ['/spice', 426, 'This address speaks WebSocket.\n'],
    ['/websockify', 426, 'This address speaks WebSocket.\n'],
  ])('%s is %i', async (path, status, body) => {
    expect(await get(path)).toMatchObject({ status, body });
  });

  it('lists the targets without addresses', async () => {
    const answer = await get('/targets.json');
    expect(JSON.parse(answer.body)).toEqual({
      targets: [
        { name: 'lab', title: 'Lab PC', kind: 'spice' },
        { name: 'other', kind: 'spice' },
      ],
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('do not take %s', async (method) => {
    const answer = await get('/', method);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('do not take huge heads', async () => {
    expect((await get('/', 'GET', { 'X-Large': 'x'.repeat(20_000) })).status).toBe(431);
  });
});

describe('names and proxies', () => {
  const host = (name: string, path = '/', headers = {}): Promise<Answer> =>
    get(path, 'GET', { Host: name, ...headers });

  it('are refused where the bridge does not know them, against DNS rebinding', async () => {
    const refused = await host('evil.example');
    expect(refused).toMatchObject({ status: 421, headers: { connection: 'close' } });
    expect(refused.body).toContain('--allow-host');
    expect((await host('evil.example', '/targets.json')).status).toBe(421);
    expect((await host('evil.example', '/metrics')).status).toBe(421);
    expect((await host('portal.example')).status).toBe(200); // an allowed origin's
    // Probes by whatever name learn nothing.
    expect((await host('evil.example', '/healthz')).status).toBe(200);
    expect((await host('evil.example', '/readyz')).status).toBe(200);
  });

  it('of strangers are not believed', async () => {
    expect((await host('evil.example', '/', { 'X-Forwarded-Host': 'localhost' })).status).toBe(421);
  });

  it('of trusted proxies are', async () => {
    const proxied = await bridgeTo(
      { lab: 'spice://x:1' },
      { trustedProxies: ['127.0.0.1'], allowHosts: ['desk.example'] },
    );
    const forwarded = {
      'X-Forwarded-For': '192.0.2.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'desk.example',
    };
    const closed = async (origin: string): Promise<string> =>
      (await new TestClient(`${proxied.url}spice/nope`, { origin, headers: forwarded }).closed).reason;
    expect(await closed('https://desk.example')).toMatch(/^There is no such target/);
    expect(await closed('http://desk.example')).toBe('This page may not use the bridge.');
    expect(await closed(proxied.url)).toBe('This page may not use the bridge.');
    await proxied.close();
  });
});

describe('metrics', () => {
  it('are told on the main listener where the operator says so', async () => {
    const answer = await get('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.body).toContain('\nspice_bridge_sessions 0\n');
    expect(answer.body).toContain('nodejs_eventloop_lag_seconds');
    expect(answer.body).not.toContain('secret.host');
    const without = await bridgeTo({ lab: 'spice://x:1' });
    expect((await fetch(`${without.url}metrics`)).status).toBe(404);
    await without.close();
  });
});

describe('upgrades', () => {
  const closeOf = async (path: string, origin?: string): Promise<{ code: number; reason: string }> =>
    new TestClient(`${bridge.url}${path}`, origin === undefined ? {} : { origin }).closed;

  it('to unknown targets are refused with a reason', async () => {
    for (const path of ['spice/nope', 'spice/__proto__', `spice/${'x'.repeat(5000)}`]) {
      expect(await closeOf(path)).toEqual({
        code: 1008,
        reason: 'There is no such target. Check the name in the address.',
      });
    }
  });

  it('without a name need a single target', async () => {
    const reason = 'The address must name a target.';
    expect(await closeOf('spice')).toEqual({ code: 1008, reason });
    expect(await closeOf('websockify')).toEqual({ code: 1008, reason });
    const server = await listen((socket) => socket.end('hi'));
    const single = await bridgeTo({ lab: `spice://127.0.0.1:${server.port}` });
    for (const path of ['spice', 'websockify']) {
      const client = new TestClient(`${single.url}${path}`);
      expect((await client.closed).code).toBe(1000);
      expect(client.received.toString()).toBe('hi');
    }
    await single.close();
    server.close();
  });

  it.each(['https://evil.example', 'null', 'https://portal.example:8443', 'http://portal.example'])(
    'of pages from %s are refused',
    async (origin) => {
      expect(await closeOf('spice/nope', origin)).toEqual({
        code: 1008,
        reason: 'This page may not use the bridge.',
      });
    },
  );

  it.each([{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }])(
    'that the browser calls foreign are refused without an Origin too: %j',
    async (headers) => {
      const { reason } = await new TestClient(`${bridge.url}spice/nope`, { headers }).closed;
      expect(reason).toBe('This page may not use the bridge.');
    },
  );

  it('to a name that is not the bridge are refused, whatever the page', async () => {
    const headers = { Host: 'evil.example' };
    const client = new TestClient(`${bridge.url}spice/lab`, { headers, origin: 'http://evil.example' });
    expect(await client.closed).toEqual({ code: 1008, reason: 'The bridge does not answer to this name.' });
  });

  it('of pages from the own host, of allowed pages and of no pages are not', async () => {
    for (const origin of [bridge.url.slice(0, -1), 'https://portal.example', undefined]) {
      expect((await closeOf('spice/nope', origin)).reason).toBe(
        'There is no such target. Check the name in the address.',
      );
    }
  });

  it('choose the subprotocol binary, or none', async () => {
    const server = await listen((socket) => socket.resume());
    const single = await bridgeTo({ lab: `spice://127.0.0.1:${server.port}` });
    for (const [offered, chosen] of [
      [['binary'], 'binary'],
      [['base64', 'binary'], 'binary'],
      [[], ''],
    ] as const) {
      const client = await new TestClient(`${single.url}spice/lab`, { protocols: [...offered] }).opened();
      expect(client.websocket.protocol).toBe(chosen);
      expect(client.websocket.extensions).toBe('');
    }
    await single.close();
    server.close();
  });

  it.each(['/elsewhere', '/spice/%zz', '/spice/a/b', '/spice/'])('at %s are 404', async (path) => {
    const { hostname, port } = new URL(bridge.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1\.1 404 /);
  });
});

it('keeps browsers to https where a trusted proxy says that they came by it', async () => {
  const hsts = async (trustedProxies: string[], headers: Record<string, string>): Promise<string | null> => {
    const proxied = await bridgeTo({ lab: 'spice://x:1' }, { trustedProxies });
    const answer = await fetch(proxied.url, { headers });
    await proxied.close();
    return answer.headers.get('strict-transport-security');
  };
  const forwarded = { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'https' };
  expect(await hsts(['127.0.0.1'], forwarded)).toBe('max-age=15552000');
  expect(await hsts(['127.0.0.1'], { ...forwarded, 'X-Forwarded-Proto': 'http' })).toBeNull();
  expect(await hsts([], forwarded)).toBeNull();
});

it('tells while it drains', async () => {
  const server = await listen((socket) => socket.pipe(socket));
  const draining = await bridgeTo({ lab: `spice://127.0.0.1:${server.port}` }, { metrics: 'main' });
  const client = await new TestClient(`${draining.url}spice/lab`).opened();
  client.websocket.send(linkMessage(1));
  await client.until(34);
  const closed = draining.close();
  const answer = await fetch(`${draining.url}readyz`);
  expect([answer.status, await answer.text()]).toEqual([503, 'draining\n']);
  expect(await (await fetch(`${draining.url}metrics`)).text()).toContain('\nspice_bridge_draining 1\n');
  expect((await client.closed).code).toBe(1001);
  await closed;
  await expect(fetch(draining.url)).rejects.toThrow();
  server.close();
});
