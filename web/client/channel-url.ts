import type { ChannelAddress } from '../threads/channel-address.ts';

/** An address or a token with which no connection can be made; its message is a sentence for the user. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  /** stable */
  readonly code: 'bad-address' | 'insecure-address' | 'bad-token';

  constructor(code: AddressError['code'], sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** What a page is, as far as it matters for the connections that it may open. */
export interface PagePlace {
  /** what relative addresses are relative to; undefined where there is no page */
  readonly base: string | undefined;
  /** an https page, which may not open `ws:` connections to other machines */
  readonly isSecure: boolean;
}

const webSocketSchemes: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
};

/** RFC 9110's token, which a WebSocket subprotocol has to be. */
const subprotocol = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Where the WebSockets of a session go, and what they offer.
 * @throws AddressError
 */
export function channelUrl(source: string, token: string | undefined, page: PagePlace): ChannelAddress {
  const url = parsed(source, page.base);
  const scheme = webSocketSchemes[url.protocol];
  if (scheme === undefined) {
    throw new AddressError(
      'bad-address',
      `The desktop's address begins with "${url.protocol}". It has to begin with wss:, ws:, https: or http:.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new AddressError(
      'bad-address',
      "The desktop's address has a name or a password before the host, which browsers do not send. Leave it out.",
    );
  }
  if (scheme === 'ws:' && page.isSecure && !loopback.test(url.hostname)) {
    throw new AddressError(
      'insecure-address',
      `This page came by https, so the browser opens no unencrypted connection to ${url.host}. Use an address that begins with wss:.`,
    );
  }
  // A WebSocket's address has no fragment.
  url.hash = '';
  url.protocol = scheme;
  return { kind: 'url', url: url.href, protocols: protocolsWith(token) };
}

function parsed(source: string, base: string | undefined): URL {
  try {
    return new URL(source, base);
  } catch {
    throw new AddressError(
      'bad-address',
      `"${source.slice(0, 100)}" is not an address. It should be like wss://bridge.example/spice/desk.`,
    );
  }
}

function protocolsWith(token: string | undefined): readonly string[] {
  if (token === undefined || token === '') return ['binary'];
  if (!subprotocol.test(token)) {
    const found = [...token].find((character) => !subprotocol.test(character)) ?? '';
    throw new AddressError(
      'bad-token',
      `The token has a character that a browser cannot send (${JSON.stringify(found)}). Tokens are made of letters, digits and . _ ~ + - only; ask for one in base64url.`,
    );
  }
  return ['binary', `bearer.${token}`];
}
