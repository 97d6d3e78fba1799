/** Two bridges behind the HAProxy configuration that we ship, sharing sessions through Redis. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBridge, type Bridge } from '../../servers/bridge.ts';
import { startHaproxy, type Haproxy } from '../../servers/haproxy.ts';
import { freePort } from '../../servers/ports.ts';
import { makeDirectory, until } from '../../servers/process.ts';
import { startRedis, type Redis } from '../../servers/redis.ts';
import type { Xspice } from '../../servers/xspice.ts';
import { waitForEqual } from '../lib/compare.ts';
import { xterm } from '../lib/desktop.ts';
import { expect, needs, test, type Fixtures } from '../lib/fixtures.ts';
import { expectSentence } from '../lib/sentence.ts';
import { Viewer } from '../lib/viewer.ts';

needs('chromium', 'xspice', 'haproxy', 'redis', 'openssl');
// HAProxy speaks TLS, with a certificate made for the test.
test.use({ ignoreHTTPSErrors: true });

const ADMIN_TOKEN = 'a-token-of-the-admin-api';

interface Member {
  readonly port: number;
  readonly adminPort: number;
  bridge: Bridge;
  start(): Promise<void>;
}

interface Cluster {
  readonly server: Xspice;
  readonly redis: Redis;
  readonly haproxy: Haproxy;
  readonly members: readonly [Member, Member];
  /** A token for one session, from the first bridge that answers. */
  mint(): Promise<string>;
}

async function startMember(server: Xspice, redis: Redis, drainTimeout: number): Promise<Member> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const tokenFile = join(makeDirectory('admin-token-'), 'token');
  writeFileSync(tokenFile, ADMIN_TOKEN);
  const start = (): Promise<Bridge> =>
    startBridge({ desk: `spice://127.0.0.1:${server.port}` }, [
      `--listen=127.0.0.1:${port}`,
      `--redis=${redis.url}`,
      '--metrics=main',
      `--admin-listen=127.0.0.1:${adminPort}`,
      `--admin-token-file=${tokenFile}`,
      '--trusted-proxy=127.0.0.1',
      `--drain-timeout=${drainTimeout}`,
      '--log-format=json',
    ]);
  const member: Member = {
    port,
    adminPort,
    bridge: await start(),
    start: async () => {
      member.bridge = await start();
    },
  };
  return member;
}

async function startCluster(
  { xspice, owned }: Pick<Fixtures, 'xspice' | 'owned'>,
  drainTimeout = 60,
): Promise<Cluster> {
  const server = await xspice();
  await xterm(server, 'first', 'seq 1 200', '-geometry', '60x20+40+40');
  const redis = owned(await startRedis());
  const one = await startMember(server, redis, drainTimeout);
  owned({ stop: () => one.bridge.stop() });
  const two = await startMember(server, redis, drainTimeout);
  owned({ stop: () => two.bridge.stop() });
  const haproxy = owned(await startHaproxy([one.port, two.port]));
  const members = [one, two] as const;
  await until('both bridges behind HAProxy', async () => {
    const ready = await Promise.all(members.map(({ port }) => fetch(`http://127.0.0.1:${port}/readyz`)));
    return ready.every(({ ok }) => ok);
  });
  return {
    server,
    redis,
    haproxy,
    members,
    mint: async () => {
      for (const { adminPort } of members) {
        const response = await fetch(`http://127.0.0.1:${adminPort}/tokens`, {
          method: 'POST',
          headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
          body: JSON.stringify({ target: 'desk', ttl: 60, subject: 'alice' }),
        }).catch(() => undefined);
        if (response?.ok) return ((await response.json()) as { token: string }).token;
      }
      throw new Error('no bridge mints a token');
    },
  };
}

async function openSession(cluster: Cluster, page: Viewer['page']): Promise<Viewer> {
  return Viewer.open(page, `${cluster.haproxy.url}?embed=1#token=${await cluster.mint()}`);
}

/** Open tunnels of a bridge, as its metrics tell. */
async function channels({ port }: Member): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('spice_bridge_channels{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function kill(member: Member): void {
  void process.kill(-member.bridge.pid, 'SIGKILL');
}

test('one session’s channels are spread over both bridges; one is killed and the session comes back through the other', async ({
  page,
  xspice,
  owned,
}) => {
  const cluster = await startCluster({ xspice, owned });
  const { server, members } = cluster;
  const viewer = await openSession(cluster, page);
  await viewer.waitConnected();
  await waitForEqual('the desktop through both', () => viewer.pixels(), server.screenshot);
  const before = await Promise.all(members.map(channels));
  expect(Math.min(...before), `channels on each bridge: ${before.join(', ')}`).toBeGreaterThan(0);

  kill(members[0]);
  await viewer.waitForState('reconnecting');
  await viewer.waitConnected();
  expect(await channels(members[1])).toBeGreaterThanOrEqual(before[0] + before[1]);
  await xterm(server, 'second', 'seq 500 600', '-geometry', '60x20+300+200');
  await waitForEqual('the desktop through the other', () => viewer.pixels(), server.screenshot);
});

test('Redis restarts: the session lives on, a new one is told in words, and then all is well', async ({
  page,
  context,
  xspice,
  owned,
}) => {
  const cluster = await startCluster({ xspice, owned });
  const { server, redis } = cluster;
  const viewer = await openSession(cluster, page);
  await viewer.waitConnected();
  const token = await cluster.mint();
  await redis.kill();
  await xterm(server, 'without-redis', 'seq 500 600', '-geometry', '60x20+300+200');
  await waitForEqual('the desktop without Redis', () => viewer.pixels(), server.screenshot);

  const late = await Viewer.open(await context.newPage(), `${cluster.haproxy.url}?embed=1#token=${token}`);
  await late.waitForState('disconnected');
  await expectSentence(late, 'The bridge cannot look up sessions now; try again in a moment.');
  await redis.startAgain();
  expect(await viewer.state()).toBe('connected');

  // SPICE servers take one client: the first one leaves.
  await viewer.evaluate((element) => element.disconnect());
  const after = await openSession(cluster, await context.newPage());
  await after.waitConnected();
  await waitForEqual('the desktop after Redis came back', () => after.pixels(), server.screenshot);
});

test('a draining bridge keeps its sessions until the limit and takes no new ones', async ({
  page,
  xspice,
  owned,
}) => {
  const cluster = await startCluster({ xspice, owned }, 120);
  const { server, members } = cluster;
  const viewer = await openSession(cluster, page);
  await viewer.waitConnected();
  const before = await Promise.all(members.map(channels));
  process.kill(members[0].bridge.pid, 'SIGTERM');
  await until('the bridge to be unready', async () => {
    const response = await fetch(`http://127.0.0.1:${members[0].port}/readyz`);
    return response.status === 503;
  });
  await xterm(server, 'draining', 'seq 500 600', '-geometry', '60x20+300+200');
  await waitForEqual('the desktop while one bridge drains', () => viewer.pixels(), server.screenshot);
  expect(await Promise.all(members.map(channels))).toEqual(before);
  expect((await viewer.events()).filter(({ type }) => type === 'reconnecting')).toEqual([]);

  await viewer.evaluate((element) => element.disconnect());
  await expect.poll(() => channels(members[1])).toBe(0);
  // Nothing is left, so it ends before its limit.
  await until('the bridge to end', () =>
    fetch(`http://127.0.0.1:${members[0].port}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  const next = await openSession(cluster, await page.context().newPage());
  await next.waitConnected();
  await waitForEqual('the desktop through the bridge that is left', () => next.pixels(), server.screenshot);
});
