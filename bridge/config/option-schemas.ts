import { z } from 'zod';
import { parseNetwork } from '../addresses/network.ts';
import { parseTargetRule } from '../addresses/target-rule.ts';
import { parseAddress } from '../addresses/listen-address.ts';

/** What the options' values must be. Messages go on after "--flag: " or "key: ". */

const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const listen = z
  .string()
  .meta({ pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$' })
  .transform((text, context) => {
    const address = parseAddress(text);
    if (address !== undefined) return address;
    context.addIssue(`expected HOST:PORT such as 127.0.0.1:8080 or [::1]:8080, got ${JSON.stringify(text)}`);
    return z.NEVER;
  });

/** `{"NAME": "URI"}` or `["NAME=URI"]`. Not a union, as zod would then only say that neither fits. */
export const targets = z
  .custom<readonly string[] | Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string'),
    'expected {"NAME": "URI"} or ["NAME=URI"]',
  )
  .meta({
    anyOf: [
      { type: 'object', additionalProperties: { type: 'string' } },
      { type: 'array', items: { type: 'string' } },
    ],
  })
  .transform((value, context) => {
    const seen = new Set<string>();
    const pairs = Array.isArray(value) ? value.map(cutAtEquals) : Object.entries(value);
    return pairs.map(([name, uri]) => {
      const shown = JSON.stringify(name);
      if (uri === '') context.addIssue(`expected NAME=URI, got ${shown}`);
      else if (!TARGET_NAME.test(name)) {
        context.addIssue(`${shown} is no target name: 1 to 64 letters, digits, dots, dashes and underscores`);
      } else if (seen.has(name)) context.addIssue(`the name ${name} is given twice`);
      seen.add(name);
      return { name, uri };
    });
  });

function cutAtEquals(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

export const origin = z.string().transform((text, context) => {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.origin !== 'null' && (text === url.origin || text === `${url.origin}/`))
    return url.origin;
  context.addIssue(`expected an origin such as https://portal.example or *, got ${JSON.stringify(text)}`);
  return z.NEVER;
});

export function whole(minimum: number, maximum: number) {
  return z
    .number(`expected a number from ${minimum} to ${maximum}`)
    .int(`expected a whole number from ${minimum} to ${maximum}`)
    .min(minimum, `expected at least ${minimum}`)
    .max(maximum, `expected at most ${maximum}`);
}

/** `0`, or in the range: what is switched off by 0. */
export function wholeOrNone(minimum: number, maximum: number) {
  return z
    .number(`expected 0 or a number from ${minimum} to ${maximum}`)
    .int(`expected 0 or a whole number from ${minimum} to ${maximum}`)
    .min(0, `expected 0 or at least ${minimum}`)
    .max(maximum, `expected at most ${maximum}`)
    .refine((value) => value === 0 || value >= minimum, `expected 0 or at least ${minimum}`);
}

export const file = z.string().min(1, 'expected a file');

export function oneOf<const T extends string>(...values: readonly T[]) {
  return z.enum(values, `expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`);
}

export const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: ({ input }) =>
    `expected an address or a CIDR such as 10.0.0.0/8 or ::1, got ${JSON.stringify(input)}`,
});

/** A name without a port, `*.SUFFIX`, or `*`. */
export const hostName = z
  .string()
  .regex(/^(\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[?[0-9A-Fa-f:.]+\]?)$/, {
    error: ({ input }) =>
      `expected a host such as desk.example or *.example, without a port, got ${JSON.stringify(input)}`,
  })
  .transform((text) => text.toLowerCase().replace(/^\[(.*)\]$/, '$1'));

export const targetRule = z.string().transform((text, context) => {
  const rule = parseTargetRule(text);
  if (typeof rule !== 'string') return rule;
  context.addIssue(`${rule}, got ${JSON.stringify(text)}`);
  return z.NEVER;
});

/** The address of a hook: http or https, no user, no fragment. */
export const hookUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  return web && url?.username === '' && url.password === '' && url.hash === '';
}, 'expected an address such as https://portal.example/spice-target');

/** Over the open net only with TLS: who changes the keys on their way opens everything. */
export const jwksUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && local);
}, 'expected an https:// address (http:// for this machine only)');

export const redisUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'redis+unix:') return url.host === '' && url.pathname.length > 1;
  return ['redis:', 'rediss:'].includes(url?.protocol ?? '') && url?.hostname !== '';
}, 'expected redis://HOST:PORT, rediss://HOST:PORT or redis+unix:///PATH');
