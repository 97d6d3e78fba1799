import { isatty } from 'node:tty';
import { pino } from 'pino';
import type { LogFormat, LogLevel } from '../config/choices.ts';
import { escapeUnsafe, textLine } from './log-text.ts';

export type Logger = pino.Logger;

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes whole lines; stderr unless told. */
  readonly write?: (line: string) => void;
}

/** Nothing of these names is ever written, two levels deep. No code logs them; this is for the day one does. */
export const SECRET_KEYS = [
  'password',
  'token',
  'ticket',
  'secret',
  'cookie',
  'authorization',
  'credentials',
  'key',
  'url',
];

/** Unwritten lines, in bytes: a reader of the log that hangs must not fill the bridge's memory. */
const BACKLOG_LIMIT = 4 * 1024 * 1024;

/** One JSON object a line: `level`, `time` (ISO 8601), what it is about, `msg`. */
export function createLogger({ level, format, write = toStandardError() }: LoggerOptions): Logger {
  const text = format === 'text' || (format === 'auto' && isatty(2));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      serializers: { err: describeError },
    },
    {
      write: (line: string) => {
        // pino escapes what JSON must; a terminal can be fooled by more.
        write(text ? textLine(line) : `${escapeUnsafe(line.trimEnd())}\n`);
      },
    },
  );
}

/** Of an error that a library threw, its kind and code, which hold no input; messages may quote some. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  return { type: error.name, ...(code === undefined ? {} : { code }) };
}

/** Says nothing, for programs and tests that bring no logger. */
export const silentLogger: Logger = pino({ level: 'silent' });

function toStandardError(): (line: string) => void {
  const destination = pino.destination({ fd: 2, sync: false, maxLength: BACKLOG_LIMIT });
  // A closed stderr must not end the sessions.
  destination.on('error', () => {});
  process.once('exit', () => {
    try {
      destination.flushSync();
    } catch {
      // it never opened, or its reader is gone
    }
  });
  return (line) => destination.write(line);
}
