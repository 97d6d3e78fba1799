import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { clientHello } from '../testing/test-kit.ts';
import { TroubleLog } from './trouble-log.ts';

const channel = {
  ip: '192.0.2.7',
  addressKey: '192.0.2.7',
  bytesToBrowser: 0,
  bytesToServer: 0,
  end: () => {},
};

function setUp() {
  const log: Record<string, unknown>[] = [];
  const write = (line: string): number => log.push({ ...(JSON.parse(line) as object), time: undefined });
  return { log, trouble: new TroubleLog(createLogger({ level: 'info', format: 'json', write }), 30) };
}

it('tells refusals, channels that broke, and the unexpected', () => {
  const { log, trouble } = setUp();
  trouble.refused('origin-refused', '::1');
  trouble.opened(channel).closed('target-unknown');
  const broken = trouble.opened(channel);
  broken.admitted({ targetName: 'lab' });
  broken.linked(clientHello(2));
  broken.closed('bridge-failed', new TypeError('with an inner secret'));
  for (const reason of ['ended', 'left', 'session-idle'] as const) trouble.opened(channel).closed(reason);
  expect(log).toMatchObject([
    { level: 'warn', event: 'refused', code: 'origin-refused', client: '::1' },
    { level: 'warn', event: 'refused', code: 'target-unknown', client: '192.0.2.7' },
    {
      event: 'channel-error',
      code: 'bridge-failed',
      target: 'lab',
      channel: 'display',
      err: { type: 'TypeError' },
    },
  ]);
  expect(JSON.stringify(log)).not.toContain('secret');
});

it('stays short in an attack', async () => {
  const { log, trouble } = setUp();
  for (let count = 0; count < 10_000; count++) trouble.refused('limit-rate', '::1');
  trouble.refused('origin-refused', '::1');
  expect(log).toHaveLength(21);
  await expect.poll(() => log.length).toBe(22);
  expect(log.at(-1)).toMatchObject({ event: 'more', code: 'limit-rate', count: 9980 });
  trouble.refused('limit-rate', '::1');
  expect(log.at(-1)).toMatchObject({ event: 'refused', code: 'limit-rate' });
});
