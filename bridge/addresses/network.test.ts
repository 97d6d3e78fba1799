import { expect, it } from 'vitest';
import { parseIp } from './address-class.ts';
import { inNetwork, type Network, parseNetwork } from './network.ts';

it.each(['10.0.0.0/8', '::1', '127.0.0.1', 'fd00::/8'])('%s is a network', (text) => {
  expect(parseNetwork(text)).toBeDefined();
});
it.each(['10.0.0.0/33', 'proxy.lab', '', '10.0.0.0/', '/8', '::1/129'])('%j is none', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});

it.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['fd00::1', 'fd00::/8', true],
  ['::1', '127.0.0.1', false],
])('%s in %s: %s', (address, network, inside) => {
  expect(inNetwork(parseIp(address) as Network[0], parseNetwork(network) as Network)).toBe(inside);
});
