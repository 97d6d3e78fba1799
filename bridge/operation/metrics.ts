import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ChannelObserver, ObservedChannel, TunnelObserver } from '../tunnel/tunnel-observer.ts';
import { nameOf } from './session-ledger.ts';

export interface MetricsSources {
  /** Sessions that run, and since the start. */
  readonly sessions: () => { readonly running: number; readonly started: number };
  readonly draining: () => boolean;
  /** Bytes of clients that lie in the bridge, and the most that ever did. */
  readonly inbound: { readonly held: number; readonly most: number };
}

/** Seconds, from a Unix socket to the connect timeout. */
const CONNECT_BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/**
 * What `GET /metrics` tells, in Prometheus' text format: the process's own figures (memory, processor, event loop lag)
 * and the bridge's, whose names begin with `spice_bridge_`. Bytes are read from the channels when somebody asks.
 * No label holds what a client can choose.
 */
export class BridgeMetrics implements TunnelObserver {
  readonly #registry = new Registry();
  readonly #open = new Map<ObservedChannel, string>();
  /** Of channels that are closed. */
  #bytesToBrowser = 0;
  #bytesToServer = 0;
  readonly #opened: Counter<'channel'>;
  readonly #errors: Counter<'code'>;
  readonly #connect: Histogram;

  constructor(sources: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#opened = new Counter({
      name: 'spice_bridge_channels_opened_total',
      help: 'SPICE channels whose client told its type',
      labelNames: ['channel'],
      registers,
    });
    this.#errors = new Counter({
      name: 'spice_bridge_errors_total',
      help: 'Connections refused and channels ended by an error, by the codes of docs/bridge-errors.md',
      labelNames: ['code'],
      registers,
    });
    this.#connect = new Histogram({
      name: 'spice_bridge_connect_seconds',
      help: 'From the beginning of the connection to a target to its acceptance, TLS included',
      buckets: CONNECT_BUCKETS,
      registers,
    });
    const gauge = (name: string, help: string, value: () => number): Gauge =>
      new Gauge({
        name: `spice_bridge_${name}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    gauge('sessions', 'Sessions that run', () => sources.sessions().running);
    gauge('draining', '1 while the bridge takes no new sessions', () => Number(sources.draining()));
    gauge(
      'inbound_bytes',
      'Bytes of clients that are held: unfinished messages, and what waits for targets',
      () => sources.inbound.held,
    );
    gauge('inbound_bytes_most', 'The most that was held since the start', () => sources.inbound.most);
    const counter = (name: string, help: string, value: () => number): Counter =>
      new Counter({
        name: `spice_bridge_${name}`,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    counter('sessions_started_total', 'Sessions since the start', () => sources.sessions().started);
    counter('bytes_to_browser_total', 'SPICE bytes from targets to browsers', () =>
      this.#sum('bytesToBrowser', this.#bytesToBrowser),
    );
    counter('bytes_to_server_total', 'SPICE bytes from browsers to targets', () =>
      this.#sum('bytesToServer', this.#bytesToServer),
    );
    const open = this.#open;
    const channels = new Gauge({
      name: 'spice_bridge_channels',
      help: 'SPICE channels that are open',
      labelNames: ['channel'],
      registers: [],
      collect() {
        this.reset();
        for (const name of open.values()) this.inc({ channel: name });
      },
    });
    this.#registry.registerMetric(channels);
  }

  refused(code: string): void {
    this.#errors.inc({ code });
  }

  opened(channel: ObservedChannel): ChannelObserver {
    this.#open.set(channel, nameOf(undefined));
    return {
      admitted: () => {},
      linked: (hello) => {
        this.#open.set(channel, nameOf(hello));
        this.#opened.inc({ channel: nameOf(hello) });
      },
      connected: (milliseconds) => this.#connect.observe(milliseconds / 1000),
      closed: (reason) => {
        this.#open.delete(channel);
        this.#bytesToBrowser += channel.bytesToBrowser;
        this.#bytesToServer += channel.bytesToServer;
        if (reason !== 'ended' && reason !== 'left') this.#errors.inc({ code: reason });
      },
    };
  }

  /** The text and its Content-Type. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #sum(key: 'bytesToBrowser' | 'bytesToServer', closed: number): number {
    let total = closed;
    for (const channel of this.#open.keys()) total += channel[key];
    return total;
  }
}

/** One observer that passes on to several. */
export function observeAll(...observers: readonly TunnelObserver[]): TunnelObserver {
  return {
    refused: (code, ip) => observers.forEach((one) => one.refused(code, ip)),
    opened: (channel) => {
      const all = observers.map((one) => one.opened(channel));
      return {
        admitted: (admitted) => all.forEach((one) => one.admitted(admitted)),
        linked: (hello) => all.forEach((one) => one.linked(hello)),
        connected: (milliseconds) => all.forEach((one) => one.connected(milliseconds)),
        closed: (reason, cause) => all.forEach((one) => one.closed(reason, cause)),
      };
    },
  };
}
