/** What the shipped configurations promise: narrow trust, secrets that are secret, limits. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const deploy = join(import.meta.dirname, '../../deploy');
function read(path: string): string {
  return readFileSync(join(deploy, path), 'utf8');
}
const all = readdirSync(deploy, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
const compose = read('docker/compose.yaml');
const kubernetes = read('kubernetes/spice-viewer.yaml').split(/^---$/m);

it('single addresses are trusted as proxies, never networks', () => {
  const trusted = all.flatMap((text) =>
    [...text.matchAll(/--trusted-proxy=(\S+)/g)].map(([, one = '']) => one),
  );
  expect(trusted.length).toBeGreaterThan(1);
  for (const one of trusted) expect(one).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(compose).toContain(`ipv4_address: ${/--trusted-proxy=(\S+)/.exec(compose)?.[1]}`);
});

it('every Redis wants a password, and every bridge has it from a file', () => {
  for (const text of [compose, kubernetes.join('---')]) {
    expect(text).toContain('requirepass');
    expect(text.match(/--redis=/g)).toHaveLength(1);
    expect(text.match(/--redis-password-file=/g)).toHaveLength(1);
  }
  expect(
    kubernetes.filter((part) => /kind: NetworkPolicy[^]*app: spice-viewer-redis/.test(part)),
  ).toHaveLength(1);
});

it('pods can read their secrets, write nothing, and have limits', () => {
  const pods = kubernetes.filter((part) => /^kind: Deployment$/m.test(part));
  expect(pods).toHaveLength(2);
  for (const pod of pods) {
    const [, user = ''] = /runAsUser: (\d+)/.exec(pod) ?? [];
    expect(pod).toContain(`fsGroup: ${user}\n`);
    expect(pod).toMatch(/limits: \{ cpu: '\d+', memory: \d+Mi \}/);
    for (const line of [
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
    ]) {
      expect(pod).toContain(line);
    }
  }
});

it('containers write nothing and have limits', () => {
  for (const line of ['read_only: true', 'cap_drop: [ALL]', 'mem_limit:', 'pids_limit:']) {
    expect(compose.split(line), line).toHaveLength(4); // bridge, Redis, HAProxy
  }
});

it('proxies tell the bridge about https and keep browsers to it', () => {
  for (const text of [read('haproxy/haproxy.cfg'), read('nginx/spice-viewer.conf')]) {
    expect(text).toMatch(/Strict-Transport-Security/);
    expect(text).toMatch(/X-Forwarded-Proto/);
  }
});

it('systemd gives every kind of secret to the bridge alone', () => {
  const unit = read('systemd/spice-viewer.service');
  for (const name of ['admin-token', 'redis-password', 'jwt-secret', 'jwt-key', 'jwe-key', 'tls-key']) {
    expect(unit).toContain(`LoadCredential=-${name}:/etc/spice-viewer/secrets/${name}\n`);
  }
});
