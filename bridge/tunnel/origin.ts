/**
 * Whether a page from `origin` may open tunnels: it came from the host it now connects to, or the operator allows it.
 * Browsers always send the header and pages cannot forge it; clients that are no browsers need not send it.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*')) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin === 'null') return false;
  if (allowed.includes(url.origin)) return true;
  return host !== undefined && sameHost(url, host);
}

/** The Host header has no scheme: behind a proxy that ends TLS, `https://x` belongs to `x` as well as to `x:443`. */
function sameHost(origin: URL, host: string): boolean {
  const address = `${origin.protocol}//${host}`;
  return URL.canParse(address) && new URL(address).host === origin.host;
}
