import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import { type GuardSettings, RequestGuard } from './request-guard.ts';

function answersTo(host: string | undefined, settings: Partial<GuardSettings> = {}): boolean {
  const guard = new RequestGuard({ allowOrigins: [], allowHosts: [], listenHost: '0.0.0.0', ...settings });
  try {
    guard.checkHost({ host });
    return true;
  } catch (error) {
    expect(error).toEqual(new BridgeError('host-refused'));
    return false;
  }
}

it.each([
  '127.0.0.1:8080',
  '192.0.2.7',
  '[::1]:80',
  'localhost:8080',
  'x.localhost',
  'LOCALHOST.',
  hostname(),
])('answers to %s without being told', (host) => {
  expect(answersTo(host)).toBe(true);
});

it.each([
  'evil.example',
  'evil.example:8080',
  '127.0.0.1.evil.example',
  'localhost.evil',
  '',
  'a b',
  '@',
  '[::1',
  'evil@127.0.0.1',
  'evil@localhost',
  '127.0.0.1/evil',
  '127.0.0.1#evil',
  '127.0.0.1?evil',
  '127.0.0.1\\evil',
  '127.0.0.1:80:80',
  '127.0.0.1:',
])('does not answer to %j', (host) => {
  expect(answersTo(host)).toBe(false);
});

it('answers to the names that the operator gives', () => {
  const settings = { allowHosts: ['desk.example', '*.lab'], listenHost: 'inner' };
  for (const host of ['desk.example', 'DESK.example:443', 'a.lab', 'a.b.lab', 'inner']) {
    expect(answersTo(host, settings)).toBe(true);
  }
  for (const host of ['x.desk.example', 'lab', 'evillab', 'desk.example.evil']) {
    expect(answersTo(host, settings)).toBe(false);
  }
  expect(answersTo('portal.example', { allowOrigins: ['https://portal.example'] })).toBe(true);
  expect(answersTo('anything', { allowHosts: ['*'] })).toBe(true);
  expect(answersTo('anything', { allowOrigins: ['*'] })).toBe(true);
  expect(answersTo(undefined)).toBe(true);
});
