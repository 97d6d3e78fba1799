import { expect, it } from 'vitest';
import { originAllowed } from './origin.ts';

it.each([
  [undefined, 'host', [], true],
  ['http://host:8080', 'host:8080', [], true],
  ['http://HOST', 'host', [], true],
  ['https://host', 'host', [], true],
  ['https://host', 'host:443', [], true],
  ['http://host', 'host:80', [], true],
  ['http://[::1]:8080', '[::1]:8080', [], true],
  ['https://host', 'host:80', [], false],
  ['http://host:8081', 'host:8080', [], false],
  ['http://evil', 'host', [], false],
  ['http://host.evil', 'host', [], false],
  ['http://host@evil', 'host', [], false],
  ['http://evil', 'evil@host', [], false],
  ['http://evil@host', 'host', [], false],
  ['http://evil@portal', 'host', ['http://portal'], false],
  ['http://host/evil', 'host', [], false],
  ['http://host#evil', 'host', [], false],
  ['http://host?evil', 'host', [], false],
  ['http:host', 'host', [], false],
  ['http://host', 'evil@host', [], false],
  ['http://host', 'host/evil', [], false],
  ['null', 'host', [], false],
  ['null', 'null', [], false],
  ['', 'host', [], false],
  ['file://', '', [], false],
  ['http://host', undefined, [], false],
  ['https://portal', 'host', ['https://portal'], true],
  ['http://portal', 'host', ['https://portal'], false],
  ['null', 'host', ['*'], true],
])('%s at %s, allowing %j: %s', (origin, host, allowed, expected) => {
  expect(originAllowed(origin, { host, scheme: undefined }, allowed)).toBe(expected);
});

it('knows the scheme where TLS ends here or the proxy tells', () => {
  const allowed = (origin: string, scheme: 'http' | 'https'): boolean =>
    originAllowed(origin, { host: 'host', scheme }, []);
  expect(allowed('https://host', 'https')).toBe(true);
  expect(allowed('http://host', 'https')).toBe(false);
  expect(allowed('https://host', 'http')).toBe(false);
});

it.each([
  ['http://host', 'same-origin', true],
  ['http://host', 'cross-site', false],
  ['https://portal', 'cross-site', true],
  [undefined, 'same-origin', true],
  [undefined, 'cross-site', false],
  [undefined, 'same-site', false],
])('believes the browser: %s, %s: %s', (origin, site, expected) => {
  const used = { host: 'host', scheme: undefined };
  expect(originAllowed(origin, used, ['https://portal'], site)).toBe(expected);
  expect(originAllowed(origin, used, ['*'], site)).toBe(true);
});
