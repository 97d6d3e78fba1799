import { constants, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { TICKET_SIZE } from '@spice-viewer/shared-protocol/link/link-messages.ts';
import { MAX_PASSWORD_BYTES } from '@spice-viewer/shared-protocol/link/ticket.ts';
import { encodeTextWithNul } from '@spice-viewer/shared-protocol/wire/text.ts';
import { BridgeError } from '../errors/bridge-error.ts';

/** Whether SPICE can carry the password: at most 60 bytes of UTF-8, no NUL. */
export function isPassword(password: string): boolean {
  return !password.includes('\0') && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
}

/**
 * The ticket of docs/protocol/link.md#ticket: password and NUL, RSAES-OAEP with SHA-1, 128 bytes.
 * @param publicKey DER SubjectPublicKeyInfo from the link reply of a server that may be hostile
 * @throws {BridgeError} `target-not-spice` when the key is no RSA key of 1024 bits; `target-password` when the
 *   password cannot be one
 */
export function answerTicket(publicKey: Uint8Array, password: string): Uint8Array {
  if (!isPassword(password)) throw new BridgeError('target-password');
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'rsa') throw new Error(`a key of type ${key.asymmetricKeyType}`);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const ticket = publicEncrypt({ key, padding, oaepHash: 'sha1' }, encodeTextWithNul(password));
    if (ticket.length !== TICKET_SIZE) throw new Error(`a ticket of ${ticket.length} bytes`);
    return ticket;
  } catch (error) {
    throw new BridgeError('target-not-spice', undefined, { cause: error });
  }
}
