import { expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import { ConnectionLimits, type ConnectionLimitSettings } from './connection-limits.ts';

const NONE: ConnectionLimitSettings = {
  maxConnections: 0,
  maxConnectionsPerIp: 0,
  maxConnectionsPerToken: 0,
  connectionRate: 0,
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof BridgeError) return error.code;
    throw error;
  }
  return 'in';
}

it('counts all connections', () => {
  const limits = new ConnectionLimits({ ...NONE, maxConnections: 2 });
  const leave = limits.enter('a');
  limits.enter('b');
  expect(codeOf(() => limits.enter('c'))).toBe('limit-connections');
  leave();
  leave();
  expect(codeOf(() => limits.enter('c'))).toBe('in');
  expect(codeOf(() => limits.enter('d'))).toBe('limit-connections');
  expect(limits.total).toBe(2);
});

it('counts by address, and a refusal costs nothing', () => {
  const limits = new ConnectionLimits({ ...NONE, maxConnectionsPerIp: 1 });
  const leave = limits.enter('a');
  for (let again = 0; again < 5; again++) expect(codeOf(() => limits.enter('a'))).toBe('limit-address');
  expect(codeOf(() => limits.enter('b'))).toBe('in');
  leave();
  expect(codeOf(() => limits.enter('a'))).toBe('in');
});

it('counts by token, the lower limit holds', () => {
  const limits = new ConnectionLimits({ ...NONE, maxConnectionsPerToken: 2 });
  limits.enterToken('t');
  expect(codeOf(() => limits.enterToken('t', 1))).toBe('limit-token');
  const leave = limits.enterToken('t', 10);
  expect(codeOf(() => limits.enterToken('t', 10))).toBe('limit-token');
  leave();
  expect(codeOf(() => limits.enterToken('t', 10))).toBe('in');
  expect(codeOf(() => new ConnectionLimits(NONE).enterToken('t', 0))).toBe('in');
});

it('lets a minute of connections in at once, then as many as the rate allows', () => {
  let now = 0;
  const limits = new ConnectionLimits({ ...NONE, connectionRate: 6 }, () => now);
  const burst = (): number => {
    let count = 0;
    while (codeOf(() => limits.enter('a')()) === 'in') count++;
    return count;
  };
  expect(burst()).toBe(6);
  now += 10_000;
  expect(burst()).toBe(1);
  now += 25_000;
  expect(burst()).toBe(2);
  now += 3_600_000;
  expect(burst()).toBe(6);
  expect(codeOf(() => limits.enter('b'))).toBe('in');
});

it('forgets what it need not know', () => {
  let now = 0;
  const limits = new ConnectionLimits({ ...NONE, connectionRate: 1, maxConnectionsPerIp: 1 }, () => now);
  for (let address = 0; address < 200_000; address++) limits.enter(`a${address}`)();
  expect(limits.remembered).toBeLessThanOrEqual(50_000);
  expect(codeOf(() => limits.enter('a199999'))).toBe('limit-rate'); // the latest are remembered
  now += 61_000;
  for (let address = 0; address < 10_000; address++) limits.enter(`b${address}`)();
  expect(limits.remembered).toBeLessThanOrEqual(20_000);
});

it('takes new limits for new connections', () => {
  const limits = new ConnectionLimits(NONE);
  limits.enter('a');
  limits.enter('a');
  limits.configure({ ...NONE, maxConnectionsPerIp: 1 });
  expect(limits.total).toBe(2);
  expect(codeOf(() => limits.enter('a'))).toBe('limit-address');
});
