import type { LookupAddress } from 'node:dns';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import { listen } from '../testing/test-kit.ts';
import { parseTargetRule, type TargetRule } from '../addresses/target-rule.ts';
import { TargetRules } from './target-rules.ts';

function rule(text: string): TargetRule {
  const parsed = parseTargetRule(text);
  if (typeof parsed === 'string') throw new Error(`${text}: ${parsed}`);
  return parsed;
}

interface Given {
  allow?: string[];
  deny?: string[];
  allowLoopback?: boolean;
  /** What names resolve to. */
  names?: Record<string, string[]>;
  own?: string[];
}

function rules({
  allow = [],
  deny = [],
  allowLoopback = false,
  names = {},
  own = [],
}: Given = {}): TargetRules {
  return new TargetRules({
    allow: allow.map(rule),
    deny: deny.map(rule),
    allowLoopback,
    own: () => own,
    resolve: (host, callback) =>
      callback(
        null,
        (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
  });
}

function codeOf(run: () => void): string {
  try {
    run();
    return 'allowed';
  } catch (error) {
    if (error instanceof BridgeError) return error.code;
    throw error;
  }
}

function check(given: Given, host: string, port = 5900): string {
  return codeOf(() => rules(given).checkHost(host, port));
}

/** The addresses that a connection to the name may use. */
function resolved(given: Given, host: string, port = 5900): Promise<string[] | string> {
  return new Promise((resolve) => {
    rules(given).lookup(port)(host, { all: true }, (error, addresses) => {
      if (error !== null) resolve(error instanceof BridgeError ? error.code : error.message);
      else resolve((addresses as LookupAddress[]).map(({ address }) => address));
    });
  });
}

describe('addresses', () => {
  const REFUSED = [
    '127.0.0.1',
    '127.8.9.10',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    '224.0.0.251',
    '255.255.255.255',
    '240.1.1.1',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '::7f00:2',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::1',
    '2001::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
  ];
  it.each(REFUSED)('%s is refused unless asked for', async (host) => {
    expect(check({}, host)).toBe('target-forbidden');
    expect(check({ allow: ['*'] }, host)).toBe('target-forbidden');
    expect(check({ allow: ['0.0.0.0/0', '::/0'] }, host)).toBe('target-forbidden');
    // However a name comes by it.
    expect(await resolved({ allow: ['vm.lab', '*'], names: { 'vm.lab': [host] } }, 'vm.lab')).toBe(
      'target-forbidden',
    );
    expect(check({ allow: [host.replace(/%.*/, '')] }, host)).toBe('allowed');
  });

  it.each(['10.1.2.3', '192.168.0.9', '172.16.0.1', '100.64.1.1', '8.8.8.8', '2a00::1', 'fd12::1'])(
    '%s may be a desktop',
    (host) => {
      expect(check({}, host)).toBe('allowed');
      expect(check({ allow: ['*:5900-5999'] }, host)).toBe('allowed');
      expect(check({ allow: ['*:5900-5999'] }, host, 22)).toBe('target-forbidden');
    },
  );

  it.each([
    ['127.0.0.0/8', '127.1.2.3', 'allowed'],
    ['169.254.0.0/16', '169.254.7.7', 'allowed'],
    // The clouds' secrets need a rule of their own.
    ['169.254.0.0/16', '169.254.169.254', 'target-forbidden'],
    ['fd00::/8', 'fd00:ec2::254', 'target-forbidden'],
    ['127.0.0.0/4', '127.0.0.1', 'target-forbidden'],
    ['10.0.0.0/8', '11.0.0.1', 'target-forbidden'],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 'allowed'],
    ['[fd00::/8]:5900', 'fd00::5', 'allowed'],
    ['[fd00::]/8:5901', 'fd00::5', 'target-forbidden'],
    ['10.0.0.1:5900', '10.0.0.1', 'allowed'],
    ['vm.lab', '10.0.0.1', 'target-forbidden'],
  ])('allow %s: %s is %s', (allow, host, outcome) => {
    expect(check({ allow: [allow] }, host)).toBe(outcome);
  });

  it('--allow-loopback-targets allows loopback and nothing else', () => {
    for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(check({ allowLoopback: true }, host)).toBe('allowed');
      expect(check({ allowLoopback: true, allow: ['10.0.0.0/8'] }, host)).toBe('target-forbidden');
    }
    expect(check({ allowLoopback: true }, '169.254.1.1')).toBe('target-forbidden');
    expect(check({ allowLoopback: true }, '0.0.0.0')).toBe('target-forbidden');
  });

  it('deny wins', () => {
    expect(check({ allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, '10.0.0.1')).toBe('target-forbidden');
    expect(check({ allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, '10.0.0.2')).toBe('allowed');
    expect(check({ deny: ['*:22'] }, '10.0.0.2', 22)).toBe('target-forbidden');
    expect(check({ allowLoopback: true, deny: ['127.0.0.1'] }, '::ffff:127.0.0.1')).toBe('target-forbidden');
  });
});

describe('names', () => {
  const names = {
    'vm.lab': ['10.0.0.1', 'fd00::1'],
    'VM.lab.': ['10.0.0.1'],
    'evil.example': ['127.0.0.1'],
    'both.example': ['93.184.216.34', '127.0.0.1', '::1'],
    '2130706433': ['127.0.0.1'],
    '0x7f.1': ['127.0.0.1'],
    '127.1': ['127.0.0.1'],
    none: [],
  };

  it('are resolved once, and only addresses that passed are connected to', async () => {
    expect(await resolved({ names }, 'vm.lab')).toEqual(['10.0.0.1', 'fd00::1']);
    expect(await resolved({ names, allow: ['fd00::/8'] }, 'vm.lab')).toEqual(['fd00::1']);
    expect(await resolved({ names }, 'both.example')).toEqual(['93.184.216.34']);
    expect(await resolved({ names }, 'none')).toBe('target-unresolvable');
  });

  it.each(['evil.example', '2130706433', '0x7f.1', '127.1'])('%s does not lead to loopback', async (host) => {
    expect(await resolved({ names }, host)).toBe('target-forbidden');
    expect(await resolved({ names, allow: [`*:5900`, '*.example'] }, host)).toBe('target-forbidden');
  });

  it('match rules in any case and with a dot at the end', async () => {
    expect(await resolved({ names, allow: ['vm.LAB'] }, 'VM.lab.')).toEqual(['10.0.0.1']);
    expect(await resolved({ names, allow: ['*.lab'] }, 'vm.lab')).toHaveLength(2);
    expect(await resolved({ names, allow: ['*.vm.lab'] }, 'vm.lab')).toBe('target-forbidden');
    expect(await resolved({ names, allow: ['m.lab', 'lab'] }, 'vm.lab')).toBe('target-forbidden');
    expect(await resolved({ names, deny: ['*.lab'] }, 'vm.lab')).toBe('target-forbidden');
    expect(check({ deny: ['*.lab'] }, 'vm.lab')).toBe('target-forbidden');
  });

  it('behind a proxy are all there is to check', () => {
    const proxied = (given: Given, host: string): string =>
      codeOf(() => rules(given).checkProxied(host, 5900));
    expect(proxied({}, 'vm.lab')).toBe('target-forbidden');
    expect(proxied({ allow: ['*'] }, 'vm.lab')).toBe('allowed');
    expect(proxied({ allow: ['10.0.0.0/8'] }, 'vm.lab')).toBe('target-forbidden');
    expect(proxied({ allow: ['*.lab'] }, 'vm.lab')).toBe('allowed');
    for (const host of [
      '127.0.0.1',
      '::1',
      'localhost',
      'a.LOCALHOST.',
      '127.1',
      '0x7f.1',
      '2130706433',
      '127.0.0.1.',
      'ip6-localhost',
      'ip6-loopback',
      'localhost4',
      'localhost6.localdomain6',
      'localhost.localdomain',
      'localhost..',
      'metadata.google.internal',
      'metadata',
    ]) {
      expect(proxied({}, host)).toBe('target-forbidden');
      expect(proxied({ allow: ['*'] }, host)).toBe('target-forbidden');
    }
    expect(proxied({ allow: ['localhost'] }, 'localhost')).toBe('allowed');
    expect(proxied({}, 'pvespiceproxy:4f3c2a1b:100:pve-1::0123456789abcdef')).toBe('allowed');
  });

  it('that resolve to another place at the second look-up are connected to the first', async () => {
    const server = await listen((socket) => socket.end('here'));
    let asked = 0;
    const rebinding = new TargetRules({
      allow: [rule('127.0.0.1/32')],
      deny: [],
      allowLoopback: false,
      resolve: (_, callback) =>
        callback(null, [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]),
    });
    const socket = connect({
      host: 'rebind.example',
      port: server.port,
      lookup: rebinding.lookup(server.port),
    });
    const text = await new Promise((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(text).toBe('here');
    expect(asked).toBe(1);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
    server.close();
  });
});

describe("the bridge's own addresses", () => {
  const own = ['192.168.7.5', 'fd00::2', 'fe80::1%eth0'];
  const names = { 'bridge.lab': ['192.168.7.5', 'fd00::2'] };

  it('are loopback, whatever names lead there', async () => {
    for (const host of ['192.168.7.5', 'fd00::2', '::ffff:192.168.7.5', 'fd00:0::0002']) {
      expect(check({ own }, host)).toBe('target-forbidden');
      expect(check({ own, allow: ['*', '192.168.0.0/16', 'fd00::/8'] }, host)).toBe('target-forbidden');
      expect(check({ own, allowLoopback: true }, host)).toBe('allowed');
      expect(check({ own, allow: ['192.168.7.5', 'fd00::2'] }, host)).toBe('allowed');
    }
    expect(await resolved({ own, names }, 'bridge.lab')).toBe('target-forbidden');
    expect(await resolved({ own, names, allow: ['bridge.lab'] }, 'bridge.lab')).toBe('target-forbidden');
    expect(check({ own }, '192.168.7.6')).toBe('allowed');
  });

  it('are found without being told', () => {
    const found = Object.values(networkInterfaces()).flatMap((list = []) => list);
    expect(found.length).toBeGreaterThan(0);
    const real = new TargetRules({ allow: [], deny: [], allowLoopback: false });
    for (const { address } of found)
      expect(codeOf(() => real.checkHost(address, 1))).toBe('target-forbidden');
  });
});

it.each([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
])('%s, where a cloud answers its machines, is no target', (host) => {
  expect(check({}, host)).toBe('target-forbidden');
  expect(check({ allow: ['*'] }, host)).toBe('target-forbidden');
});

describe('sockets', () => {
  const socket = (allow: string[], path: string, deny: string[] = []): string =>
    codeOf(() => rules({ allow, deny }).checkSocket(path));

  it('need a rule', () => {
    expect(socket([], '/run/vm.sock')).toBe('target-forbidden');
    expect(socket(['*', '0.0.0.0/0'], '/run/vm.sock')).toBe('target-forbidden');
    expect(socket(['unix:/run/vm.sock'], '/run/vm.sock')).toBe('allowed');
    expect(socket(['unix:/run/vm'], '/run/vm.sock')).toBe('target-forbidden');
    expect(socket(['unix:/run/vms/'], '/run/vms/a/b.sock')).toBe('allowed');
    expect(socket(['unix:/run/vms/'], '/run/vms/')).toBe('target-forbidden');
    expect(socket(['unix:/run/vms/'], '/run/vms/../docker.sock')).toBe('target-forbidden');
    expect(socket(['unix:/run/vms/'], '/run/vms//x')).toBe('target-forbidden');
    expect(socket(['unix:/run/'], '/run/docker.sock', ['unix:/run/docker.sock'])).toBe('target-forbidden');
    expect(socket(['unix:/'], 'run/x')).toBe('target-forbidden');
  });

  it('have no say about hosts', () => {
    expect(check({ allow: ['unix:/run/'] }, '10.0.0.1')).toBe('allowed');
  });
});
