import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { BridgeError } from '../errors/bridge-error.ts';
import type { ClientAddress } from './client-address.ts';
import { isHostText } from './host-text.ts';
import { originAllowed } from './origin.ts';

export interface GuardSettings {
  readonly allowOrigins: readonly string[];
  readonly allowHosts: readonly string[];
  /** Where the bridge listens. */
  readonly listenHost: string;
}

/**
 * Keeps pages of other sites away. The Origin check alone does not stop DNS rebinding, where a stranger's name is
 * pointed at this machine, so that its pages seem to be the bridge's own: for that, the bridge must know its names.
 */
export class RequestGuard {
  #allowOrigins: readonly string[] = [];
  #hosts: ReadonlySet<string> = new Set();
  #suffixes: readonly string[] = [];

  constructor(settings: GuardSettings) {
    this.configure(settings);
  }

  configure({ allowOrigins, allowHosts, listenHost }: GuardSettings): void {
    this.#allowOrigins = allowOrigins;
    const ofOrigins = allowOrigins
      .filter((origin) => origin !== '*')
      .map((origin) => new URL(origin).hostname);
    this.#hosts = new Set(
      ['localhost', hostname(), listenHost, ...allowHosts, ...ofOrigins].map((name) => name.toLowerCase()),
    );
    this.#suffixes = allowHosts.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  }

  /**
   * Addresses cannot be rebound, and clients that send no Host are no browsers.
   * @throws {BridgeError} `host-refused`
   */
  checkHost({ host }: Pick<ClientAddress, 'host'>): void {
    if (host === undefined || this.#hosts.has('*') || this.#allowOrigins.includes('*')) return;
    const address = `http://${host}`;
    const name =
      isHostText(host) && URL.canParse(address)
        ? new URL(address).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
        : '';
    const known =
      isIP(name) !== 0 ||
      this.#hosts.has(name) ||
      [...this.#suffixes, '.localhost'].some((suffix) => name.endsWith(suffix));
    if (!known) throw new BridgeError('host-refused');
  }

  /** @throws {BridgeError} `origin-refused` */
  checkPage(origin: string | undefined, site: string | undefined, client: ClientAddress): void {
    if (!originAllowed(origin, client, this.#allowOrigins, site)) throw new BridgeError('origin-refused');
  }
}
