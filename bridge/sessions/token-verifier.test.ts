import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import type { BridgeErrorCode } from '../errors/bridge-error.ts';
import {
  ec,
  ed,
  encrypt,
  fileWith,
  inSeconds,
  payload,
  pem,
  privatePem,
  raw,
  rsa,
  secret,
  sign,
  signers,
} from './test-tokens.ts';
import { TokenVerifier, type TokenVerifierOptions, type VerifiedToken } from './token-verifier.ts';

async function verifier(options: TokenVerifierOptions = {}): Promise<TokenVerifier> {
  const loaded = await TokenVerifier.load({ secretFile: fileWith(`${secret}\n`), ...options });
  if (loaded === undefined) throw new Error('no verifier');
  return loaded;
}

const keyFile = fileWith([rsa, ec, ed].map(({ publicKey }) => pem(publicKey)).join(''));
const all: TokenVerifierOptions = { keyFile, issuer: 'portal', audience: 'bridge' };
const good = payload({ iss: 'portal', aud: ['other', 'bridge'], sub: 'alice', jti: 'one' });

async function refusal(token: string, options: TokenVerifierOptions = all): Promise<BridgeErrorCode> {
  const error = await (await verifier(options)).verify(token).then(
    (accepted) => Promise.reject(new Error(`accepted: ${JSON.stringify(accepted)}`)),
    (refused: unknown) => refused as { code: BridgeErrorCode; message: string; closeCode: number },
  );
  // One sentence, short enough for a close frame, that repeats nothing of the token.
  expect(error.message).toMatch(/^[A-Z][\w ,.:'()-]+\.$/);
  expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(123);
  return error.code;
}

describe('accepts', () => {
  it.each(Object.keys(signers) as (keyof typeof signers)[])('%s', async (algorithm) => {
    const token = await (await verifier(all)).verify(await sign(good, algorithm));
    expect(token).toMatchObject({ claims: { target: 'lab' }, subject: 'alice', expired: false });
    expect(token.id).toContain('one');
  });

  it('keys as JWK and JWKS, chosen by kid', async () => {
    const jwk = { ...(await exportJWK(ec.publicKey)), kid: 'second' };
    const other = { ...(await exportJWK(generateKeyPairSync('ed25519').publicKey)), kid: 'first' };
    for (const content of [jwk, { keys: [other, jwk] }]) {
      const file = fileWith(JSON.stringify(content));
      const token = await sign(payload(), 'ES256', { kid: 'second' });
      expect(await (await verifier({ keyFile: file })).verify(token)).toMatchObject({ expired: false });
      expect(await refusal(await sign(payload(), 'ES256', { kid: 'first' }), { keyFile: file })).toBe(
        'token-invalid',
      );
    }
  });

  it('an expired one as expired: whether its session runs is not known here', async () => {
    const token = await sign(payload({ exp: inSeconds(-60) }));
    expect(await (await verifier()).verify(token)).toMatchObject({ expired: true });
  });

  it('clocks that differ a little', async () => {
    const token = await sign(payload({ exp: inSeconds(-2), nbf: inSeconds(3) }));
    expect(await (await verifier()).verify(token)).toMatchObject({ expired: false });
  });
});

describe('refuses', () => {
  it('alg=none in every spelling, with and without a signature', async () => {
    for (const alg of ['none', 'None', 'NONE', '', undefined]) {
      expect(await refusal(raw({ alg }, good))).toBe('token-invalid');
      expect(await refusal(raw({ alg }, good, 'AAAA'))).toBe('token-invalid');
    }
  });

  it("key confusion: HS256 with the bytes of a public key's file", async () => {
    for (const key of [rsa, ec, ed]) {
      for (const bytes of [
        pem(key.publicKey),
        pem(key.publicKey).trim(),
        key.publicKey.export({ type: 'spki', format: 'der' }),
      ]) {
        const unsigned = raw({ alg: 'HS256', typ: 'JWT' }, good).slice(0, -1);
        const signature = createHmac('sha256', bytes).update(unsigned).digest('base64url');
        expect(await refusal(`${unsigned}.${signature}`)).toBe('token-invalid');
        const keyAlone = await TokenVerifier.load({ keyFile });
        await expect(keyAlone?.verify(`${unsigned}.${signature}`)).rejects.toMatchObject({
          code: 'token-invalid',
        });
      }
    }
  });

  it('keys that the token brings itself', async () => {
    const mine = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const { SignJWT } = await import('jose');
    const jwk = await exportJWK(mine.publicKey);
    for (const header of [{ jwk }, { jku: 'http://127.0.0.1:9/keys' }, { x5u: 'http://127.0.0.1:9/' }]) {
      const token = await new SignJWT(good)
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(mine.privateKey);
      expect(await refusal(token)).toBe('token-invalid');
    }
  });

  it('one that was changed or cut', async () => {
    const [header = '', , signature = ''] = (await sign(good)).split('.');
    const other = Buffer.from(JSON.stringify({ ...good, spice: { target: 'other' } })).toString('base64url');
    expect(await refusal(`${header}.${other}.${signature}`)).toBe('token-invalid');
    expect(await refusal((await sign(good)).slice(0, -2))).toBe('token-invalid');
    for (const text of ['', '.', '..', '...', 'a.b', 'a.b.c', '....', 'x'.repeat(20_000)]) {
      expect(await refusal(text)).toBe('token-invalid');
    }
  });

  it('another secret', async () => {
    expect(await refusal(await sign(good), { secretFile: fileWith(randomBytes(32).toString('hex')) })).toBe(
      'token-invalid',
    );
  });

  it('algorithms that are not wanted', async () => {
    expect(await refusal(await sign(good, 'HS256'), { ...all, algorithms: ['RS256'] })).toBe('token-invalid');
    expect(await refusal(raw({ alg: 'HS512' }, good, 'AAAA'))).toBe('token-invalid');
  });

  it('an unencoded payload and unknown critical headers', async () => {
    expect(await refusal(raw({ alg: 'HS256', b64: false, crit: ['b64'] }, good, 'AAAA'))).toBe(
      'token-invalid',
    );
    expect(await refusal(raw({ alg: 'HS256', crit: ['exp'], exp: 1 }, good, 'AAAA'))).toBe('token-invalid');
  });

  it.each<[string, object, BridgeErrorCode]>([
    ['wrong audience', { aud: 'somebody' }, 'token-audience'],
    ['no audience', { aud: undefined }, 'token-audience'],
    ['audience of the wrong kind', { aud: { bridge: true } }, 'token-audience'],
    ['wrong issuer', { iss: 'somebody' }, 'token-audience'],
    ['no issuer', { iss: undefined }, 'token-audience'],
    ['not yet', { nbf: inSeconds(600) }, 'token-early'],
    ['no end', { exp: undefined }, 'token-claims'],
    ['an end that is no number', { exp: '2100-01-01' }, 'token-claims'],
    ['a jti that is no text', { jti: 5 }, 'token-claims'],
    ['an empty jti', { jti: '' }, 'token-claims'],
    ['a subject that would forge log lines', { sub: 'alice\n{"level":"info"}' }, 'token-claims'],
    ['a subject with an escape sequence', { sub: '\u001b[2Jroot' }, 'token-claims'],
    ['a subject that runs backwards', { sub: 'bob\u202eecila' }, 'token-claims'],
    ['a subject without end', { sub: 'x'.repeat(5000) }, 'token-claims'],
    ['no spice claim', { spice: undefined }, 'token-claims'],
    ['an empty spice claim', { spice: {} }, 'token-claims'],
    ['two targets', { spice: { target: 'lab', host: 'vm' } }, 'token-claims'],
    ['a mistyped restriction', { spice: { target: 'lab', viewonly: true } }, 'token-claims'],
    ['a channel that there is not', { spice: { target: 'lab', channels: ['mian'] } }, 'token-claims'],
    ['a port beyond', { spice: { host: 'vm', port: 65536 } }, 'token-claims'],
    ['a negative limit', { spice: { target: 'lab', limits: { session: -1 } } }, 'token-claims'],
    ['a readable password', { spice: { target: 'lab', password: 'sesame' } }, 'token-password'],
    ['an empty readable password', { spice: { target: 'lab', password: '' } }, 'token-password'],
  ])('%s', async (_, change, code) => {
    expect(await refusal(await sign({ ...good, ...change }))).toBe(code);
  });
});

describe('encrypted tokens', () => {
  const shared = randomBytes(32);
  const withPassword = { ...good, spice: { target: 'lab', password: 'sesame' } };
  const keys: [string, string, typeof rsa.publicKey | Uint8Array][] = [
    ['dir', shared.toString('base64url'), shared],
    ['RSA-OAEP-256', privatePem(rsa.privateKey), rsa.publicKey],
    ['ECDH-ES', privatePem(ec.privateKey), ec.publicKey],
  ];

  it.each(keys)('%s around a signed one may hold a password', async (alg, file, key) => {
    const decrypting = await verifier({ ...all, decryptionKeyFile: fileWith(file) });
    const token = await encrypt(await sign(withPassword), alg, key);
    expect((await decrypting.verify(token)).claims.password).toBe('sesame');
    const forged = await encrypt(raw({ alg: 'none' }, withPassword, 'AA'), alg, key);
    await expect(decrypting.verify(forged)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('with the shared key need no signature', async () => {
    const decrypting = await TokenVerifier.load({ decryptionKeyFile: fileWith(shared.toString('hex')) });
    const token = (await decrypting?.verify(
      await encrypt(JSON.stringify(withPassword), 'dir', shared),
    )) as VerifiedToken;
    expect(token.claims.password).toBe('sesame');
  });

  it.each(keys.slice(1))('%s without a signature is anybody', async (alg, file, key) => {
    const options = { ...all, decryptionKeyFile: fileWith(file) };
    expect(await refusal(await encrypt(JSON.stringify(withPassword), alg, key), options)).toBe(
      'token-unsigned',
    );
  });

  it('of another key, another method or changed', async () => {
    const options = { ...all, decryptionKeyFile: fileWith(shared.toString('hex')) };
    const inner = await sign(good);
    expect(await refusal(await encrypt(inner, 'dir', randomBytes(32)), options)).toBe('token-invalid');
    expect(await refusal(await encrypt(inner, 'RSA-OAEP-256', rsa.publicKey), options)).toBe('token-invalid');
    const token = await encrypt(inner, 'dir', shared);
    expect(await refusal(`${token.slice(0, -4)}AAAA`, options)).toBe('token-invalid');
    expect(await refusal(await encrypt('no claims', 'dir', shared), options)).toBe('token-invalid');
  });
});

describe('a JWKS URL', () => {
  it('is asked once for many tokens, never serves secrets, and is told of when it fails', async () => {
    let requests = 0;
    let status = 200;
    const jwk = { ...(await exportJWK(ed.publicKey)), kid: 'ed', alg: 'EdDSA' };
    const oct = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct' };
    const server = createServer((_, response) => {
      requests++;
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ keys: [jwk, oct] }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const load = async (): Promise<TokenVerifier> => (await TokenVerifier.load({ jwksUrl })) as TokenVerifier;
    const remote = await load();
    for (let count = 0; count < 3; count++) {
      expect(await remote.verify(await sign(good, 'EdDSA', { kid: 'ed' }))).toMatchObject({
        subject: 'alice',
      });
    }
    expect(requests).toBe(1);
    // Unknown keys do not make the bridge ask as often as somebody invents some.
    for (let count = 0; count < 5; count++) {
      const token = await sign(good, 'EdDSA', { kid: `invented ${count}` });
      await expect(remote.verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
    }
    expect(requests).toBeLessThanOrEqual(2);
    const confused = await sign(good, 'HS256', { kid: 'oct' });
    await expect(remote.verify(confused)).rejects.toMatchObject({ code: 'token-invalid' });
    status = 500;
    const token = await sign(good, 'EdDSA', { kid: 'ed' });
    await expect((await load()).verify(token)).rejects.toMatchObject({ code: 'keys-unavailable' });
    server.close();
    server.closeAllConnections();
    await expect((await load()).verify(token)).rejects.toMatchObject({
      code: 'keys-unavailable',
      closeCode: 1013,
    });
  });
});

describe('key files', () => {
  it.each<[string, TokenVerifierOptions, string]>([
    ['a short secret', { secretFile: fileWith('short') }, 'must hold at least 32 bytes'],
    ['a public key as secret', { secretFile: fileWith(pem(rsa.publicKey)) }, 'public keys belong into'],
    ['a private key', { keyFile: fileWith(privatePem(rsa.privateKey)) }, 'holds a private key'],
    ['nonsense', { keyFile: fileWith('nonsense') }, 'holds neither PEM nor JWK'],
    ['broken JSON', { keyFile: fileWith('{"kty": ') }, 'cannot be read as a key'],
    [
      'another curve',
      { keyFile: fileWith(pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey)) },
      'neither RSA, nor EC of P-256, nor Ed25519',
    ],
    [
      'a small RSA key',
      { keyFile: fileWith(pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)) },
      'less than 2048 bits',
    ],
    ['a file that is not there', { keyFile: '/no/such/key' }, 'does not exist'],
    ['a key of the wrong length', { decryptionKeyFile: fileWith('abcd') }, 'a key of 32 bytes'],
    [
      'no key of the wanted algorithm',
      { secretFile: fileWith(secret), algorithms: ['ES256'] },
      'No key verifies tokens of ES256',
    ],
  ])('%s', async (_, options, message) => {
    await expect(TokenVerifier.load(options)).rejects.toMatchObject({
      code: 'bad-key',
      message: expect.stringContaining(message) as string,
    });
  });

  it('none at all means no tokens', async () => {
    expect(await TokenVerifier.load({})).toBeUndefined();
  });
});
