/** What the tests of tokens share: keys of every kind, in files, and tokens signed with them. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt, type JWTPayload, SignJWT } from 'jose';

export const directory = mkdtempSync(join(tmpdir(), 'spice-viewer-tokens-'));
let files = 0;

export function fileWith(content: string | Buffer): string {
  const path = join(directory, `${files++}`);
  writeFileSync(path, content);
  return path;
}

export const secret = randomBytes(32).toString('hex');
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const ed = generateKeyPairSync('ed25519');

export function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
export function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What signs each algorithm. */
export const signers = {
  HS256: Buffer.from(secret),
  RS256: rsa.privateKey,
  ES256: ec.privateKey,
  EdDSA: ed.privateKey,
} as const;

export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

export function payload(more: JWTPayload = {}): JWTPayload {
  return {
    exp: inSeconds(600),
    spice: { target: 'lab' },
    ...more,
  };
}

export function sign(
  claims: JWTPayload = payload(),
  algorithm: keyof typeof signers = 'HS256',
  header: object = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, ...header }).sign(signers[algorithm]);
}

export function encrypt(content: string, alg: string, key: KeyObject | Uint8Array): Promise<string> {
  return new CompactEncrypt(Buffer.from(content)).setProtectedHeader({ alg, enc: 'A256GCM' }).encrypt(key);
}

/** A token by hand, for what no library makes. */
export function raw(header: object, claims: unknown, signature = ''): string {
  return (
    [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
    `.${signature}`
  );
}
