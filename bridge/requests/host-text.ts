/** A name or an address, in brackets where it is IPv6, and a port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Whether a Host header, or what follows an origin's `//`, is just that: URL parsers also take user names, paths and
 * fragments there and leave them out, so that `evil@HOST` would be `HOST`.
 */
export function isHostText(text: string): boolean {
  return HOST.test(text);
}
