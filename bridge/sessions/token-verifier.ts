import { readFile } from 'node:fs/promises';
import {
  compactDecrypt,
  compactVerify,
  type CompactVerifyGetKey,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
} from 'jose';
import type { JwtAlgorithm } from '../config/choices.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { readClaims, type SessionClaims, subjectText } from './claims.ts';
import {
  type DecryptionKey,
  readDecryptionKeys,
  readSecret,
  readSigningKeys,
  type SigningKey,
} from './token-keys.ts';

export interface TokenVerifierOptions {
  readonly secretFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly decryptionKeyFile?: string | undefined;
  /** Undefined: what the keys are for. */
  readonly algorithms?: readonly JwtAlgorithm[] | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

export interface VerifiedToken {
  readonly claims: SessionClaims;
  readonly subject: string | undefined;
  /** `iss` and `jti` together; without a `jti` what was verified, however the token around it is spelled. */
  readonly id: string;
  /** It has a `jti`: good for one session. */
  readonly singleUse: boolean;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Its time is over: good only for a session that runs. */
  readonly expired: boolean;
}

/** Seconds by which clocks may differ. */
export const CLOCK_TOLERANCE = 5;
/** Characters; what HTTP lets through is not much more. */
const TOKEN_LIMIT = 14 * 1024;
const JWKS = {
  timeoutDuration: 5000,
  /** At most one request in so many milliseconds for keys that are not known yet. */
  cooldownDuration: 30_000,
  cacheMaxAge: 600_000,
};
/** What a JWKS URL may be used with: never a shared secret. */
const REMOTE_ALGORITHMS: readonly JwtAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];

type Encryption = 'none' | 'shared' | 'public';

/**
 * Verifies JSON Web Tokens. Each key has one algorithm, given by its type, so a token cannot have a public key taken
 * for a secret, and `none` has no key at all. Tokens must expire. What is wrong is told in words without any of the
 * token's content.
 */
export class TokenVerifier {
  readonly #keys: readonly SigningKey[];
  readonly #decryption: readonly DecryptionKey[];
  readonly #remote: CompactVerifyGetKey | undefined;
  readonly #algorithms: ReadonlySet<string>;
  readonly #issuer: string | undefined;
  readonly #audience: string | undefined;

  private constructor(
    options: TokenVerifierOptions,
    keys: readonly SigningKey[],
    decryption: readonly DecryptionKey[],
  ) {
    this.#keys = keys;
    this.#decryption = decryption;
    this.#remote =
      options.jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(options.jwksUrl), JWKS);
    const usable = [...keys.map((key) => key.algorithm), ...(this.#remote ? REMOTE_ALGORITHMS : [])];
    this.#algorithms = new Set(usable.filter((one) => options.algorithms?.includes(one) !== false));
    this.#issuer = options.issuer;
    this.#audience = options.audience;
  }

  /** Undefined where no key is configured. @throws {BridgeError} `bad-key` */
  static async load(options: TokenVerifierOptions): Promise<TokenVerifier | undefined> {
    const { secretFile, keyFile, jwksUrl, decryptionKeyFile, algorithms } = options;
    const keys: SigningKey[] = [];
    if (secretFile !== undefined) keys.push(readSecret(await read(secretFile), 'The JWT secret file'));
    if (keyFile !== undefined) {
      keys.push(...readSigningKeys((await read(keyFile)).toString('utf8'), 'The JWT key file'));
    }
    const decryption =
      decryptionKeyFile === undefined
        ? []
        : readDecryptionKeys((await read(decryptionKeyFile)).toString('utf8'), 'The JWE key file');
    if (keys.length === 0 && jwksUrl === undefined && decryption.length === 0) return undefined;
    const verifier = new TokenVerifier(options, keys, decryption);
    if (verifier.#algorithms.size === 0 && !decryption.some(({ algorithm }) => algorithm === 'dir')) {
      const wanted = algorithms === undefined ? '' : ` of ${algorithms.join(', ')}`;
      throw new BridgeError(
        'bad-key',
        `No key verifies tokens${wanted}: give --jwt-secret-file, --jwt-key-file or --jwt-jwks-url.`,
      );
    }
    return verifier;
  }

  /**
   * @throws {BridgeError} `token-invalid`, `token-early`, `token-audience`, `token-claims`, `token-password`,
   *   `token-unsigned`, `keys-unavailable`. One that has expired is given back with `expired`.
   */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > TOKEN_LIMIT) throw new BridgeError('token-invalid');
    const parts = token.split('.');
    if (!parts.every(isCanonical)) throw new BridgeError('token-invalid');
    if (parts.length === 3) return this.#signed(token, 'none');
    if (parts.length === 5) return this.#encrypted(token);
    throw new BridgeError('token-invalid');
  }

  async #encrypted(token: string): Promise<VerifiedToken> {
    const header = headerOf(token);
    for (const { algorithm, id, key } of this.#decryption) {
      if (algorithm !== header.alg || (header.kid !== undefined && id !== undefined && id !== header.kid))
        continue;
      let plaintext: Uint8Array;
      try {
        const result = await compactDecrypt(token, key, {
          keyManagementAlgorithms: [algorithm],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        ({ plaintext } = result);
      } catch {
        continue; // of another key, or changed on its way
      }
      const content = Buffer.from(plaintext).toString('utf8');
      const encryption = algorithm === 'dir' ? 'shared' : 'public';
      if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(content)) return this.#signed(content, encryption);
      // Everybody has a public key: who encrypted with it is unknown.
      if (encryption === 'public') throw new BridgeError('token-unsigned');
      return this.#checked(parsePayload(content), content);
    }
    throw new BridgeError('token-invalid');
  }

  async #signed(token: string, encryption: Encryption): Promise<VerifiedToken> {
    const { alg, kid } = headerOf(token);
    if (alg === undefined || !this.#algorithms.has(alg)) throw new BridgeError('token-invalid');
    const fitting = this.#keys.filter(
      ({ algorithm, id }) => algorithm === alg && (id === undefined || kid === undefined || id === kid),
    );
    for (const { key } of fitting) {
      const payload = await this.#verifyWith(token, alg, key);
      if (payload !== undefined) return this.#accept(payload, encryption, signedPart(token));
    }
    if (this.#remote !== undefined && (REMOTE_ALGORITHMS as readonly string[]).includes(alg)) {
      const payload = await this.#verifyWith(token, alg, this.#remote);
      if (payload !== undefined) return this.#accept(payload, encryption, signedPart(token));
    }
    throw new BridgeError('token-invalid');
  }

  /** The payload, its claims still unchecked; undefined when the signature is not this key's. */
  async #verifyWith(
    token: string,
    algorithm: string,
    key: SigningKey['key'] | CompactVerifyGetKey,
  ): Promise<JWTPayload | undefined> {
    const options = { algorithms: [algorithm] };
    try {
      const { payload, protectedHeader } =
        typeof key === 'function'
          ? await compactVerify(token, key, options)
          : await compactVerify(token, key, options);
      if (protectedHeader.b64 === false) throw new BridgeError('token-invalid');
      return parsePayload(Buffer.from(payload).toString('utf8'));
    } catch (error) {
      if (error instanceof BridgeError) throw error;
      if (typeof key === 'function' && isServersFault(error)) {
        throw new BridgeError('keys-unavailable', undefined, { cause: error });
      }
      return undefined;
    }
  }

  #accept(payload: JWTPayload, encryption: Encryption, verified: string): VerifiedToken {
    const { spice } = payload as { spice?: { password?: unknown } };
    if (
      encryption === 'none' &&
      typeof spice === 'object' &&
      spice !== null &&
      Object.hasOwn(spice, 'password')
    ) {
      throw new BridgeError('token-password');
    }
    return this.#checked(payload, verified);
  }

  /** @param verified the text that the signature or the encryption vouches for */
  #checked(payload: JWTPayload, verified: string): VerifiedToken {
    const { iss, aud, exp, nbf, iat, jti, sub } = payload as Record<string, unknown>;
    if (this.#issuer !== undefined && iss !== this.#issuer) throw new BridgeError('token-audience');
    const audiences = Array.isArray(aud) ? aud : [aud];
    if (this.#audience !== undefined && !audiences.includes(this.#audience))
      throw new BridgeError('token-audience');
    const now = Date.now() / 1000;
    for (const time of [exp, nbf, iat]) {
      if (time !== undefined && !(typeof time === 'number' && Number.isFinite(time)))
        throw new BridgeError('token-claims');
    }
    if (typeof exp !== 'number') throw new BridgeError('token-claims');
    if (typeof nbf === 'number' && nbf > now + CLOCK_TOLERANCE) throw new BridgeError('token-early');
    if (jti !== undefined && (typeof jti !== 'string' || jti === '')) throw new BridgeError('token-claims');
    if (sub !== undefined && !subjectText.safeParse(sub).success) throw new BridgeError('token-claims');
    return {
      claims: readClaims((payload as { spice?: unknown }).spice),
      subject: sub as string | undefined,
      id: JSON.stringify(jti === undefined ? ['token', verified] : ['jti', iss ?? null, jti]),
      singleUse: jti !== undefined,
      expires: exp * 1000,
      expired: exp <= now - CLOCK_TOLERANCE,
    };
  }
}

/**
 * What a JSON Web Token's signature is of: header and payload, as text. The signature itself can be written in several
 * ways (unused bits of base64url, two values for each of ECDSA's). Other tokens as they are.
 */
export function signedPart(token: string): string {
  const parts = token.split('.');
  if (parts.length !== 3) return token;
  try {
    return headerOf(token).alg === undefined ? token : parts.slice(0, 2).join('.');
  } catch {
    return token;
  }
}

/** Base64url with nothing in the bits that it does not use. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function headerOf(token: string): { alg?: string; kid?: string } {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return {
      ...(typeof alg === 'string' ? { alg } : {}),
      ...(typeof kid === 'string' ? { kid } : {}),
    };
  } catch (error) {
    throw new BridgeError('token-invalid', undefined, { cause: error });
  }
}

function parsePayload(text: string): JWTPayload {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JWTPayload;
  } catch {
    // answered below
  }
  throw new BridgeError('token-invalid');
}

/** The JWKS URL could not be read, or answered something else than keys. */
function isServersFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new BridgeError(
      'bad-key',
      `The key file ${path} ${missing ? 'does not exist' : 'cannot be read'}.`,
      {
        cause: error,
      },
    );
  }
}
