import { encodeTextWithNul } from '../wire/text.ts';
import { LinkError } from './link-error.ts';
import { encryptOaepSha1 } from './rsa-oaep.ts';

/** Bytes of UTF-8 that a SPICE password may have. */
export const MAX_PASSWORD_BYTES = 60;

// The little of WebCrypto that is used; this package sees no DOM types.
interface SubtleLike {
  importKey(
    format: 'spki',
    key: Uint8Array,
    algorithm: { name: string; hash: string },
    extractable: boolean,
    usages: string[],
  ): Promise<unknown>;
  encrypt(algorithm: { name: string }, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
}
interface CryptoLike {
  /** only in secure contexts: https, or localhost */
  readonly subtle?: SubtleLike;
  getRandomValues(bytes: Uint8Array): Uint8Array;
}
declare const crypto: CryptoLike;

/**
 * The ticket of docs/protocol/link.md#ticket: password and a NUL, RSAES-OAEP with SHA-1, 128 bytes. With WebCrypto
 * where the page is a secure context, else with our own arithmetic: plain http pages have no `crypto.subtle`.
 * @param publicKey DER SubjectPublicKeyInfo of the link reply
 * @param password empty where the server wants none
 * @throws LinkError of kind `auth` when the password is too long or has a NUL
 * @throws LinkError of kind `not-spice` when the key is no RSA key
 */
export async function encryptTicket(publicKey: Uint8Array, password: string): Promise<Uint8Array> {
  const plain = ticketPlaintext(password);
  const { subtle } = crypto;
  if (subtle === undefined) return encryptTicketWithoutWebCrypto(publicKey, password);
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-1' };
  const key = await subtle.importKey('spki', publicKey, algorithm, false, ['encrypt']).catch(badKey);
  return new Uint8Array(await subtle.encrypt({ name: 'RSA-OAEP' }, key, plain).catch(badKey));
}

/** The same, everywhere. */
export function encryptTicketWithoutWebCrypto(publicKey: Uint8Array, password: string): Uint8Array {
  const plain = ticketPlaintext(password);
  const seed = crypto.getRandomValues(new Uint8Array(20));
  try {
    return encryptOaepSha1(publicKey, plain, seed);
  } catch (error) {
    return badKey(error);
  }
}

function badKey(cause: unknown): never {
  throw new LinkError(
    'not-spice',
    'The server sent a key that passwords cannot be encrypted with. It may not be a SPICE server.',
    undefined,
    cause,
  );
}

function ticketPlaintext(password: string): Uint8Array {
  const bytes = encodeTextWithNul(password);
  if (bytes.length - 1 > MAX_PASSWORD_BYTES) {
    throw new LinkError(
      'auth',
      `The password is too long: SPICE passwords have at most ${MAX_PASSWORD_BYTES} bytes, this one has ${bytes.length - 1}.`,
    );
  }
  if (bytes.indexOf(0) !== bytes.length - 1) {
    throw new LinkError('auth', 'The password contains a NUL character, which SPICE passwords cannot have.');
  }
  return bytes;
}
