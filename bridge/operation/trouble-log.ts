import type { ClientHello } from '@spice-viewer/shared-protocol/link/client-hello.ts';
import type { BridgeErrorCode } from '../errors/bridge-error.ts';
import type { ChannelObserver, ObservedChannel, TunnelObserver } from '../tunnel/tunnel-observer.ts';
import type { Logger } from './logger.ts';
import { nameOf } from './session-ledger.ts';

/** Lines of one error code in one period; what is beyond is counted and told at its end. */
const LINES = 20;
const PERIOD = 10_000;

/** Ends that are no trouble; the session's own line tells them. */
const WANTED: ReadonlySet<string> = new Set<BridgeErrorCode>([
  'bridge-draining',
  'session-idle',
  'session-expired',
]);

/** Says which connections were refused and which channels broke, and keeps an attack from filling the disk. */
export class TroubleLog implements TunnelObserver {
  readonly #logger: Logger;
  readonly #counts = new Map<BridgeErrorCode, number>();
  readonly #period: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param period milliseconds */
  constructor(logger: Logger, period: number = PERIOD) {
    this.#logger = logger;
    this.#period = period;
  }

  refused(code: BridgeErrorCode, ip: string): void {
    this.#write({ event: 'refused', code, client: ip }, 'connection refused');
  }

  opened(channel: ObservedChannel): ChannelObserver {
    let target: string | undefined;
    let linked: ClientHello | null | undefined;
    return {
      admitted: ({ targetName }) => {
        target = targetName;
      },
      linked: (hello) => {
        linked = hello;
      },
      connected: () => {},
      closed: (code, cause) => {
        if (code === 'ended' || code === 'left' || WANTED.has(code)) return;
        const client = channel.ip;
        if (target === undefined) this.#write({ event: 'refused', code, client }, 'connection refused');
        else {
          const about = { event: 'channel-error', code, client, target, channel: nameOf(linked) };
          this.#write(cause === undefined ? about : { ...about, err: cause }, 'channel ended by an error');
        }
      },
    };
  }

  #write(about: { readonly code: BridgeErrorCode; readonly [key: string]: unknown }, message: string): void {
    const count = (this.#counts.get(about.code) ?? 0) + 1;
    this.#counts.set(about.code, count);
    if (count <= LINES) this.#logger.warn(about, message);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#sumUp(), this.#period).unref();
  }

  #sumUp(): void {
    this.#timer = undefined;
    for (const [code, count] of this.#counts) {
      if (count > LINES) this.#logger.warn({ event: 'more', code, count: count - LINES }, 'more of the same');
    }
    this.#counts.clear();
  }
}
