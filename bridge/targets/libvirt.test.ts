import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { libvirtProvider, parseDisplay, parseLibvirtUri } from './libvirt.ts';
import type { Target } from './target.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-libvirt-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** Puts a virsh of our own in front of any other; it writes down its arguments. */
function fakeVirsh(script: string): () => string[] {
  const log = join(folder, 'arguments');
  writeFileSync(log, '');
  writeFileSync(
    join(folder, 'virsh'),
    `#!/bin/sh\nfor a in "$@"; do printf '%s\\n' "$a" >> '${log}'; done\n${script}\n`,
  );
  chmodSync(join(folder, 'virsh'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
  return () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
}

function never(): string {
  throw new Error('no file is named');
}
function resolve(uri: string): Promise<Target> {
  return libvirtProvider('lab', parseLibvirtUri(uri), never).resolve(new AbortController().signal);
}

describe('libvirt:', () => {
  it('asks virsh, without a shell in between', async () => {
    const args = fakeVirsh(`echo 'spice://vm.lab:5900?tls-port=5901&password=pa@ss?x&password=%20'; echo`);
    const target = await resolve('libvirt:my%20vm;touch%20x?connect=qemu+ssh://root@host/system&title=My');
    expect(target).toMatchObject({
      name: 'lab',
      kind: 'libvirt',
      title: 'My',
      plain: { host: 'vm.lab', port: 5900 },
      secure: { host: 'vm.lab', port: 5901 },
      password: 'pa@ss?x&password=%20',
      rules: undefined,
    });
    const connect = 'qemu+ssh://root@host/system';
    const command = ['domdisplay', '--type', 'spice', '--include-password', '--domain', 'my vm;touch x'];
    expect(args()).toEqual(['-c', connect, ...command]);
  });

  it('gives virsh none of its own secrets', async () => {
    vi.stubEnv('SPICE_VIEWER_REDIS', 'redis://:hunter2@redis');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter3');
    vi.stubEnv('LIBVIRT_DEFAULT_URI', 'qemu:///system');
    vi.stubEnv('SSH_AUTH_SOCK', '/run/agent');
    const file = join(folder, 'environment');
    fakeVirsh(`env > '${file}'; echo 'spice://127.0.0.1:5900'`);
    await resolve('libvirt:vm');
    const passed = readFileSync(file, 'utf8');
    expect(passed).not.toContain('hunter');
    expect(passed.split('\n')).toEqual(
      expect.arrayContaining(['LIBVIRT_DEFAULT_URI=qemu:///system', 'SSH_AUTH_SOCK=/run/agent', 'LC_ALL=C']),
    );
  });

  it('asks once for channels that open together, and anew when the password was refused', async () => {
    const args = fakeVirsh(`echo 'spice://127.0.0.1:5900'`);
    const provider = libvirtProvider('lab', parseLibvirtUri('libvirt:vm'), never);
    const { signal } = new AbortController();
    const [target] = await Promise.all([provider.resolve(signal), provider.resolve(signal)]);
    await provider.resolve(signal);
    const once = args().length;
    expect(once).toBe(8);
    expect(provider.renew?.(target)).toBe(true);
    await provider.resolve(signal);
    expect(args()).toHaveLength(2 * once);
  });

  it.each([
    ['exits with an error', 'echo "error: no domain" >&2; exit 1'],
    ['prints nothing', 'true'],
    ['prints another display', 'echo vnc://127.0.0.1:0'],
    ['prints without end', 'yes'],
  ])('says that the target could not be found when virsh %s', async (_what, script) => {
    fakeVirsh(script);
    await expect(resolve('libvirt:vm')).rejects.toMatchObject({
      code: 'provider-failed',
      message: 'Where the target is could not be found out. Check that it runs.',
    });
  });

  it('says that there is no virsh', async () => {
    vi.stubEnv('PATH', folder);
    rmSync(join(folder, 'virsh'), { force: true });
    await expect(resolve('libvirt:vm')).rejects.toMatchObject({ code: 'provider-missing' });
  });

  it('lets a channel that goes away leave the others their answer', async () => {
    fakeVirsh(`sleep 0.3; echo 'spice://127.0.0.1:5900'`);
    const provider = libvirtProvider('lab', parseLibvirtUri('libvirt:vm'), never);
    const gone = new AbortController();
    const first = provider.resolve(gone.signal);
    const second = provider.resolve(new AbortController().signal);
    gone.abort();
    await expect(first).rejects.toThrow('abort');
    expect((await second).plain).toEqual({ host: '127.0.0.1', port: 5900 });
  });

  it.each([
    'libvirt:',
    'libvirt:-c',
    'libvirt:--help',
    'libvirt:a%0Ab',
    'libvirt:a%00b',
    'libvirt:%',
    `libvirt:${'x'.repeat(300)}`,
    'libvirt:vm?connect=-x',
    'libvirt:vm?nothing=1',
    'libvirt:vm?connect=',
  ])('refuses %s', (uri) => {
    expect(() => parseLibvirtUri(uri)).toThrow(expect.objectContaining({ name: 'TargetProblem' }));
  });

  it('says at once what is wrong with its TLS options', () => {
    const load = (query: string): unknown =>
      libvirtProvider('lab', parseLibvirtUri(`libvirt:vm?${query}`), never);
    expect(() => load('host-subject=x')).toThrow('the host subject must look like');
    expect(() => load('fingerprint=x')).toThrow('the fingerprint must look like');
    expect(() => load('secure-channels=screen')).toThrow('is no SPICE channel');
  });
});

describe('parseDisplay', () => {
  it.each([
    ['spice://127.0.0.1:5900', { host: '127.0.0.1', port: 5900, tlsPort: undefined, password: undefined }],
    ['spice://localhost?tls-port=5901', { host: 'localhost', port: undefined, tlsPort: 5901 }],
    [
      'spice://[::1]:5900?tls-port=5901&password=secret',
      { host: '[::1]', port: 5900, tlsPort: 5901, password: 'secret' },
    ],
    ['spice://host:1?password=a&b=c?d', { host: 'host', port: 1, password: 'a&b=c?d' }],
    ['spice+unix:///run/vm.sock?password=a@b', { socketPath: '/run/vm.sock', password: 'a@b' }],
    ['spice+unix:///run/libvirt/vm.sock', { socketPath: '/run/libvirt/vm.sock' }],
  ])('reads %s', (text, parts) => expect(parseDisplay(text)).toMatchObject(parts));

  it.each(['', 'vnc://x:1', 'spice://', 'spice://host:123456', 'spice://ho?st', 'spice+unix://x'])(
    'refuses %j',
    (text) => {
      expect(() => parseDisplay(text)).toThrow('virsh named no SPICE display');
    },
  );
});
