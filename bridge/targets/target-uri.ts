/** A target URI in parts. `host` is without the brackets of IPv6 and empty for sockets. */
export interface TargetUri {
  readonly scheme: 'spice' | 'spice+tls' | 'spice+unix';
  readonly host: string;
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  readonly socketPath: string | undefined;
  readonly caFile: string | undefined;
  readonly hostSubject: string | undefined;
  readonly secureChannels: readonly string[];
  readonly title: string | undefined;
  /** `sha256:HEX` */
  readonly fingerprint: string | undefined;
  /** `http://HOST:PORT` */
  readonly proxy: string | undefined;
  readonly passwordFile: string | undefined;
}

const TLS_KEYS = ['ca', 'host-subject', 'fingerprint'];
const COMMON_KEYS = ['title', 'password-file'];
const QUERY_KEYS: Readonly<Record<TargetUri['scheme'], readonly string[]>> = {
  spice: [...COMMON_KEYS, 'proxy', 'tls-port', 'secure-channels', ...TLS_KEYS],
  'spice+tls': [...COMMON_KEYS, 'proxy', ...TLS_KEYS],
  'spice+unix': COMMON_KEYS,
};

/** Letters, digits, dots, dashes and underscores, or an IPv6 address with an optional zone; without brackets. */
export function isHost(text: string): boolean {
  return /^(?:[A-Za-z0-9._-]+|(?=.*:)[0-9A-Fa-f:.]+(?:%[\w.-]+)?)$/.test(text);
}

/**
 * Reads `spice://HOST:PORT?tls-port=N&ca=FILE&host-subject=C=US,CN=x&secure-channels=main,inputs`,
 * `spice+tls://HOST:PORT?ca=FILE` or `spice+unix:///PATH`. A problem is given back as half a sentence.
 *
 * By hand, as the URL class would turn `+` in a query into a space and hide broken percent-encodings.
 */
export function parseTargetUri(uri: string): TargetUri | string {
  const match = /^([a-z+]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(uri);
  const scheme = match?.[1];
  if (match === null || (scheme !== 'spice' && scheme !== 'spice+tls' && scheme !== 'spice+unix')) {
    return 'expected spice://HOST:PORT, spice+tls://HOST:PORT or spice+unix:///PATH';
  }
  const query = readUriQuery(match[4] ?? '', QUERY_KEYS[scheme]);
  if (typeof query === 'string') return query;
  const common: Omit<TargetUri, 'host' | 'port' | 'tlsPort' | 'socketPath'> = {
    scheme,
    caFile: query.get('ca'),
    hostSubject: query.get('host-subject'),
    secureChannels: (query.get('secure-channels') ?? '').split(/[,;]/).filter((name) => name !== ''),
    title: query.get('title'),
    fingerprint: query.get('fingerprint'),
    proxy: query.get('proxy'),
    passwordFile: query.get('password-file'),
  };
  const authority = match[2] ?? '';
  const path = decode(match[3] ?? '');
  if (path === undefined) return 'its path has a broken percent-encoding';

  if (scheme === 'spice+unix') {
    if (authority !== '' || path.length < 2) return 'expected spice+unix:///PATH with three slashes';
    return { ...common, host: '', port: undefined, tlsPort: undefined, socketPath: path };
  }

  if (authority.includes('@')) return 'user and password do not belong into the URI';
  const place = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]*))(?::(\d+))?$/.exec(authority);
  const host = place?.[1] ?? place?.[2] ?? '';
  if (!isHost(host) || (path !== '' && path !== '/')) return `expected ${scheme}://HOST:PORT without a path`;
  const port = readPort(place?.[3]);
  const tlsPort = readPort(query.get('tls-port'));
  if (port === 'bad' || tlsPort === 'bad') return 'a port must be a number from 1 to 65535';
  if (port === undefined && tlsPort === undefined) return 'it names no port';
  if (tlsPort === undefined && scheme === 'spice' && TLS_KEYS.some((key) => query.has(key))) {
    return 'ca, host-subject and fingerprint need spice+tls:// or a tls-port';
  }
  const ports = scheme === 'spice+tls' ? { port: undefined, tlsPort: port } : { port, tlsPort };
  return { ...common, host, ...ports, socketPath: undefined };
}

function readPort(text: string | undefined): number | undefined | 'bad' {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : 'bad';
}

/** The query of a target's URI, decoded; a problem is given back as half a sentence. */
export function readUriQuery(text: string, known: readonly string[]): Map<string, string> | string {
  const query = new Map<string, string>();
  for (const part of text.split('&').filter((one) => one !== '')) {
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : decode(part.slice(equals + 1));
    if (!known.includes(key)) return `it does not take ${JSON.stringify(key)}; it takes ${known.join(', ')}`;
    if (value === undefined) return `${key} has a broken percent-encoding`;
    if (value === '') return `${key} is empty`;
    if (query.has(key)) return `${key} is given twice`;
    query.set(key, value);
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
