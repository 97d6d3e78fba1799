import { afterEach, expect, it, vi } from 'vitest';
import { AddressError, channelUrl } from './channel-url.ts';
import { SpiceClient } from './spice-client.ts';
import { TestBrowser } from './test-browser.ts';

afterEach(() => vi.useRealTimers());

const page = { base: 'https://portal.example/desks/', isSecure: true };

function sentenceOf(source: string, token?: string): string {
  try {
    channelUrl(source, token, page);
  } catch (error) {
    if (error instanceof AddressError) return `${error.code}: ${error.message}`;
  }
  return 'none';
}

it('takes what people write', () => {
  const urlOf = (source: string): unknown => channelUrl(source, undefined, page);
  const binary = ['binary'];
  expect(urlOf('wss://b.example/spice/desk')).toEqual({
    kind: 'url',
    url: 'wss://b.example/spice/desk',
    protocols: binary,
  });
  expect(urlOf('https://b.example/x?y=1')).toMatchObject({ url: 'wss://b.example/x?y=1' });
  expect(urlOf('/spice/desk')).toMatchObject({ url: 'wss://portal.example/spice/desk' });
  expect(urlOf('wss://h/ws#')).toMatchObject({ url: 'wss://h/ws' });
  expect(urlOf('wss://h/ws#part')).toMatchObject({ url: 'wss://h/ws' });
  expect(urlOf('ws://127.0.0.1:8080/spice')).toMatchObject({ url: 'ws://127.0.0.1:8080/spice' });
  expect(channelUrl('ws://h/', undefined, { ...page, isSecure: false })).toMatchObject({ url: 'ws://h/' });
});

it.each([
  [
    'blob:x',
    'bad-address: The desktop\'s address begins with "blob:". It has to begin with wss:, ws:, https: or http:.',
  ],
  [
    'ftp://h/x',
    'bad-address: The desktop\'s address begins with "ftp:". It has to begin with wss:, ws:, https: or http:.',
  ],
  [
    'javascript:alert(1)',
    'bad-address: The desktop\'s address begins with "javascript:". It has to begin with wss:, ws:, https: or http:.',
  ],
  [
    'http://[',
    'bad-address: "http://[" is not an address. It should be like wss://bridge.example/spice/desk.',
  ],
  [
    'ws://other.example:81/x',
    'insecure-address: This page came by https, so the browser opens no unencrypted connection to other.example:81. Use an address that begins with wss:.',
  ],
  [
    'wss://me:secret@h/',
    "bad-address: The desktop's address has a name or a password before the host, which browsers do not send. Leave it out.",
  ],
])('says what is wrong with %s', (source, sentence) => {
  expect(sentenceOf(source)).toBe(sentence);
});

it('takes tokens that a subprotocol can carry, and names the character of others', () => {
  expect(channelUrl('wss://h/', 'eyJ.a-b_c~', page)).toMatchObject({
    protocols: ['binary', 'bearer.eyJ.a-b_c~'],
  });
  for (const token of ['a/b', 'a==', 'a b', 'ä']) {
    const found = JSON.stringify([...token].find((character) => /[/= ä]/.test(character)));
    expect(sentenceOf('wss://h/', token)).toBe(
      `bad-token: The token has a character that a browser cannot send (${found}). Tokens are made of letters, digits and . _ ~ + - only; ask for one in base64url.`,
    );
  }
});

it('a client with a wrong address ends in words before anything has begun, and can connect again', () => {
  const browser = new TestBrowser();
  const client = new SpiceClient({ source: 'http://[' }, browser);
  const heard: unknown[] = [];
  client.on('error', (detail) => heard.push(detail));
  client.on('disconnect', (detail) => heard.push(detail));
  const message = '"http://[" is not an address. It should be like wss://bridge.example/spice/desk.';
  for (let i = 0; i < 2; i++) {
    client.connect();
    expect(client.state).toBe('disconnected');
  }
  expect(browser.sessionWorkers).toEqual([]);
  const told = [
    { kind: 'address', code: 'bad-address', message },
    { clean: false, reason: message },
  ];
  expect(heard).toEqual([...told, ...told]);
});
