import { sha1 } from '@noble/hashes/legacy.js';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Reader } from '../wire/reader.ts';

const HASH_LENGTH = 20;

export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  /** bytes of the modulus */
  readonly size: number;
}

/**
 * RSAES-OAEP with SHA-1, MGF1-SHA-1 and an empty label (RFC 8017 §7.1.1).
 * @param seed 20 random bytes
 * @throws ProtocolError on a key that is not strict DER, or a message too long for it
 */
export function encryptOaepSha1(spki: Uint8Array, message: Uint8Array, seed: Uint8Array): Uint8Array {
  const { modulus, exponent, size } = readRsaPublicKey(spki);
  const room = size - 2 * HASH_LENGTH - 2;
  if (message.length > room) {
    throw new ProtocolError('bad-link', `an RSA key for ${message.length} bytes of text`, `room for ${room}`);
  }
  // EM = 00 | seed xor mask | (hash of label | zeros | 01 | message) xor mask
  const block = new Uint8Array(size - HASH_LENGTH - 1);
  block.set(sha1(new Uint8Array(0)), 0);
  block[block.length - message.length - 1] = 1;
  block.set(message, block.length - message.length);
  xorInto(block, mgf1(seed, block.length));
  const maskedSeed = seed.slice();
  xorInto(maskedSeed, mgf1(block, HASH_LENGTH));
  const encoded = new Uint8Array(size);
  encoded.set(maskedSeed, 1);
  encoded.set(block, 1 + HASH_LENGTH);
  return toBytes(modPow(toBigInt(encoded), exponent, modulus), size);
}

/** Reads a DER SubjectPublicKeyInfo of an RSA key: exactly that, without optional or trailing parts. */
export function readRsaPublicKey(spki: Uint8Array): RsaPublicKey {
  const info = new Reader(element(new Reader(spki), 0x30, true));
  const algorithm = element(info, 0x30, false);
  if (!startsWith(algorithm, rsaEncryption)) throw badDer('the algorithm rsaEncryption', hex(algorithm));
  const bits = element(info, 0x03, true);
  if (bits[0] !== 0) throw badDer('a bit string of whole bytes', `${bits[0]} unused bits`);
  const key = new Reader(element(new Reader(bits.subarray(1)), 0x30, true));
  const modulus = integer(element(key, 0x02, false));
  const exponent = integer(element(key, 0x02, true));
  const size = modulus.length;
  if (size < 64 || size > 1024) throw badDer('a modulus of 64 to 1024 bytes', `${size}`);
  if (exponent.length > 4) throw badDer('an exponent of at most 4 bytes', `${exponent.length}`);
  const odd = (modulus[size - 1] & 1) === 1 && (exponent[exponent.length - 1] & 1) === 1;
  if (!odd) throw badDer('an odd modulus and exponent', 'even');
  return { modulus: toBigInt(modulus), exponent: toBigInt(exponent), size };
}

/** OID 1.2.840.113549.1.1.1 and NULL */
const rsaEncryption = Uint8Array.of(6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0);

function badDer(expected: string, got: string): ProtocolError {
  return new ProtocolError('bad-link', `${expected} in the public key`, got, { message: 'linkReply' });
}

/** The content of the next element, which must have this tag and, if `last`, end the data. */
function element(reader: Reader, tag: number, last: boolean): Uint8Array {
  const found = reader.u8();
  if (found !== tag) throw badDer(`DER tag ${tag}`, `${found}`);
  let length = reader.u8();
  if (length >= 0x80) {
    const bytes = length & 0x7f;
    if (bytes === 0 || bytes > 2) throw badDer('a DER length of at most two bytes', `${bytes}`);
    length = 0;
    for (let i = 0; i < bytes; i++) length = (length << 8) | reader.u8();
    if (length < (bytes === 1 ? 0x80 : 0x100)) throw badDer('a shortest DER length', `${length}`);
  }
  const content = reader.take(length);
  if (last && reader.remaining > 0) throw badDer('no trailing bytes', `${reader.remaining}`);
  return content;
}

/** A positive integer's bytes, without its sign byte. */
function integer(content: Uint8Array): Uint8Array {
  const signByte = content[0] === 0 && content.length > 1;
  if (content.length === 0 || (content[0] & 0x80) !== 0) throw badDer('a positive integer', hex(content));
  if (signByte && (content[1] & 0x80) === 0) throw badDer('a shortest integer', hex(content.subarray(0, 2)));
  if (content.length === 1 && content[0] === 0) throw badDer('a positive integer', '0');
  return signByte ? content.subarray(1) : content;
}

function startsWith(bytes: Uint8Array, expected: Uint8Array): boolean {
  return bytes.length === expected.length && expected.every((byte, i) => bytes[i] === byte);
}

function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const mask = new Uint8Array(Math.ceil(length / HASH_LENGTH) * HASH_LENGTH);
  const input = new Uint8Array(seed.length + 4);
  input.set(seed);
  for (let counter = 0; counter * HASH_LENGTH < length; counter++) {
    input[input.length - 1] = counter;
    input[input.length - 2] = counter >> 8;
    mask.set(sha1(input), counter * HASH_LENGTH);
  }
  return mask.subarray(0, length);
}

function xorInto(target: Uint8Array, mask: Uint8Array): void {
  for (let i = 0; i < target.length; i++) target[i] ^= mask[i];
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes)}`);
}

function toBytes(value: bigint, size: number): Uint8Array {
  const digits = value.toString(16).padStart(size * 2, '0');
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
