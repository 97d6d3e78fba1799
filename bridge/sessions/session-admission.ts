import { BridgeError } from '../errors/bridge-error.ts';
import { targetFromClaims } from '../targets/claimed-target.ts';
import type { Hook } from '../targets/hook.ts';
import type { TargetList } from '../targets/target-list.ts';
import type { TargetRules } from '../targets/target-rules.ts';
import type { Admission, AdmissionRequest, SpiceGrant } from '../tunnel/spice-grant.ts';
import { allowedChannels, readClaims, type SessionClaims, storedSession } from './claims.ts';
import { requestToken } from '../requests/request-token.ts';
import type { SessionLeases } from './session-leases.ts';
import { sessionKey } from './session-store.ts';
import { CLOCK_TOLERANCE, signedPart, type TokenVerifier } from './token-verifier.ts';

export interface SessionAdmissionOptions {
  readonly targets: Pick<TargetList, 'find'>;
  readonly rules: TargetRules;
  readonly leases: SessionLeases;
  readonly verifier: TokenVerifier | undefined;
  readonly hook: Hook | undefined;
  /** False: configured targets are open to everybody. */
  readonly requireToken: boolean;
  /** Whether `?token=` counts. */
  readonly tokenQuery: boolean;
}

/** What a token, a stored session or the hook lets a channel do. */
interface Allowed {
  readonly claims: SessionClaims;
  readonly subject: string | undefined;
  readonly sessionId: string;
  readonly began: number;
  readonly release: () => void;
}

/** Opaque ids: at least 128 bits as base64url. */
const OPAQUE_ID = /^[A-Za-z0-9_-]{22,256}$/;
/** What is kept of a session whose token tells everything each time. */
const NOTHING = '{}';
/** How long a token stays used beyond its end, in milliseconds. */
const USED_BEYOND = 2 * CLOCK_TOLERANCE * 1000;

/** Admits channels by token, or to configured targets where the operator leaves them open. */
export class SessionAdmission implements Admission {
  readonly #options: SessionAdmissionOptions;

  constructor(options: SessionAdmissionOptions) {
    this.#options = options;
  }

  async admit({ request, targetName, ip }: AdmissionRequest, signal: AbortSignal): Promise<SpiceGrant> {
    const { targets, rules, requireToken, tokenQuery } = this.#options;
    const token = requestToken(request, tokenQuery);
    if (token === undefined || token === '' || !this.#takesTokens()) {
      if (requireToken) throw new BridgeError('token-missing');
      return this.#open(targetName, ip, signal);
    }
    const allowed = await this.#allowed(token, targetName, ip, signal);
    try {
      const { claims, subject, sessionId, began, release } = allowed;
      if (targetName !== null && claims.target !== targetName) throw new BridgeError('token-target');
      signal.throwIfAborted();
      return {
        provider: targetFromClaims(claims, { rules, targets }),
        channels: allowedChannels(claims),
        subject,
        sessionId,
        began,
        limits: claims.limits,
        release,
      };
    } catch (error) {
      allowed.release();
      throw error;
    }
  }

  /** Nothing is set up that could tell a good token from a bad one: then targets are open, or closed to all. */
  #takesTokens(): boolean {
    const { verifier, hook, requireToken } = this.#options;
    return requireToken || verifier !== undefined || hook !== undefined;
  }

  async #open(name: string | null, ip: string, signal: AbortSignal): Promise<SpiceGrant> {
    const { targets, rules, hook } = this.#options;
    try {
      return { provider: targets.find(name ?? undefined) };
    } catch (error) {
      if (hook === undefined || name === null) throw error;
      const { claims, release } = await hook.open({ target: name, address: ip }, signal);
      try {
        const { claims: read, subject } = readAnswer(claims);
        return {
          provider: targetFromClaims(read, { rules, targets }),
          channels: allowedChannels(read),
          subject,
          limits: read.limits,
          release,
        };
      } catch (problem) {
        release();
        throw problem;
      }
    }
  }

  #allowed(token: string, target: string | null, ip: string, signal: AbortSignal): Promise<Allowed> {
    const { verifier, hook } = this.#options;
    if (token.includes('.') && verifier !== undefined) return this.#byJwt(verifier, token);
    if (OPAQUE_ID.test(token)) {
      return this.#stored(token).catch((error: unknown) => {
        const unknown = error instanceof BridgeError && error.code === 'token-unknown';
        if (hook === undefined || !unknown) throw error;
        return this.#byHook(hook, token, target, ip, signal);
      });
    }
    if (hook !== undefined) return this.#byHook(hook, token, target, ip, signal);
    return Promise.reject(new BridgeError('token-invalid'));
  }

  async #byJwt(verifier: TokenVerifier, token: string): Promise<Allowed> {
    const { leases } = this.#options;
    const { claims, subject, id, singleUse, expires, expired } = await verifier.verify(token);
    const sessionId = sessionKey(id);
    const goodUntil = expires + USED_BEYOND;
    const usedFor = singleUse ? goodUntil - Date.now() : 0;
    // An expired one goes on with a session that runs, and begins none.
    const lease = await leases
      .acquire(sessionId, expired ? undefined : { value: NOTHING, usedFor }, goodUntil)
      .catch((error: unknown) => {
        const over = expired && error instanceof BridgeError && error.code === 'token-unknown';
        throw over ? new BridgeError('token-expired') : error;
      });
    return { claims, subject, sessionId, began: lease.began, release: () => lease.release() };
  }

  async #stored(token: string): Promise<Allowed> {
    const sessionId = sessionKey(token);
    const lease = await this.#options.leases.acquire(sessionId);
    const release = (): void => lease.release();
    try {
      return { ...parseStored(lease.value), sessionId, began: lease.began, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #byHook(
    hook: Hook,
    token: string,
    target: string | null,
    address: string,
    signal: AbortSignal,
  ): Promise<Allowed> {
    const answer = await hook.open({ token, target: target ?? undefined, address }, signal);
    try {
      const { claims, subject } = readAnswer(answer.claims);
      // The same on every path: whoever ends it means the token.
      const sessionId = sessionKey(JSON.stringify(['hook', signedPart(token)]));
      // Kept too, so that it can be ended through any bridge.
      const lease = await this.#options.leases.acquire(sessionId, { value: NOTHING, usedFor: 0 });
      const release = (): void => {
        lease.release();
        answer.release();
      };
      return { claims, subject, sessionId, began: lease.began, release };
    } catch (error) {
      answer.release();
      throw error;
    }
  }
}

interface Answer {
  readonly claims: SessionClaims;
  readonly subject?: string | undefined;
}

/** A portal may have written it: everything is checked. */
function parseStored(value: string): { claims: SessionClaims; subject: string | undefined } {
  try {
    const { claims, subject } = storedSession.parse(JSON.parse(value));
    return { claims, subject };
  } catch (error) {
    throw new BridgeError('token-claims', undefined, { cause: error });
  }
}

/** The hook's: claims alone, or as a session is stored, with its subject. */
function readAnswer(value: unknown): Answer {
  const stored = storedSession.safeParse(value);
  return stored.success ? stored.data : { claims: readClaims(value) };
}
