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
  ['null', 'host', [], false],
  ['null', 'null', [], false],
  ['', 'host', [], false],
  ['file://', '', [], false],
  ['http://host', undefined, [], false],
  ['https://portal', 'host', ['https://portal'], true],
  ['http://portal', 'host', ['https://portal'], false],
  ['null', 'host', ['*'], true],
])('%s at %s, allowing %j: %s', (origin, host, allowed, expected) => {
  expect(originAllowed(origin, host, allowed)).toBe(expected);
});
