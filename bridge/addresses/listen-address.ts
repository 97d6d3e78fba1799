/** Where to listen. An IPv6 host is kept without its brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT` or `[IPV6]:PORT`, port 0 to 65535; undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

/** `http://HOST:PORT/` */
export function addressUrl({ host, port }: Address, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
