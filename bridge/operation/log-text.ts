/**
 * Characters that could break a line, move a terminal's cursor or turn text around: all controls, format characters,
 * line and paragraph separators, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Escapes what a log's reader could mistake for something else, as `\uXXXX`: valid inside JSON's strings. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (found) =>
    [...Array(found.length).keys()]
      .map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const PLAIN = /^[\w./:@+-]+$/;
const SKIPPED = new Set(['level', 'time', 'msg', 'pid', 'hostname']);

/** A JSON log line as a line for people: `2026-11-20 21:55:31 warn  message key=value key="two words"` */
export function textLine(json: string): string {
  const { level, time, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const values = Object.entries(rest)
    .filter(([key, value]) => !SKIPPED.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${shown(value)}`);
  const clock = typeof time === 'string' ? time.replace('T', ' ').replace(/\.\d+Z$/, '') : '';
  const head = [clock, String(level).padEnd(5), String(msg ?? '')].join(' ');
  return `${escapeUnsafe([head, ...values].join(' '))}\n`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
}
