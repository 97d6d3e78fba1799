import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { IpAddress } from '../addresses/address-class.ts';
import { inNetwork, type Network, parseNetwork } from '../addresses/network.ts';
import type { ForwardedHeader } from '../config/choices.ts';

/** Who sent a request, and under which name and scheme the browser knows the bridge. */
export interface ClientAddress {
  /** The client's IP address in canonical form; `unknown` where there is none. */
  readonly ip: string;
  /** What limits count by: an IPv4 address, or the /64 of an IPv6 one, as that is what one customer gets. */
  readonly key: string;
  /** The connection came from a trusted proxy. */
  readonly proxied: boolean;
  /** The Host header that the browser sent. */
  readonly host: string | undefined;
  /** Undefined where a proxy may have ended TLS and does not say. */
  readonly scheme: 'http' | 'https' | undefined;
}

/** A proxy appends itself to what came before: more hops than this are a client's invention. */
const HOP_LIMIT = 32;

/** Finds the client behind the proxies that the operator trusts; without any, the connection's own end. */
export class ClientAddresses {
  readonly #networks: readonly Network[];
  readonly #header: ForwardedHeader;

  /** @param trusted addresses and CIDRs, valid ones */
  constructor(trusted: readonly string[] = [], header: ForwardedHeader = 'x-forwarded-for') {
    this.#networks = trusted.map(parseNetwork).filter((network) => network !== undefined);
    this.#header = header;
  }

  /** Whether a connection from there may speak for others. */
  trusts(address: string | undefined): boolean {
    const ip = parseIp(address);
    return ip !== undefined && this.#networks.some((network) => inNetwork(ip, network));
  }

  of(request: IncomingMessage): ClientAddress {
    const { remoteAddress } = request.socket;
    const host = request.headers.host;
    const encrypted = 'encrypted' in request.socket && request.socket.encrypted === true;
    if (!this.trusts(remoteAddress)) {
      return { ...named(remoteAddress), proxied: false, host, scheme: encrypted ? 'https' : undefined };
    }
    const hops = (this.#header === 'forwarded' ? forwardedHops : legacyHops)(request);
    // From the nearest proxy outwards: the first that is no proxy of ours is the client.
    let client = remoteAddress;
    let last: Hop | undefined;
    for (const hop of hops.toReversed().slice(0, HOP_LIMIT)) {
      last = hop;
      if (parseIp(hop.address) === undefined) break; // `unknown`, or an invention: the proxy that told it stands for it
      client = hop.address;
      if (!this.trusts(client)) break;
    }
    return {
      ...named(client),
      proxied: true,
      host: last?.host ?? host,
      scheme: last?.scheme ?? (encrypted ? 'https' : undefined),
    };
  }
}

/** The key that limits count by, for an address as sockets tell it. */
export function addressKey(address: string | undefined): string {
  return named(address).key;
}

function named(address: string | undefined): { ip: string; key: string } {
  const ip = parseIp(address);
  if (ip === undefined) return { ip: 'unknown', key: 'unknown' };
  if (ip.kind() === 'ipv4') return { ip: ip.toString(), key: ip.toString() };
  const [a = 0, b = 0, c = 0, d = 0] = (ip as ipaddr.IPv6).parts;
  return { ip: ip.toString(), key: `${[a, b, c, d].map((part) => part.toString(16)).join(':')}::/64` };
}

/** IPv4 inside IPv6 (`::ffff:…`, of sockets that listen on both) becomes IPv4. */
function parseIp(text: string | undefined): IpAddress | undefined {
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  // Strictly four decimal parts: ipaddr.js also reads octal, hexadecimal and shortened IPv4.
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.process(text.replace(/%.*$/, ''));
}

interface Hop {
  readonly address: string;
  readonly host?: string | undefined;
  readonly scheme?: 'http' | 'https' | undefined;
}

/** X-Forwarded-For lists the hops; -Proto and -Host, where a proxy sets them, are about the outermost. */
function legacyHops(request: IncomingMessage): Hop[] {
  const { headers } = request;
  const host = lastOf(headers['x-forwarded-host']);
  const scheme = schemeOf(lastOf(headers['x-forwarded-proto']));
  return listOf(headers['x-forwarded-for']).map((address) => ({ address: bare(address), host, scheme }));
}

/** RFC 7239: `for="[2001:db8::1]:4711";proto=https;host=example.org, for=…` */
function forwardedHops(request: IncomingMessage): Hop[] {
  return listOf(request.headers.forwarded).map((element) => {
    const pairs = new Map<string, string>();
    for (const [, name = '', quoted, token] of element.matchAll(
      /([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g,
    )) {
      pairs.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
    }
    return {
      address: bare(pairs.get('for') ?? 'unknown'),
      host: pairs.get('host'),
      scheme: schemeOf(pairs.get('proto')),
    };
  });
}

function listOf(header: string | readonly string[] | undefined): string[] {
  return (typeof header === 'object' ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function lastOf(header: string | readonly string[] | undefined): string | undefined {
  return listOf(header).at(-1);
}

function schemeOf(text: string | undefined): 'http' | 'https' | undefined {
  const scheme = text?.toLowerCase();
  if (scheme === 'https' || scheme === 'wss') return 'https';
  return scheme === 'http' || scheme === 'ws' ? 'http' : undefined;
}

/** Without the port and an IPv6 address's brackets. */
function bare(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}
