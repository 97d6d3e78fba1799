import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { normalize } from 'node:path';
import { BridgeError } from '../errors/bridge-error.ts';
import { addressClass, type IpAddress, parseIp } from '../addresses/address-class.ts';
import { inNetwork, type Network } from '../addresses/network.ts';
import { normalName, portIn, type TargetRule } from '../addresses/target-rule.ts';

/** Resolves a name to all its addresses, as `dns.lookup` with `all`; tests bring their own. */
export type ResolveAll = (
  host: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface TargetRulesOptions {
  /** Empty: every ordinary address. Else only what one of them covers. */
  readonly allow: readonly TargetRule[];
  /** Wins over `allow`. */
  readonly deny: readonly TargetRule[];
  readonly allowLoopback: boolean;
  readonly resolve?: ResolveAll;
  /** The bridge's own addresses, as text. */
  readonly own?: () => readonly string[];
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
}

const resolveWithSystem: ResolveAll = (host, callback) => systemLookup(host, { all: true }, callback);

/**
 * Where targets that come from outside (tokens, sessions, the hook, migration) may be. What an operator configures as
 * a target is not asked.
 *
 * A name is resolved once, each of its addresses is checked, and one of those that passed is connected to: no second
 * look-up in which the name could point elsewhere. Loopback, link-local, unspecified, multicast and reserved addresses
 * and the clouds' metadata services are refused, in every notation, unless a rule names just such a network. An address
 * of the bridge's own interfaces counts as loopback: what listens there trusts this machine too.
 */
export class TargetRules {
  readonly #allow: readonly TargetRule[];
  readonly #deny: readonly TargetRule[];
  readonly #allowLoopback: boolean;
  readonly #resolve: ResolveAll;
  readonly #own: () => readonly string[];

  constructor(options: TargetRulesOptions) {
    this.#allow = options.allow;
    this.#deny = options.deny;
    this.#allowLoopback = options.allowLoopback;
    this.#resolve = options.resolve ?? resolveWithSystem;
    this.#own = options.own ?? ownAddresses;
  }

  static fromConfig(config: {
    readonly allowTargets: readonly TargetRule[];
    readonly denyTargets: readonly TargetRule[];
    readonly allowLoopbackTargets: boolean;
  }): TargetRules {
    const { allowTargets, denyTargets, allowLoopbackTargets } = config;
    return new TargetRules({ allow: allowTargets, deny: denyTargets, allowLoopback: allowLoopbackTargets });
  }

  /** @throws {BridgeError} `target-forbidden`, unless an allow rule names the socket or a folder above it */
  checkSocket(path: string): void {
    const plain = path.startsWith('/') && normalize(path) === path;
    if (plain && !this.#allow.some((rule) => coversSocket(rule, path)))
      throw new BridgeError('target-forbidden');
    if (!plain || this.#deny.some((rule) => coversSocket(rule, path)))
      throw new BridgeError('target-forbidden');
  }

  /**
   * What can be told without resolving: addresses in full, names as far as rules are about names.
   * @throws {BridgeError} `target-forbidden`
   */
  checkHost(host: string, port: number): void {
    const address = parseIp(host);
    if (address !== undefined) {
      if (!this.#allows(host, port, host)) throw new BridgeError('target-forbidden');
    } else if (this.#deny.some((rule) => coversName(rule, host, port))) {
      throw new BridgeError('target-forbidden');
    }
  }

  /**
   * Whether a name may be handed to a proxy, which resolves it itself: names are all there is to go by, so a rule must
   * allow it. Proxmox's tickets are no names: its proxy alone knows what they stand for.
   * @throws {BridgeError} `target-forbidden`
   */
  checkProxied(host: string, port: number): void {
    this.checkHost(host, port);
    if (parseIp(host) !== undefined) return;
    const named = this.#allow.some((rule) => rule.kind !== 'any' && coversName(rule, host, port));
    if (named) return;
    const any = this.#allow.some((rule) => coversName(rule, host, port));
    const allowed = any ? isPlainName(host) : host.startsWith(PROXMOX_TICKET) && this.#allowsAny();
    if (!allowed) throw new BridgeError('target-forbidden');
  }

  /** For `lookup` of node:net: gives only addresses that may be connected to at this port. */
  lookup(port: number): LookupFunction {
    return (host, options, callback) => {
      const family = options.family === 4 || options.family === 6 ? options.family : 0;
      this.#resolve(host, (error, found = []) => {
        const wanted = found.filter((one) => family === 0 || one.family === family);
        const good = wanted.filter(({ address }) => this.#allows(host, port, address));
        const [first] = good;
        const refusal = new BridgeError(found.length === 0 ? 'target-unresolvable' : 'target-forbidden');
        if (error !== null || first === undefined) callback(error ?? refusal, []);
        else if (options.all === true) callback(null, good);
        else callback(null, first.address, first.family);
      });
    };
  }

  #allows(host: string, port: number, text: string): boolean {
    const address = parseIp(text);
    if (address === undefined) return false;
    const covers = (rule: TargetRule): boolean =>
      rule.kind === 'network'
        ? portIn(rule.ports, port) && inNetwork(address, rule.network)
        : coversName(rule, host, port);
    if (this.#deny.some(covers)) return false;
    const own = this.#isOwn(address);
    const kind = own ? 'loopback' : addressClass(address);
    const asked = this.#allow.some(
      (rule) =>
        rule.kind === 'network' && covers(rule) && (rule.of === kind || (own && isSingle(rule.network))),
    );
    if (kind === 'loopback' && this.#allowLoopback) return this.#allowsAny() || this.#allow.some(covers);
    if (kind !== 'ordinary') return asked;
    return this.#allowsAny() || this.#allow.some(covers);
  }

  #isOwn(address: IpAddress): boolean {
    const text = address.toNormalizedString();
    return this.#own().some((own) => parseIp(own)?.toNormalizedString() === text);
  }

  /** No rule says which hosts: then all. Rules about sockets don't. */
  #allowsAny(): boolean {
    return this.#allow.every((rule) => rule.kind === 'socket');
  }
}

/** Names that resolvers or their hosts files give to their own machine, and to what clouds tell theirs. */
const INSIDE = /^(?:ip6-)?(?:localhost|loopback)\d*$|^metadata$/;
const PROXMOX_TICKET = 'pvespiceproxy:';

/** Not the proxy's own machine, nor an address in a notation that resolvers know and `parseIp` does not. */
function isPlainName(host: string): boolean {
  const labels = normalName(host).split('.');
  const last = labels.at(-1) ?? '';
  return !labels.some((label) => label === '' || INSIDE.test(label)) && !/^(?:\d+|0x[0-9a-f]*)$/.test(last);
}

function isSingle([address, bits]: Network): boolean {
  return bits === (address.kind() === 'ipv4' ? 32 : 128);
}

function coversName(rule: TargetRule, host: string, port: number): boolean {
  if (rule.kind === 'any') return portIn(rule.ports, port);
  const name = normalName(host);
  if (rule.kind === 'name') return rule.name === name && portIn(rule.ports, port);
  if (rule.kind === 'suffix')
    return name.endsWith(rule.suffix) && name.length > rule.suffix.length && portIn(rule.ports, port);
  return false;
}

function coversSocket(rule: TargetRule, path: string): boolean {
  if (rule.kind !== 'socket') return false;
  return rule.path.endsWith('/') ? path.startsWith(rule.path) && path !== rule.path : path === rule.path;
}
