import { describe, expect, it } from 'vitest';
import { type ClaimedTarget, targetFromClaims } from './claimed-target.ts';
import type { Target } from './target.ts';
import { TargetList } from './target-list.ts';
import { TargetRules } from './target-rules.ts';

const rules = new TargetRules({ allow: [], deny: [], allowLoopback: false });
const targets = await TargetList.load([{ name: 'lab', uri: 'spice://127.0.0.1:5900?title=Lab' }]);
async function resolve(claims: ClaimedTarget): Promise<Target> {
  return targetFromClaims(claims, { rules, targets }).resolve(new AbortController().signal);
}

describe('targetFromClaims', () => {
  it('describes a target, under the rules', async () => {
    const target = await resolve({
      host: 'vm1.lab',
      port: 5900,
      tlsPort: 5901,
      hostSubject: 'CN=x',
      fingerprint: `sha256:${'AB:'.repeat(31)}CD`,
      secureChannels: ['main', 'inputs'],
      proxy: 'http://pve:3128',
      password: 'geheim',
      title: 'VM 1',
    });
    expect(target).toMatchObject({
      kind: 'session',
      title: 'VM 1',
      plain: { host: 'vm1.lab', port: 5900 },
      secure: { port: 5901, hostSubject: ['cn=x'], fingerprint: `${'ab'.repeat(31)}cd`, verifyChain: false },
      secureChannels: new Set([1, 3]),
      proxy: { host: 'pve', port: 3128 },
      password: 'geheim',
      rules,
    });
  });

  it('may be a socket, under the rules', async () => {
    expect(await resolve({ socket: '/run/vm.sock' })).toMatchObject({
      plain: { path: '/run/vm.sock' },
      rules,
    });
  });

  it('names a configured target, which is free of rules, and may bring a password and a title', async () => {
    expect(await resolve({ target: 'lab' })).toMatchObject({ name: 'lab', title: 'Lab', rules: undefined });
    const own = { target: 'lab', password: 'x', title: 'Mine' };
    expect(await resolve(own)).toMatchObject({ name: 'lab', title: 'Mine', password: 'x', rules: undefined });
    expect((await resolve({ target: 'lab' })).password).toBeUndefined();
  });

  it.each<[ClaimedTarget, string]>([
    [{ target: 'none' }, 'target-unknown'],
    [{ target: '../lab' }, 'target-unknown'],
    [{ target: '__proto__' }, 'target-unknown'],
    [{ target: 'lab', host: 'elsewhere' }, 'claims-target'],
    [{}, 'claims-target'],
    [{ host: 'x' }, 'claims-target'],
    [{ host: 'a\r\nb', port: 1 }, 'claims-target'],
    [{ host: 'a\r\nb', port: 1, proxy: 'http://p:1' }, 'claims-target'],
    [{ host: 'a b', port: 1 }, 'claims-target'],
    [{ host: 'x', tlsPort: 1, ca: 'nonsense' }, 'claims-target'],
    [{ host: 'x', tlsPort: 1, fingerprint: 'sha256:00' }, 'claims-target'],
    [{ host: 'x', port: 1, fingerprint: `sha256:${'00'.repeat(32)}` }, 'claims-target'],
    [{ host: 'x', port: 1, secureChannels: ['screen'] }, 'claims-target'],
    [{ host: 'x', port: 1, proxy: 'ftp://p' }, 'claims-target'],
    [{ host: 'x', port: 1, password: 'x'.repeat(61) }, 'claims-target'],
    [{ socket: '/x', proxy: 'http://p:1' }, 'claims-target'],
  ])('refuses %j', async (claims, code) => {
    await expect(resolve(claims)).rejects.toMatchObject({ name: 'BridgeError', code });
  });
});
