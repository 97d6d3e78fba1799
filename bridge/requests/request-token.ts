import type { IncomingMessage } from 'node:http';

/** The cookie's name. */
export const TOKEN_COOKIE = 'spice-token';
const BEARER_PROTOCOL = 'bearer.';

/**
 * The token that a request brings: in the subprotocol `bearer.TOKEN`, as `Authorization: Bearer`, in the cookie
 * `spice-token`, or, only where the operator allows it, as `?token=`. The first of them counts.
 */
export function requestToken(
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  allowQuery: boolean,
): string | undefined {
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const protocol = protocols.find((one) => one.startsWith(BEARER_PROTOCOL));
  if (protocol !== undefined) return protocol.slice(BEARER_PROTOCOL.length);
  const bearer = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const cookie = (headers.cookie ?? '')
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(`${TOKEN_COOKIE}=`));
  if (cookie !== undefined) return cookie.slice(TOKEN_COOKIE.length + 1).replace(/^"(.*)"$/, '$1');
  const query = url.indexOf('?');
  if (!allowQuery || query < 0) return undefined;
  return new URLSearchParams(url.slice(query + 1)).get('token') ?? undefined;
}
