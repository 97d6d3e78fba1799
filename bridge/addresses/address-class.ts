import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** `ordinary` addresses may hold desktops; the others are the bridge's own machine, its link, or nobody's. */
export type AddressClass =
  'ordinary' | 'loopback' | 'link-local' | 'metadata' | 'unspecified' | 'multicast' | 'reserved';

/** Where clouds answer their machines' questions, secrets included. Others of theirs are link-local. */
const METADATA = new Set(
  [
    '169.254.169.254', // most of them
    'fd00:ec2::254', // AWS
    'fd00:ec2::23', // AWS, EKS Pod Identity
    '168.63.129.16', // Azure's WireServer
    'fd20:ce::254', // Google
    'fd00:c1::a9fe:a9fe', // Oracle
    '192.0.0.192', // Oracle
    'fd00:42::42', // Scaleway
    '100.100.100.200', // Alibaba
  ].map(normal),
);

const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'ordinary',
  private: 'ordinary',
  uniqueLocal: 'ordinary',
  carrierGradeNat: 'ordinary',
  loopback: 'loopback',
  linkLocal: 'link-local',
  unspecified: 'unspecified',
  multicast: 'multicast',
};

/** The documentation networks of RFC 5737 and 3849, which real desktops do not have, are `reserved`, as is broadcast. */
export function addressClass(address: IpAddress): AddressClass {
  if (METADATA.has(address.toNormalizedString())) return 'metadata';
  const range = address.range();
  // All of 0.0.0.0/8 means this machine; ::/96 is IPv4 in an outdated dress.
  if (address.kind() === 'ipv4' && address.toByteArray()[0] === 0) return 'unspecified';
  const outdated =
    address.kind() === 'ipv6' &&
    address
      .toByteArray()
      .slice(0, 12)
      .every((byte) => byte === 0);
  if (outdated && range === 'unicast') return 'reserved';
  return CLASSES[range] ?? 'reserved';
}

/**
 * An address as it takes effect: IPv4 in IPv6 clothes (mapped, or NAT64 of RFC 6052) is IPv4. Zones are dropped.
 * Undefined for what is no address in the usual notation.
 */
export function parseIp(text: string): IpAddress | undefined {
  const bare = text.replace(/%.*$/, '');
  // Only four decimal parts: 127.1 and 0x7f000001 are names to us, and the resolver says what they are.
  const usual = bare.includes(':') ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare);
  if (!usual) return undefined;
  const address = ipaddr.process(bare);
  if (address.kind() === 'ipv6' && address.range() === 'rfc6052') {
    return ipaddr.fromByteArray(address.toByteArray().slice(12));
  }
  return address;
}

function normal(text: string): string {
  return ipaddr.parse(text).toNormalizedString();
}
