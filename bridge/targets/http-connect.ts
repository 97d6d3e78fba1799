import { isIPv6, type Socket } from 'node:net';
import { BridgeError } from '../errors/bridge-error.ts';

/** A proxy that opens TCP connections on the word CONNECT (RFC 9110 §9.3.6), as Proxmox's spiceproxy. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** `user:password` of the proxy's URL. */
  readonly credentials: string | undefined;
}

/** The longest head of a proxy's answer, in bytes. */
const HEAD_LIMIT = 8192;

/**
 * What a proxy may be asked to connect to: names, addresses, and Proxmox's tickets, which stand where the host stands
 * (`pvespiceproxy:TIME:VMID:NODE::SIGNATURE`). Nothing that could end a line or a header, and no colon elsewhere, which
 * a proxy could take for the beginning of a port.
 */
export function isProxiedHost(text: string): boolean {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text) ||
    /^pvespiceproxy:[A-Za-z0-9._:-]{1,498}$/.test(text) ||
    isIPv6(text)
  );
}

/** Reads `http://[USER:PASSWORD@]HOST:PORT`; a problem is given back as half a sentence. */
export function parseProxyUrl(text: string): HttpProxy | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') return 'the proxy must look like http://HOST:PORT';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'the proxy must have no path';
  if (url.hostname === '') return 'the proxy names no host';
  let credentials: string | undefined;
  try {
    const both = [url.username, url.password].map(decodeURIComponent);
    if (both.join('') !== '') credentials = both.join(':');
  } catch {
    return "the proxy's name or password has a broken percent-encoding";
  }
  // URL leaves out the standard port; GLib's for proxies is 8080, but Proxmox and everyone writes theirs.
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80), credentials };
}

/** The request that asks for a connection. @throws {TypeError} for a host that `isProxiedHost` refuses */
export function connectRequest(proxy: HttpProxy, host: string, port: number): string {
  if (!isProxiedHost(host)) throw new TypeError('not a host that a proxy may be given');
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const lines = [
    `CONNECT ${authority} HTTP/1.0`,
    // Proxmox's proxy reads the ticket from here and not from the request line.
    `Host: ${authority}`,
    'Proxy-Connection: keep-alive',
    'User-Agent: spice-viewer',
  ];
  if (proxy.credentials !== undefined) {
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(proxy.credentials).toString('base64')}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * Asks the proxy behind `socket`, which is connected, for a connection. Afterwards the socket is the target's; it is
 * paused, and holds what the target has already said.
 * @param onDone called once: without an error, or with one of the `proxy-…` errors, the socket then being of no use
 */
export function askProxy(socket: Socket, request: string, onDone: (error?: BridgeError) => void): void {
  let head: Buffer = Buffer.alloc(0);
  const done = (code?: ConstructorParameters<typeof BridgeError>[0]): void => {
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
    onDone(code === undefined ? undefined : new BridgeError(code));
  };
  const onReadable = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      head = Buffer.concat([head, chunk]);
      const end = endOfHead(head);
      if ((end ?? head.length) > HEAD_LIMIT || !startsAsHttp(head)) return done('proxy-broken');
      if (end === undefined) continue;
      const rest = head.subarray(end);
      if (rest.length > 0) socket.unshift(rest);
      return done(verdict(head.toString('latin1', 0, end)));
    }
  };
  const onEnd = (): void => done('proxy-broken');
  socket.on('readable', onReadable);
  socket.on('end', onEnd);
  socket.write(request);
}

function startsAsHttp(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 5);
  return 'HTTP/'.startsWith(start.slice(0, 5));
}

/** Behind the empty line, whose line ends may be bare. */
function endOfHead(head: Buffer): number | undefined {
  const match = /\r?\n\r?\n/.exec(head.toString('latin1'));
  return match === null ? undefined : match.index + match[0].length;
}

function verdict(head: string): ConstructorParameters<typeof BridgeError>[0] | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})(?: |\r?\n)/.exec(head)?.[1];
  if (status === undefined) return 'proxy-broken';
  if (status.startsWith('2')) return undefined;
  return status === '401' || status === '403' || status === '407' ? 'proxy-denied' : 'proxy-refused';
}
