import ipaddr from 'ipaddr.js';
import { addressClass, type AddressClass, parseIp } from './address-class.ts';
import type { Network } from './network.ts';

/** Which ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** What an operator allows or denies, as one line tells it. */
export type TargetRule =
  | { readonly kind: 'any'; readonly ports: PortRange }
  | { readonly kind: 'name'; readonly name: string; readonly ports: PortRange }
  /** `*.vms.lab`: any name below, not `vms.lab` itself; `suffix` starts with the dot. */
  | { readonly kind: 'suffix'; readonly suffix: string; readonly ports: PortRange }
  | {
      readonly kind: 'network';
      readonly network: Network;
      /** Set when the whole network is of one class: only then does the rule ask for such addresses. */
      readonly of: AddressClass | undefined;
      readonly ports: PortRange;
    }
  /** A socket's path, or all paths below a folder, which ends with a slash. */
  | { readonly kind: 'socket'; readonly path: string };

const ALL_PORTS: PortRange = { from: 1, to: 65535 };

/**
 * Reads `HOST`, `*.SUFFIX`, `ADDRESS`, `NETWORK/BITS` or `*`, each with `:PORT` or `:PORT-PORT` behind it where only
 * these are meant (IPv6 then in brackets: `[fd00::/8]:5900-5999`), or `unix:/PATH`. A problem is given back as half a
 * sentence.
 */
export function parseTargetRule(text: string): TargetRule | string {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    const plain = path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
    return plain ? { kind: 'socket', path } : 'a socket rule looks like unix:/run/vms/ or unix:/run/vm.sock';
  }
  const parts = splitPorts(text.trim());
  const ports = parts === undefined ? undefined : readPorts(parts.ports);
  if (parts === undefined || ports === undefined) {
    return 'expected HOST, *.SUFFIX, ADDRESS or NETWORK/BITS, with :PORT or :PORT-PORT where only these are meant';
  }
  const { place } = parts;
  if (place === '*') return { kind: 'any', ports };
  const name = normalName(place);
  if (place.startsWith('*.') && isName(name.slice(2)))
    return { kind: 'suffix', suffix: name.slice(1), ports };
  const network = readNetwork(place);
  if (network !== undefined) return { kind: 'network', network, of: classOf(network), ports };
  if (isName(name) && !/^[\d.]+$/.test(name)) return { kind: 'name', name, ports };
  return `${JSON.stringify(place)} is neither a name nor an address nor a network`;
}

/** A host's name for comparing: small letters, no dot at the end. */
export function normalName(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function isName(text: string): boolean {
  return /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/.test(text);
}

export function portIn(ports: PortRange, port: number): boolean {
  return port >= ports.from && port <= ports.to;
}

function splitPorts(text: string): { place: string; ports: string | undefined } | undefined {
  const bracketed = /^\[([^\]]*:[^\]]*)\](?:\/(\d+))?(?::([\d-]+))?$/.exec(text);
  if (bracketed !== null) {
    const [, inside = '', bits, ports] = bracketed;
    return { place: bits === undefined ? inside : `${inside}/${bits}`, ports };
  }
  // Several colons without brackets: IPv6, without ports.
  if (text.split(':').length > 2) return { place: text, ports: undefined };
  const match = /^([^:[\]]+)(?::([\d-]+))?$/.exec(text);
  return match === null ? undefined : { place: match[1] ?? '', ports: match[2] };
}

function readPorts(text: string | undefined): PortRange | undefined {
  if (text === undefined) return ALL_PORTS;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && from <= to && to <= 65535 ? { from, to } : undefined;
}

function readNetwork(place: string): Network | undefined {
  const [base = '', bits, more] = place.split('/');
  const address = parseIp(base);
  if (address === undefined || more !== undefined) return undefined;
  const longest = address.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [address, longest];
  // An IPv4 address written as IPv6 would need other bits.
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > longest || base.includes(':') !== (longest === 128))
    return undefined;
  return [address, Number(bits)];
}

/** The class of the whole network, where it has one: that of its first and its last address. */
function classOf([address, bits]: Network): AddressClass | undefined {
  const cidr = `${address.toString()}/${bits}`;
  const type = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = addressClass(type.networkAddressFromCIDR(cidr));
  return first === addressClass(type.broadcastAddressFromCIDR(cidr)) ? first : undefined;
}
