import { isHostText } from './host-text.ts';

/** What is known of the address that a browser used. */
export interface UsedAddress {
  /** The Host header. */
  readonly host: string | undefined;
  /** Undefined where a proxy may have ended TLS. */
  readonly scheme: 'http' | 'https' | undefined;
}

/**
 * Whether a page from `origin` may open tunnels: it came from the host it now connects to, or the operator allows it.
 * Browsers always send the header and pages cannot forge it; clients that are no browsers need not send it.
 * @param site the header Sec-Fetch-Site, where the browser sends it: its own word on whether the page is another's
 */
export function originAllowed(
  origin: string | undefined,
  used: UsedAddress,
  allowed: readonly string[],
  site?: string,
): boolean {
  if (allowed.includes('*')) return true;
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/i.exec(origin) ?? [];
  if (authority === undefined || !isHostText(authority) || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin === 'null') return false;
  if (allowed.includes(url.origin)) return true;
  return used.host !== undefined && site !== 'cross-site' && sameHost(url, used.host, used.scheme);
}

/** The Host header has no scheme: behind a proxy that ends TLS, `https://x` belongs to `x` as well as to `x:443`. */
function sameHost(origin: URL, host: string, scheme: UsedAddress['scheme']): boolean {
  if (scheme !== undefined && origin.protocol !== `${scheme}:`) return false;
  const address = `${origin.protocol}//${host}`;
  return isHostText(host) && URL.canParse(address) && new URL(address).host === origin.host;
}
