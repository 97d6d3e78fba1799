import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressKey, ClientAddresses } from './client-address.ts';

function request(remoteAddress: string, headers: IncomingHttpHeaders = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

const PROXY = '10.0.0.2';
const behind = new ClientAddresses(['10.0.0.0/8', 'fd00::/8']);

describe('X-Forwarded-For', () => {
  it('of strangers is not read', () => {
    const headers = {
      'x-forwarded-for': '1.1.1.1',
      'x-forwarded-host': 'evil',
      'x-forwarded-proto': 'https',
    };
    expect(behind.of(request('192.0.2.7', { ...headers, host: 'real' }))).toEqual({
      ip: '192.0.2.7',
      key: '192.0.2.7',
      proxied: false,
      host: 'real',
      scheme: undefined,
    });
    expect(new ClientAddresses().of(request(PROXY, headers)).ip).toBe(PROXY);
  });

  it('of a trusted proxy names the client, its host and scheme', () => {
    const headers = { host: 'inner:8080', 'x-forwarded-for': '192.0.2.7' };
    expect(behind.of(request(`::ffff:${PROXY}`, headers))).toMatchObject({
      ip: '192.0.2.7',
      host: 'inner:8080',
    });
    const all = { ...headers, 'x-forwarded-host': 'desk.example', 'x-forwarded-proto': 'https' };
    expect(behind.of(request(PROXY, all))).toEqual({
      ip: '192.0.2.7',
      key: '192.0.2.7',
      proxied: true,
      host: 'desk.example',
      scheme: 'https',
    });
  });

  it.each([
    ['6.6.6.6, 192.0.2.7', '192.0.2.7'], // what the client made up stands first
    ['6.6.6.6, 192.0.2.7, 10.9.9.9', '192.0.2.7'],
    ['10.1.1.1, 10.9.9.9', '10.1.1.1'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['1.1.1.1, unknown', PROXY],
    ['1.1.1.1, 0x7f.1', PROXY],
    ['1.1.1.1, 192.0.2.7\n', '192.0.2.7'],
    ['1.1.1.1, <script>', PROXY],
    ['', PROXY],
    [',,', PROXY],
    [`${'10.0.0.9,'.repeat(5000)}10.0.0.9`, '10.0.0.9'],
  ])('%j is from %s', (header, ip) => {
    expect(behind.of(request(PROXY, { 'x-forwarded-for': header })).ip).toBe(ip);
  });

  it('Forwarded is not read beside it', () => {
    expect(behind.of(request(PROXY, { forwarded: 'for=1.1.1.1;host=evil' }))).toMatchObject({ ip: PROXY });
  });
});

describe('Forwarded, where it was chosen', () => {
  const modern = new ClientAddresses([PROXY], 'forwarded');
  it.each([
    ['for=192.0.2.7;proto=https;host=desk.example', '192.0.2.7', 'desk.example', 'https'],
    ['for=1.1.1.1, for=192.0.2.7', '192.0.2.7', 'inner', undefined],
    ['For="[2001:db8:cafe::17]:4711";Proto=HTTP', '2001:db8:cafe::17', 'inner', 'http'],
    ['for=192.0.2.7;host="a\\"b"', '192.0.2.7', 'a"b', undefined],
    ['for=_hidden', PROXY, 'inner', undefined],
    ['nonsense', PROXY, 'inner', undefined],
  ])('%s', (forwarded, ip, host, scheme) => {
    const headers = { host: 'inner', forwarded, 'x-forwarded-for': '6.6.6.6' };
    expect(modern.of(request(PROXY, headers))).toMatchObject({ ip, host, scheme });
  });
});

it('counts IPv6 by /64 and IPv4 inside IPv6 as IPv4', () => {
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(addressKey('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
  expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(addressKey(undefined)).toBe('unknown');
});
