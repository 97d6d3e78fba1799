import ipaddr from 'ipaddr.js';
import type { IpAddress } from './address-class.ts';

/** An address and how many of its first bits count. */
export type Network = readonly [IpAddress, number];

/** `ADDRESS` or `ADDRESS/BITS`; undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const ip = ipaddr.process(text);
    return [ip, ip.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

/** Whether the address lies in the network. */
export function inNetwork(address: IpAddress, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits);
}
