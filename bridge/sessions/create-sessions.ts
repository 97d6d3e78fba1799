import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BridgeError, type BridgeErrorCode } from '../errors/bridge-error.ts';
import type { BridgeConfig } from '../config/options.ts';
import type { Logger } from '../operation/logger.ts';
import type { SessionSummary } from '../operation/session-ledger.ts';
import { targetFromClaims } from '../targets/claimed-target.ts';
import { Hook } from '../targets/hook.ts';
import type { TargetList } from '../targets/target-list.ts';
import { TargetRules } from '../targets/target-rules.ts';
import type { Admission } from '../tunnel/spice-grant.ts';
import type { SessionClaims } from './claims.ts';
import { MemoryStore } from './memory-store.ts';
import { openRedisStore } from './redis-store.ts';
import { SessionAdmission } from './session-admission.ts';
import { SessionLeases } from './session-leases.ts';
import { type OverState, sessionKey, type SessionStore } from './session-store.ts';
import { TokenVerifier } from './token-verifier.ts';

export interface SessionsOptions {
  readonly targets: () => TargetList;
  /** What runs on this bridge. */
  readonly list: () => readonly SessionSummary[];
  /** Ends a session of this bridge, if it has it. */
  readonly end: (id: string, error: BridgeError) => void;
  readonly logger: Logger;
}

export interface MintedToken {
  readonly token: string;
  readonly id: string;
  /** ISO 8601. */
  readonly expires: string;
}

export type ListedSession = SessionSummary & { readonly bridge: string };

/** Who may connect, and the sessions of all bridges that share a store. */
export interface Sessions {
  readonly admission: Admission;
  /**
   * Reads the keys, rules and switches of a new configuration; they count when the function that it gives is called.
   * @throws {BridgeError} `bad-key`
   */
  prepare(config: BridgeConfig): Promise<() => void>;
  list(): Promise<ListedSession[]>;
  /** An id that begins a session within `ttl` seconds. @throws {BridgeError} when the target cannot be used */
  mint(claims: SessionClaims, subject: string | undefined, ttl: number): Promise<MintedToken>;
  /** Ends a session on whichever bridge, and keeps its token from beginning another. */
  revoke(id: string): Promise<void>;
  /** A limit of time ended it: its token neither continues it nor begins another. */
  finish(id: string, why: 'expired' | 'idle'): void;
  close(): Promise<void>;
}

/** How often each bridge tells the others what it runs, and for how long that counts, in milliseconds. */
const ANNOUNCE_INTERVAL = 5000;
const ANNOUNCE_TTL = 15_000;
/** How long Redis may take to answer or to come back before a new session is told to try later, in milliseconds. */
const STORE_TIMEOUT = 5000;
/** How long a revoked token stays revoked: longer than any sensible token lives, in milliseconds. */
const REVOKED_TTL = 30 * 24 * 3600 * 1000;
const ID_BYTES = 24;

const endings: Readonly<Record<OverState, BridgeErrorCode>> = {
  revoked: 'session-ended',
  expired: 'session-expired',
  idle: 'session-idle',
};

/** @throws {BridgeError} `bad-key`, `bad-option` */
export async function createSessions(config: BridgeConfig, options: SessionsOptions): Promise<Sessions> {
  const { targets, list, end, logger } = options;
  const bridge = randomBytes(6).toString('base64url');
  const targetFinder = { find: (name: string | undefined) => targets().find(name) };
  let settings = await settingsOf(config);
  const store = await storeOf(config, logger);
  const window = config.sessionWindow * 1000;
  const leases = new SessionLeases(store, window, (key, why) => end(key, new BridgeError(endings[why])));
  const hook =
    config.hookUrl === undefined
      ? undefined
      : new Hook({ url: config.hookUrl, timeout: config.hookTimeout * 1000, window });
  const makeAdmission = (): SessionAdmission =>
    new SessionAdmission({ ...settings, targets: targetFinder, leases, hook });
  let admission = makeAdmission();

  const announce = (): void => {
    const running = list().map((session) => ({ ...session, bridge }));
    store.announce(bridge, JSON.stringify(running), ANNOUNCE_TTL).catch(() => {});
  };
  const announcing =
    config.redis === undefined ? undefined : setInterval(announce, ANNOUNCE_INTERVAL).unref();

  return {
    admission: { admit: (request, signal) => admission.admit(request, signal) },
    async prepare(next) {
      const prepared = await settingsOf(next);
      return () => {
        settings = prepared;
        admission = makeAdmission();
      };
    },
    async list() {
      const mine = list().map((session) => ({ ...session, bridge }));
      const others = (await store.announced())
        .flatMap(parseAnnounced)
        .filter((session) => session.bridge !== bridge);
      return [...mine, ...others];
    },
    async mint(claims, subject, ttl) {
      targetFromClaims(claims, { rules: settings.rules, targets: targetFinder });
      const token = randomBytes(ID_BYTES).toString('base64url');
      const id = sessionKey(token);
      await store.put(id, JSON.stringify({ claims, subject }), ttl * 1000);
      return { token, id, expires: new Date(Date.now() + ttl * 1000).toISOString() };
    },
    async revoke(id) {
      await store.finish(id, 'revoked', REVOKED_TTL);
      // Not by way of Redis alone, so that what runs here ends at once.
      end(id, new BridgeError('session-ended'));
    },
    finish: (id, why) => leases.finish(id, why),
    async close() {
      clearInterval(announcing);
      leases.close();
      await store.close();
    },
  };
}

/** What is no list is nobody's: Redis is not only ours to write. */
function parseAnnounced(text: string): ListedSession[] {
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) ? (list as ListedSession[]).filter((one) => typeof one?.id === 'string') : [];
  } catch {
    return [];
  }
}

interface Settings {
  readonly verifier: TokenVerifier | undefined;
  readonly rules: TargetRules;
  readonly requireToken: boolean;
  readonly tokenQuery: boolean;
}

async function settingsOf(config: BridgeConfig): Promise<Settings> {
  const verifier = await TokenVerifier.load({
    secretFile: config.jwtSecretFile,
    keyFile: config.jwtKeyFile,
    jwksUrl: config.jwtJwksUrl,
    decryptionKeyFile: config.jweKeyFile,
    algorithms: config.jwtAlgorithms.length === 0 ? undefined : config.jwtAlgorithms,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
  return {
    verifier,
    rules: TargetRules.fromConfig(config),
    requireToken: tokensRequired(config),
    tokenQuery: config.tokenQuery,
  };
}

/** Whoever sets up any kind of token means it: configured targets are then not open to everybody. */
export function tokensRequired(config: BridgeConfig): boolean {
  return (
    config.requireToken ??
    [
      config.jwtSecretFile,
      config.jwtKeyFile,
      config.jwtJwksUrl,
      config.jweKeyFile,
      config.hookUrl,
      config.redis,
      config.adminListen,
    ].some((one) => one !== undefined)
  );
}

async function storeOf(config: BridgeConfig, logger: Logger): Promise<SessionStore> {
  if (config.redis === undefined) return new MemoryStore();
  let connected: boolean | undefined;
  return openRedisStore({
    url: config.redis,
    password:
      config.redisPasswordFile === undefined
        ? undefined
        : await readSecretLine(config.redisPasswordFile, 'The Redis password file'),
    prefix: config.redisPrefix,
    timeout: STORE_TIMEOUT,
    onChange: (now) => {
      if (now === connected) return;
      connected = now;
      if (now) logger.info({ event: 'redis' }, 'Redis is connected');
      else logger.error({ event: 'redis' }, 'Redis is away: sessions that run go on, new ones wait');
    },
  });
}

/** A file's first line. @throws {BridgeError} `bad-key`, which tells nothing of it */
export async function readSecretLine(path: string, what: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BridgeError('bad-key', `${what} ${path} cannot be read.`, { cause: error });
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new BridgeError('bad-key', `${what} ${path} is empty.`);
  return line;
}
