import { describe, expect, it } from 'vitest';
import { createLogger, SECRET_KEYS, silentLogger } from './logger.ts';

function logged(format: 'json' | 'text', log: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  log(createLogger({ level: 'info', format, write: (line) => lines.push(line) }));
  return lines;
}

it('writes one JSON object a line, with level and time in words', () => {
  const [line = ''] = logged('json', (log) => log.warn({ target: 'lab', count: 2 }, 'something'));
  const { time, ...rest } = JSON.parse(line) as { time: string };
  expect(rest).toEqual({ level: 'warn', target: 'lab', count: 2, msg: 'something' });
  expect(new Date(time).toISOString()).toBe(time);
  expect(line.endsWith('\n')).toBe(true);
});

it('writes text for people', () => {
  const [line = ''] = logged('text', (log) =>
    log.info({ who: 'ann b', target: 'lab', bytes: 5 }, 'session started'),
  );
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info {2}session started who="ann b" target=lab bytes=5\n$/,
  );
});

it('keeps to its level, which can change', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
  logger.info('no');
  logger.level = 'debug';
  logger.debug('yes');
  expect(lines).toHaveLength(1);
  silentLogger.error('nothing');
});

describe.each(['json', 'text'] as const)('%s', (format) => {
  it('has no secrets', () => {
    const secret = 's3cr3t-v4lue';
    const holder = Object.fromEntries(SECRET_KEYS.map((key) => [key, secret]));
    const lines = logged(format, (log) => {
      log.info(holder, 'flat');
      log.info({ request: holder, deep: { deeper: holder } }, 'nested');
      log.error(
        { err: Object.assign(new Error(`bad value ${secret}`), { code: 'EBAD', input: secret }) },
        'error',
      );
    });
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain(secret);
    expect(lines[2]).toContain('EBAD');
  });

  it.each([
    'a\nlevel=error msg="forged"',
    'a\r\n{"level":"error","msg":"forged"}',
    '"}\n{"level":"error"',
    '\u001b[2J\u001b[1;1H',
    '\u009b31m',
    'a\u2028b\u2029c\u0085d',
    '\u202eevil',
    '\0\u007f\ud800',
    '\u{e0001}\u200b',
  ])('is not fooled by %j', (evil) => {
    const lines = logged(format, (log) => log.info({ who: evil, [evil]: 1 }, `message ${evil}`));
    expect(lines).toHaveLength(1);
    const [line = ''] = lines;
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    if (format === 'json') {
      const parsed = JSON.parse(line) as Record<string, unknown>;
      expect(parsed.level).toBe('info');
      expect((parsed.who as string).replaceAll('\ufffd', '\ud800')).toBe(evil);
    } else {
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info {2}message /);
    }
  });
});
