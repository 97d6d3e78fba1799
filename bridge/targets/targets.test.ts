import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import { parseHostSubject, sameSubject, subjectOf } from './host-subject.ts';
import { loadTarget } from './load-target.ts';
import type { Target } from './target.ts';
import { parseTargetUri } from './target-uri.ts';

describe('parseTargetUri', () => {
  it.each([
    ['spice://vm.lab:5900', { scheme: 'spice', host: 'vm.lab', port: 5900, tlsPort: undefined }],
    ['spice://[::1]:5900/', { host: '::1', port: 5900 }],
    ['spice://[fe80::1%eth0]:5900', { host: 'fe80::1%eth0' }],
    ['spice://vm:5900?tls-port=5901&ca=a%20b.pem', { port: 5900, tlsPort: 5901, caFile: 'a b.pem' }],
    ['spice://vm?tls-port=5901', { port: undefined, tlsPort: 5901 }],
    ['spice://vm:1?tls-port=2&secure-channels=main,inputs', { secureChannels: ['main', 'inputs'] }],
    [
      'spice+tls://vm:5901?host-subject=C=US,O=A+B,CN=x',
      { port: undefined, tlsPort: 5901, hostSubject: 'C=US,O=A+B,CN=x' },
    ],
    ['spice+unix:///run/vm%201.sock?title=VM%201', { socketPath: '/run/vm 1.sock', title: 'VM 1', host: '' }],
  ])('reads %s', (uri, parts) => {
    expect(parseTargetUri(uri)).toMatchObject(parts);
  });

  it.each([
    ['vnc://vm:5900', 'expected spice://HOST:PORT, spice+tls://HOST:PORT or spice+unix:///PATH'],
    ['spice:vm:5900', 'expected spice://HOST:PORT, spice+tls://HOST:PORT or spice+unix:///PATH'],
    ['spice://vm', 'it names no port'],
    ['spice://:5900', 'expected spice://HOST:PORT without a path'],
    ['spice://vm:0', 'a port must be a number from 1 to 65535'],
    ['spice://vm:65536', 'a port must be a number from 1 to 65535'],
    ['spice://vm:5900?tls-port=x', 'a port must be a number from 1 to 65535'],
    ['spice://vm:5900/path', 'expected spice://HOST:PORT without a path'],
    ['spice://user:secret@vm:5900', 'user and password do not belong into the URI'],
    ['spice://vm:5900?ca=x', 'ca, host-subject and fingerprint need spice+tls:// or a tls-port'],
    [
      'spice://vm:5900?password=x',
      'it does not take "password"; it takes title, password-file, proxy, tls-port, secure-channels, ca, host-subject, fingerprint',
    ],
    [
      'spice+tls://vm:5900?tls-port=1',
      'it does not take "tls-port"; it takes title, password-file, proxy, ca, host-subject, fingerprint',
    ],
    ['spice+tls://vm:5900?ca=a&ca=b', 'ca is given twice'],
    ['spice+tls://vm:5900?ca=', 'ca is empty'],
    ['spice+tls://vm:5900?ca=%', 'ca has a broken percent-encoding'],
    ['spice+tls://vm:5900?ca=a%00b', 'ca has a broken percent-encoding'],
    ['spice+unix://run/vm.sock', 'expected spice+unix:///PATH with three slashes'],
    ['spice+unix:///%', 'its path has a broken percent-encoding'],
    ['spice://[vm]:5900', 'expected spice://HOST:PORT without a path'],
    ['spice://::1:5900', 'expected spice://HOST:PORT without a path'],
    ['spice://v m:5900', 'expected spice://HOST:PORT without a path'],
    ['spice://vm:5900#x', 'expected spice://HOST:PORT, spice+tls://HOST:PORT or spice+unix:///PATH'],
  ])('refuses %s', (uri, problem) => {
    expect(parseTargetUri(uri)).toBe(problem);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTargetUri(`spice://${text}`)));
  });
});

describe('host subjects', () => {
  const certificate = subjectOf({ C: 'US', O: 'Lab', OU: ['a', 'b'], CN: 'spice.lab' });
  const matches = (text: string): boolean => sameSubject(parseHostSubject(text) ?? [], certificate);

  it.each([
    'C=US,O=Lab,OU=a,OU=b,CN=spice.lab',
    ' cn = SPICE.lab , ou=b,OU=a,O=Lab, C=us',
    'countryName=US,O=Lab,OU=a,OU=b,commonName=spice.lab',
  ])('match in any order and case: %s', (text) => expect(matches(text)).toBe(true));

  it.each([
    'C=US,O=Lab,OU=a,CN=spice.lab',
    'C=US,O=Lab,OU=a,OU=a,CN=spice.lab',
    'C=US,O=Lab,OU=a,OU=b,CN=spice.lab,L=x',
    'CN=spice.lab',
  ])('differ: %s', (text) => expect(matches(text)).toBe(false));

  it('may hold commas and backslashes', () => {
    expect(parseHostSubject('O=Lab\\, Inc,CN=a\\\\b')).toEqual(subjectOf({ CN: 'a\\b', O: 'Lab, Inc' }));
    // The comma that ends a part cannot be mistaken for one inside another's value.
    expect(parseHostSubject('O=Lab,CN=x')).not.toEqual(subjectOf({ O: 'Lab,CN=x' }));
  });

  it.each(['', ' , ', 'spice.lab', '=x', 'CN=a,b'])('are refused: %j', (text) => {
    expect(parseHostSubject(text)).toBeUndefined();
  });
});

describe('loadTarget', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'spice-viewer-targets-'));
    writeFileSync(join(folder, 'bad.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    writeFileSync(join(folder, 'empty.pem'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (uri: string): Promise<Target> =>
    loadTarget({ name: 'lab', uri, baseDir: folder }).resolve(new AbortController().signal);
  const problemOf = (uri: string): string => {
    try {
      loadTarget({ name: 'lab', uri, baseDir: folder });
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'bad-target') return error.message;
      throw error;
    }
    return 'none';
  };
  const vv = (text: string): string => {
    writeFileSync(join(folder, 'x.vv'), `[virt-viewer]\n${text}`);
    return 'x.vv';
  };

  it('keeps the password of a .vv file, and finds the file relative to the base folder', async () => {
    expect(await load(vv('type=spice\nhost=[::1]\nport=5900\npassword=a;b#c\ntitle=Lab'))).toMatchObject({
      kind: 'vv',
      title: 'Lab',
      plain: { host: '::1', port: 5900 },
      secure: undefined,
      password: 'a;b#c',
    });
  });

  it('takes secure channels by name, or all', async () => {
    const ports = 'type=spice\nhost=x\nport=1\ntls-port=2\n';
    expect([...(await load(vv(`${ports}secure-channels=main;webdav`))).secureChannels]).toEqual([1, 11]);
    expect((await load(vv(`${ports}secure-channels=all`))).secureChannels.size).toBe(11);
    expect((await load('spice://x:1?tls-port=2&secure-channels=cursor')).secureChannels).toEqual(
      new Set([4]),
    );
  });

  it.each([
    ['type=vnc\nhost=x\nport=1', 'the .vv file must have type=spice.'],
    ['host=x\nport=1', 'the .vv file must have type=spice.'],
    ['type=spice\nport=1', 'it names no host.'],
    ['type=spice\nhost=a b\nport=1', 'its host is neither a name nor an address.'],
    ['type=spice\nhost=x', 'it names neither port nor tls-port.'],
    ['type=spice\nhost=x\nport=1\nproxy=https://p:3128', 'the proxy must look like http://HOST:PORT.'],
    ['type=spice\nhost=x y\nport=1\nproxy=http://p:3128', 'its host is neither a name nor an address.'],
    [
      `type=spice\nhost=x\nport=1\npassword=${'x'.repeat(61)}`,
      'a SPICE password has at most 60 bytes and no NUL.',
    ],
    ['type=spice\nhost=x\nport=99999', 'the .vv file: line 4: port must be a number from 1 to 65535.'],
    ['type=spice\nhost=x\nport=1\nsecure-channels=screen', '"screen" is no SPICE channel.'],
    ['type=spice\nhost=x\ntls-port=1\nca=nonsense', 'the CA must be one or more PEM certificates.'],
    [
      'type=spice\nhost=x\ntls-port=1\nhost-subject=x',
      'the host subject must look like C=US,O=Lab,CN=spice.lab.',
    ],
  ])('refuses the .vv file %j', (text, problem) => {
    expect(problemOf(vv(text))).toBe(`The target lab: ${problem}`);
  });

  it('fails closed on CA files', () => {
    for (const file of ['bad.pem', 'empty.pem']) {
      expect(problemOf(`spice+tls://x:1?ca=${file}`)).toContain(
        'the CA must be one or more PEM certificates',
      );
    }
    expect(problemOf('spice+tls://x:1?ca=none.pem')).toContain('none.pem does not exist');
  });

  it('knows neither other files nor other schemes', () => {
    expect(problemOf('vm.xml')).toContain('expected spice://');
    expect(problemOf('http://x')).toContain('expected spice://');
  });
});
