import { z } from 'zod';
import { parseAddress } from './address.ts';

/** A target as the operator wrote it. Relative file names in `uri` start at `baseDir`, or the working directory. */
export interface TargetSpec {
  readonly name: string;
  readonly uri: string;
  readonly baseDir?: string;
}

const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const listen = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  context.addIssue(`expected HOST:PORT such as 127.0.0.1:8080 or [::1]:8080, got ${JSON.stringify(text)}`);
  return z.NEVER;
});

/** `{"NAME": "URI"}` or `["NAME=URI"]`. Not a union, as zod would then only say that neither fits. */
const targets = z
  .custom<readonly string[] | Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string'),
    'expected {"NAME": "URI"} or ["NAME=URI"]',
  )
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

const origin = z.string().transform((text, context) => {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.origin !== 'null' && (text === url.origin || text === `${url.origin}/`))
    return url.origin;
  context.addIssue(`expected an origin such as https://portal.example or *, got ${JSON.stringify(text)}`);
  return z.NEVER;
});

const whole = (minimum: number, maximum: number) =>
  z
    .number(`expected a number from ${minimum} to ${maximum}`)
    .int(`expected a whole number from ${minimum} to ${maximum}`)
    .min(minimum, `expected at least ${minimum}`)
    .max(maximum, `expected at most ${maximum}`);

interface OptionRow {
  /** The flag without dashes. Environment variable and configuration key derive from it. */
  readonly flag: string;
  readonly placeholder: string;
  readonly help: string;
  /** May be given several times; a list in the environment is cut at spaces and commas. */
  readonly list?: true;
  /** What a flag's or variable's text becomes before the schema sees it. Text unless told. */
  readonly text?: 'number';
  readonly schema: z.ZodType;
  /** In the form of the configuration file. */
  readonly standard: unknown;
}

/** The one table that flags, environment, configuration file, help and types come from. */
export const OPTIONS = {
  listen: {
    flag: 'listen',
    placeholder: 'HOST:PORT',
    help: 'where to serve; port 0 picks a free one',
    schema: listen,
    standard: '127.0.0.1:8080',
  },
  targets: {
    flag: 'target',
    placeholder: 'NAME=URI',
    help: 'a SPICE server: spice://, spice+tls://, spice+unix://, a .vv file, or demo:',
    list: true,
    schema: targets,
    standard: [],
  },
  allowOrigins: {
    flag: 'allow-origin',
    placeholder: 'ORIGIN',
    help: "a web origin whose pages may connect, beside the bridge's own; * for all",
    list: true,
    schema: z.array(origin),
    standard: [],
  },
  connectTimeout: {
    flag: 'connect-timeout',
    placeholder: 'SECONDS',
    help: 'how long a target may take to accept a connection',
    text: 'number',
    schema: whole(1, 600),
    standard: 10,
  },
  drainTimeout: {
    flag: 'drain-timeout',
    placeholder: 'SECONDS',
    help: 'how long clients may take to say goodbye when the bridge stops',
    text: 'number',
    schema: whole(0, 3600),
    standard: 5,
  },
  maxMessage: {
    flag: 'max-message',
    placeholder: 'BYTES',
    help: 'the longest WebSocket message that a client may send',
    text: 'number',
    schema: whole(4096, 256 * 1024 * 1024),
    standard: 4 * 1024 * 1024,
  },
  appDir: {
    flag: 'app-dir',
    placeholder: 'DIR',
    help: 'the built app: the folder with app/ and spice-viewer.js',
    schema: z.string().min(1, 'expected a folder'),
    standard: undefined,
  },
} as const satisfies Record<string, OptionRow>;

export type OptionKey = keyof typeof OPTIONS;
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

/** The common view on a row, for code that goes through the table. */
export const optionRow = (key: OptionKey): OptionRow => OPTIONS[key];

/** `allowOrigins` → `SPICE_VIEWER_ALLOW_ORIGINS` */
export const environmentName = (key: OptionKey): string =>
  `SPICE_VIEWER_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

export type BridgeConfig = {
  readonly [K in Exclude<OptionKey, 'targets' | 'appDir'>]: z.output<(typeof OPTIONS)[K]['schema']>;
} & {
  readonly targets: readonly TargetSpec[];
  /** Undefined: beside the bundle. */
  readonly appDir: string | undefined;
};
