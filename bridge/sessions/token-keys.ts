import {
  createPublicKey,
  createPrivateKey,
  createSecretKey,
  type KeyObject,
  type JsonWebKey,
} from 'node:crypto';
import type { JwtAlgorithm } from '../config/choices.ts';
import { BridgeError } from '../errors/bridge-error.ts';

/** A key and the one algorithm that it may be used with: a token's header chooses among keys, never how they are used. */
export interface SigningKey {
  readonly algorithm: JwtAlgorithm;
  readonly id: string | undefined;
  readonly key: KeyObject;
}

export interface DecryptionKey {
  readonly algorithm: 'dir' | 'RSA-OAEP-256' | 'ECDH-ES';
  readonly id: string | undefined;
  readonly key: KeyObject;
}

/** RFC 7518 §3.2: a key as long as the hash. */
const SECRET_MINIMUM = 32;
const RSA_MINIMUM = 2048;

function bad(what: string, reason: string, cause?: unknown): BridgeError {
  return new BridgeError('bad-key', `${what} ${reason}.`, { cause });
}

/** A secret for HS256: the file's bytes without the line end. @throws {BridgeError} `bad-key` */
export function readSecret(bytes: Buffer, what: string): SigningKey {
  const text = bytes.toString('latin1').replace(/\r?\n$/, '');
  if (/-----BEGIN |^\s*\{/.test(text)) {
    throw bad(what, 'holds a key in PEM or JWK form; public keys belong into --jwt-key-file');
  }
  if (text.length < SECRET_MINIMUM) throw bad(what, `must hold at least ${SECRET_MINIMUM} bytes`);
  return { algorithm: 'HS256', id: undefined, key: createSecretKey(Buffer.from(text, 'latin1')) };
}

/** Public keys in PEM (one or several), JWK or JWKS form. @throws {BridgeError} `bad-key` */
export function readSigningKeys(text: string, what: string): SigningKey[] {
  if (/^\s*\{/.test(text)) return jwks(text, what).map((jwk) => signingJwk(jwk, what));
  if (text.includes('PRIVATE KEY-----'))
    throw bad(what, 'holds a private key; the bridge needs the public one alone');
  const blocks = text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw bad(what, 'holds neither PEM nor JWK');
  return blocks.map((pem) => {
    const key = attempt(() => createPublicKey(pem), what);
    return { algorithm: algorithmOf(key, what), id: undefined, key };
  });
}

function signingJwk(jwk: JsonWebKey, what: string): SigningKey {
  const id = typeof jwk.kid === 'string' ? jwk.kid : undefined;
  if (jwk.kty === 'oct') {
    const secret = Buffer.from(String(jwk.k ?? ''), 'base64url');
    if (secret.length < SECRET_MINIMUM)
      throw bad(what, `must hold at least ${SECRET_MINIMUM} bytes of secret`);
    return pinned({ algorithm: 'HS256', id, key: createSecretKey(secret) }, jwk, what);
  }
  if (jwk.d !== undefined) throw bad(what, 'holds a private key; the bridge needs the public one alone');
  const key = attempt(() => createPublicKey({ key: jwk, format: 'jwk' }), what);
  return pinned({ algorithm: algorithmOf(key, what), id, key }, jwk, what);
}

function pinned(key: SigningKey, { alg }: JsonWebKey, what: string): SigningKey {
  if (alg !== undefined && alg !== key.algorithm) {
    throw bad(
      what,
      `holds a key whose alg is ${JSON.stringify(alg)}; for its type the bridge takes ${key.algorithm}`,
    );
  }
  return key;
}

function algorithmOf(key: KeyObject, what: string): JwtAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength < RSA_MINIMUM) throw bad(what, `holds an RSA key of less than ${RSA_MINIMUM} bits`);
    return 'RS256';
  }
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  throw bad(what, 'holds a key that is neither RSA, nor EC of P-256, nor Ed25519');
}

/** The bridge's own keys for encrypted tokens: PEM or JWK private keys, or 32 bytes as base64url or hexadecimal. */
export function readDecryptionKeys(text: string, what: string): DecryptionKey[] {
  if (/^\s*\{/.test(text)) {
    return jwks(text, what).map((jwk) => {
      const id = typeof jwk.kid === 'string' ? jwk.kid : undefined;
      if (jwk.kty === 'oct') return direct(Buffer.from(String(jwk.k ?? ''), 'base64url'), id, what);
      return privateKey(
        attempt(() => createPrivateKey({ key: jwk, format: 'jwk' }), what),
        id,
        what,
      );
    });
  }
  if (text.includes('-----BEGIN '))
    return [
      privateKey(
        attempt(() => createPrivateKey(text), what),
        undefined,
        what,
      ),
    ];
  const line = text.trim();
  return [direct(Buffer.from(line, /^[0-9a-f]{64}$/i.test(line) ? 'hex' : 'base64url'), undefined, what)];
}

function direct(secret: Buffer, id: string | undefined, what: string): DecryptionKey {
  if (secret.length !== 32) throw bad(what, 'must hold a key of 32 bytes, for A256GCM');
  return { algorithm: 'dir', id, key: createSecretKey(secret) };
}

function privateKey(key: KeyObject, id: string | undefined, what: string): DecryptionKey {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= RSA_MINIMUM)
    return { algorithm: 'RSA-OAEP-256', id, key };
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return { algorithm: 'ECDH-ES', id, key };
  throw bad(what, 'holds a key that is neither RSA of 2048 bits or more, nor EC of P-256');
}

function jwks(text: string, what: string): JsonWebKey[] {
  const value = attempt(() => JSON.parse(text) as unknown, what) as { keys?: unknown };
  const list: unknown[] = Array.isArray(value.keys) ? value.keys : [value];
  if (list.length === 0) throw bad(what, 'holds no keys');
  return list.filter((one): one is JsonWebKey => typeof one === 'object' && one !== null);
}

/** Without the library's message, which may quote the file. */
function attempt<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (error) {
    throw bad(what, 'cannot be read as a key', error);
  }
}
