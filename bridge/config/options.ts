import { z } from 'zod';
import { LOG_FORMATS, LOG_LEVELS } from '../operation/log-level.ts';
import { JWT_ALGORITHMS } from '../sessions/token-keys.ts';
import * as schema from './option-schemas.ts';

/** A target as the operator wrote it. Relative file names in `uri` start at `baseDir`, or the working directory. */
export interface TargetSpec {
  readonly name: string;
  readonly uri: string;
  readonly baseDir?: string;
}

interface OptionRow {
  /** The flag without dashes. Environment variable and configuration key derive from it. */
  readonly flag: string;
  readonly placeholder: string;
  readonly help: string;
  /** May be given several times; a list in the environment is cut at spaces and commas. */
  readonly list?: true;
  /** What a flag's or variable's text becomes before the schema sees it. Text unless told. A boolean has `--no-FLAG` too. */
  readonly text?: 'number' | 'boolean';
  /** A file or folder, made absolute: relative ones start where the option was written. */
  readonly path?: true;
  /** Takes effect when the configuration is read again (SIGHUP); others need a restart. */
  readonly live?: true;
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
    schema: schema.listen,
    standard: '127.0.0.1:8080',
  },
  targets: {
    flag: 'target',
    placeholder: 'NAME=URI',
    help: 'a SPICE server: spice://, spice+tls://, spice+unix://, libvirt:, proxmox://, a .vv file, or demo:',
    list: true,
    live: true,
    schema: schema.targets,
    standard: [],
  },
  allowTargets: {
    flag: 'allow-target',
    placeholder: 'RULE',
    help: 'where targets of tokens, sessions and the hook may be: HOST, *.SUFFIX, NETWORK/BITS, each with :PORT or :PORT-PORT; unix:/FOLDER/',
    list: true,
    live: true,
    schema: z.array(schema.targetRule),
    standard: [],
  },
  denyTargets: {
    flag: 'deny-target',
    placeholder: 'RULE',
    help: 'where they may not be; wins over --allow-target',
    list: true,
    live: true,
    schema: z.array(schema.targetRule),
    standard: [],
  },
  allowLoopbackTargets: {
    flag: 'allow-loopback-targets',
    placeholder: '',
    help: "let them be on the bridge's own machine",
    text: 'boolean',
    live: true,
    schema: z.boolean(),
    standard: false,
  },
  hookUrl: {
    flag: 'hook-url',
    placeholder: 'URL',
    help: 'ask there for the target of a token or a name that the bridge does not know',
    schema: schema.hookUrl,
    standard: undefined,
  },
  hookTimeout: {
    flag: 'hook-timeout',
    placeholder: 'SECONDS',
    help: 'how long the hook may take to answer',
    text: 'number',
    schema: schema.whole(1, 60),
    standard: 5,
  },
  jwtSecretFile: {
    flag: 'jwt-secret-file',
    placeholder: 'FILE',
    help: 'the secret of HS256 tokens, at least 32 bytes',
    path: true,
    live: true,
    schema: schema.file,
    standard: undefined,
  },
  jwtKeyFile: {
    flag: 'jwt-key-file',
    placeholder: 'FILE',
    help: 'public keys of RS256, ES256 or EdDSA tokens: PEM, JWK or JWKS',
    path: true,
    live: true,
    schema: schema.file,
    standard: undefined,
  },
  jwtJwksUrl: {
    flag: 'jwt-jwks-url',
    placeholder: 'URL',
    help: 'where the public keys of tokens are published as JWKS',
    live: true,
    schema: schema.jwksUrl,
    standard: undefined,
  },
  jwtAlgorithms: {
    flag: 'jwt-algorithms',
    placeholder: 'NAME',
    help: 'of HS256, RS256, ES256 and EdDSA only these; without it those of the keys',
    list: true,
    live: true,
    schema: z.array(schema.oneOf(...JWT_ALGORITHMS)),
    standard: [],
  },
  jwtIssuer: {
    flag: 'jwt-issuer',
    placeholder: 'TEXT',
    help: 'what the iss of tokens must be',
    live: true,
    schema: z.string().min(1, 'expected a text'),
    standard: undefined,
  },
  jwtAudience: {
    flag: 'jwt-audience',
    placeholder: 'TEXT',
    help: 'what the aud of tokens must be or hold',
    live: true,
    schema: z.string().min(1, 'expected a text'),
    standard: undefined,
  },
  jweKeyFile: {
    flag: 'jwe-key-file',
    placeholder: 'FILE',
    help: "the bridge's own key for encrypted tokens: a private key (PEM, JWK), or 32 shared bytes",
    path: true,
    live: true,
    schema: schema.file,
    standard: undefined,
  },
  requireToken: {
    flag: 'require-token',
    placeholder: '',
    help: 'refuse who brings no token; the standard as soon as any kind of token is set up',
    text: 'boolean',
    live: true,
    schema: z.boolean(),
    standard: undefined,
  },
  tokenQuery: {
    flag: 'token-query',
    placeholder: '',
    help: 'take tokens from ?token= too, where they end up in logs',
    text: 'boolean',
    live: true,
    schema: z.boolean(),
    standard: false,
  },
  redis: {
    flag: 'redis',
    placeholder: 'URL',
    help: 'share sessions with other bridges: redis://HOST:PORT, rediss://, redis+unix:///PATH',
    schema: schema.redisUrl,
    standard: undefined,
  },
  redisPasswordFile: {
    flag: 'redis-password-file',
    placeholder: 'FILE',
    help: "Redis' password",
    path: true,
    schema: schema.file,
    standard: undefined,
  },
  redisPrefix: {
    flag: 'redis-prefix',
    placeholder: 'TEXT',
    help: 'what the names of all keys in Redis begin with',
    schema: z.string().max(64),
    standard: 'spice-viewer:',
  },
  sessionWindow: {
    flag: 'session-window',
    placeholder: 'SECONDS',
    help: 'how long a session may be reconnected after its last channel',
    text: 'number',
    schema: schema.whole(1, 86_400),
    standard: 60,
  },
  adminListen: {
    flag: 'admin-listen',
    placeholder: 'HOST:PORT',
    help: 'where to serve the admin API',
    schema: schema.listen,
    standard: undefined,
  },
  adminTokenFile: {
    flag: 'admin-token-file',
    placeholder: 'FILE',
    help: 'the token of the admin API, at least 16 characters',
    path: true,
    schema: schema.file,
    standard: undefined,
  },
  allowOrigins: {
    flag: 'allow-origin',
    placeholder: 'ORIGIN',
    help: "a web origin whose pages may connect, beside the bridge's own; * for all",
    list: true,
    live: true,
    schema: z.array(schema.origin),
    standard: [],
  },
  connectTimeout: {
    flag: 'connect-timeout',
    placeholder: 'SECONDS',
    help: 'how long a target may take to accept a connection',
    text: 'number',
    live: true,
    schema: schema.whole(1, 600),
    standard: 10,
  },
  drainTimeout: {
    flag: 'drain-timeout',
    placeholder: 'SECONDS',
    help: 'how long sessions may go on after SIGTERM',
    text: 'number',
    live: true,
    schema: schema.whole(0, 3600),
    standard: 5,
  },
  maxMessage: {
    flag: 'max-message',
    placeholder: 'BYTES',
    help: 'the longest WebSocket message that a client may send',
    text: 'number',
    schema: schema.whole(4096, 256 * 1024 * 1024),
    standard: 4 * 1024 * 1024,
  },
  tlsCert: {
    flag: 'tls-cert',
    placeholder: 'FILE',
    help: 'serve https: the certificate and its chain, PEM; read again when it changes',
    path: true,
    schema: schema.file,
    standard: undefined,
  },
  tlsKey: {
    flag: 'tls-key',
    placeholder: 'FILE',
    help: "the certificate's private key, PEM",
    path: true,
    schema: schema.file,
    standard: undefined,
  },
  hsts: {
    flag: 'hsts',
    placeholder: 'SECONDS',
    help: 'with --tls-cert: how long browsers must keep to https (Strict-Transport-Security); 0 for not at all',
    live: true,
    text: 'number',
    schema: schema.whole(0, 63_072_000),
    standard: 15_552_000,
  },
  allowHosts: {
    flag: 'allow-host',
    placeholder: 'NAME',
    help: "a host name that the bridge answers to, *.SUFFIX or *, beside IP addresses, localhost, its own and allowed origins'",
    list: true,
    live: true,
    schema: z.array(schema.hostName),
    standard: [],
  },
  frameAncestors: {
    flag: 'frame-ancestor',
    placeholder: 'ORIGIN',
    help: "an origin whose pages may show the app in a frame, beside the bridge's own; * for all",
    list: true,
    live: true,
    schema: z.array(schema.origin),
    standard: [],
  },
  trustedProxies: {
    flag: 'trusted-proxy',
    placeholder: 'CIDR',
    help: 'an address or network of reverse proxies whose X-Forwarded-For, -Proto and -Host are believed',
    list: true,
    live: true,
    schema: z.array(schema.network),
    standard: [],
  },
  forwardedHeader: {
    flag: 'forwarded-header',
    placeholder: 'NAME',
    help: 'the header in which trusted proxies tell the client: x-forwarded-for or forwarded',
    live: true,
    schema: schema.oneOf('x-forwarded-for', 'forwarded'),
    standard: 'x-forwarded-for',
  },
  maxConnections: {
    flag: 'max-connections',
    placeholder: 'N',
    help: 'WebSockets altogether, one for each SPICE channel; 0 for no limit',
    live: true,
    text: 'number',
    schema: schema.whole(0, 1_000_000),
    standard: 10_000,
  },
  maxConnectionsPerIp: {
    flag: 'max-connections-per-ip',
    placeholder: 'N',
    help: 'WebSockets from one client address (IPv6: one /64); 0 for no limit',
    live: true,
    text: 'number',
    schema: schema.whole(0, 1_000_000),
    standard: 1000,
  },
  maxConnectionsPerToken: {
    flag: 'max-connections-per-token',
    placeholder: 'N',
    help: 'WebSockets of one token or session; 0 for no limit',
    live: true,
    text: 'number',
    schema: schema.whole(0, 1_000_000),
    standard: 64,
  },
  connectionRate: {
    flag: 'connection-rate',
    placeholder: 'N',
    help: 'new WebSockets a minute from one client address; 0 for no limit',
    live: true,
    text: 'number',
    schema: schema.whole(0, 1_000_000),
    standard: 1000,
  },
  handshakeTimeout: {
    flag: 'handshake-timeout',
    placeholder: 'SECONDS',
    help: 'how long a client may take for TLS, for a request, and for its first SPICE bytes',
    live: true,
    text: 'number',
    schema: schema.whole(1, 600),
    standard: 20,
  },
  pingInterval: {
    flag: 'ping-interval',
    placeholder: 'SECONDS',
    help: 'how often browsers are pinged; one that shows no sign of life twice is dropped',
    live: true,
    text: 'number',
    schema: schema.whole(1, 59),
    standard: 30,
  },
  idleTimeout: {
    flag: 'idle-timeout',
    placeholder: 'SECONDS',
    help: 'ends sessions without keyboard or pointer for so long; 0 for never',
    live: true,
    text: 'number',
    schema: schema.wholeOrNone(1, 31_536_000),
    standard: 0,
  },
  sessionTimeout: {
    flag: 'session-timeout',
    placeholder: 'SECONDS',
    help: 'ends sessions after so long, used or not; 0 for never',
    live: true,
    text: 'number',
    schema: schema.wholeOrNone(1, 31_536_000),
    standard: 0,
  },
  logLevel: {
    flag: 'log-level',
    placeholder: 'LEVEL',
    help: 'error, warn, info, debug or silent',
    live: true,
    schema: schema.oneOf(...LOG_LEVELS),
    standard: 'info',
  },
  logFormat: {
    flag: 'log-format',
    placeholder: 'FORMAT',
    help: 'json, text or auto: text on a terminal',
    schema: schema.oneOf(...LOG_FORMATS),
    standard: 'auto',
  },
  metrics: {
    flag: 'metrics',
    placeholder: 'WHERE',
    help: 'where /metrics is: main (for all), admin (--admin-listen, with its token) or off',
    schema: schema.oneOf('main', 'admin', 'off'),
    standard: 'main',
  },
  appDir: {
    flag: 'app-dir',
    placeholder: 'DIR',
    help: 'the built app: the folder with app/ and spice-viewer.js',
    path: true,
    schema: schema.file,
    standard: undefined,
  },
} as const satisfies Record<string, OptionRow>;

export type OptionKey = keyof typeof OPTIONS;
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

/** The common view on a row, for code that goes through the table. */
export function optionRow(key: OptionKey): OptionRow {
  return OPTIONS[key];
}

/** `allowOrigins` → `SPICE_VIEWER_ALLOW_ORIGINS` */
export function environmentName(key: OptionKey): string {
  return `SPICE_VIEWER_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

type Standard<K extends OptionKey> = (typeof OPTIONS)[K]['standard'];
type Value<K extends OptionKey> = z.output<(typeof OPTIONS)[K]['schema']>;

/** Options without a standard value may be undefined. `appDir` is then beside the bundle. */
export type BridgeConfig = {
  readonly [K in Exclude<OptionKey, 'targets'>]: undefined extends Standard<K>
    ? Value<K> | undefined
    : Value<K>;
} & { readonly targets: readonly TargetSpec[] };
