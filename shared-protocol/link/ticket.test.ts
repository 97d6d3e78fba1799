import { constants, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LinkError } from './link-error.ts';
import { encryptTicket, encryptTicketWithoutWebCrypto } from './ticket.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));

function decrypt(key: KeyObject, ticket: Uint8Array): string {
  return privateDecrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    ticket,
  ).toString('utf8');
}

const ways = {
  'with WebCrypto': (password: string) => encryptTicket(spki, password),
  'without WebCrypto': async (password: string) => encryptTicketWithoutWebCrypto(spki, password),
};

describe.each(Object.entries(ways))('a ticket %s', (_name, encrypt) => {
  it.each(['', 'secret', 'Grüße, мир, 世界 🔑', 'x'.repeat(60)])('carries %j and a NUL', async (password) => {
    const ticket = await encrypt(password);
    expect(ticket.length).toBe(128);
    expect(decrypt(privateKey, ticket)).toBe(`${password}\0`);
  });

  it('never repeats', async () => {
    expect(await encrypt('same')).not.toEqual(await encrypt('same'));
  });

  it('counts the bytes of the password', async () => {
    const error = await encrypt('ü'.repeat(31)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LinkError);
    expect(error).toMatchObject({ kind: 'auth', sentence: expect.stringContaining('62') as string });
  });

  it('refuses a NUL inside', async () => {
    await expect(encrypt('a\0b')).rejects.toMatchObject({ kind: 'auth' });
  });
});

describe('keys', () => {
  it.each([1024, 1032, 2048])('of %i bits work without WebCrypto', (modulusLength) => {
    const pair = generateKeyPairSync('rsa', { modulusLength });
    const der = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
    expect(decrypt(pair.privateKey, encryptTicketWithoutWebCrypto(der, 'pass'))).toBe('pass\0');
  });

  it('that are broken are an error of the server, both ways', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const broken = [
      new Uint8Array(162),
      spki.subarray(0, 161),
      new Uint8Array(ec.export({ type: 'spki', format: 'der' })),
    ];
    for (const key of broken) {
      await expect(encryptTicket(key, 'x')).rejects.toMatchObject({ name: 'LinkError', kind: 'not-spice' });
      expect(() => encryptTicketWithoutWebCrypto(key, 'x')).toThrow(LinkError);
    }
  });

  it('with any byte changed give a ticket or a LinkError, nothing else', () => {
    for (let at = 0; at < spki.length; at++) {
      const key = spki.slice();
      key[at] ^= 0x81;
      try {
        expect(encryptTicketWithoutWebCrypto(key, 'x').length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(LinkError);
      }
    }
  });
});
