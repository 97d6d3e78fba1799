import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { addressUrl } from './addresses/listen-address.ts';
import { BridgeError } from './errors/bridge-error.ts';
import { loadConfig } from './config/load-config.ts';
import { type BridgeConfig, OPTION_KEYS, optionRow } from './config/options.ts';
import { addressKey, ClientAddresses } from './requests/client-address.ts';
import { ConnectionLimits } from './limits/connection-limits.ts';
import { InboundBudget } from './limits/inbound-budget.ts';
import { Keepalive } from './limits/keepalive.ts';
import { type Logger, silentLogger } from './operation/logger.ts';
import { BridgeMetrics, observeAll } from './operation/metrics.ts';
import { SessionLedger } from './operation/session-ledger.ts';
import { TroubleLog } from './operation/trouble-log.ts';
import { type AdminServer, type AdminServerOptions, startAdminServer } from './admin/admin-server.ts';
import { createSessions, readSecretLine, tokensRequired } from './sessions/create-sessions.ts';
import { TargetList } from './targets/target-list.ts';
import { TunnelEndpoint } from './tunnel/tunnel-endpoint.ts';
import { CertificateWatch, readCertificate } from './http/certificate-files.ts';
import { httpHandler } from './http/http-handler.ts';
import { createListener, listenAt, replaceCertificate, setHandshakeTimeout } from './http/listener.ts';
import { RequestGuard } from './requests/request-guard.ts';
import { securityHeaders } from './http/security-headers.ts';
import { staticFiles } from './http/static-files.ts';

/** Connections without a WebSocket that one address may have beside its WebSockets: page loads, keep-alive. */
const SPARE_SOCKETS = 100;
/** The same of all addresses. */
const SPARE_SOCKETS_TOTAL = 1000;

export interface Bridge {
  readonly host: string;
  readonly port: number;
  /** `http://HOST:PORT/`, `https:` with a certificate. */
  readonly url: string;
  /** The admin API's port, where there is one. */
  readonly adminPort: number | undefined;
  /** Open tunnels. */
  readonly tunnels: number;
  /**
   * Takes the options that can change while it runs; sessions go on. Tells the keys that need a restart.
   * @throws {BridgeError} `bad-target`; then nothing has changed
   */
  reload(config: BridgeConfig): Promise<{ readonly needRestart: readonly string[] }>;
  /**
   * Takes no new sessions, lets those that run go on for `drainTimeout`, closes the rest with 1001, and stops
   * listening. Once. `atOnce` closes them all now.
   */
  close(atOnce?: 'atOnce'): Promise<void>;
}

/**
 * Starts a bridge, for instance `createBridge({ listen: { host: '127.0.0.1', port: 0 }, targets: [{ name, uri }] })`.
 * Options that are left out have their standard values; `appDir` is then `dist` in the working directory.
 * @throws {BridgeError} `bad-option`, `bad-target`, `certificate-file`, `listen-failed`
 */
export async function createBridge(
  options: Partial<BridgeConfig> = {},
  logger: Logger = silentLogger,
): Promise<Bridge> {
  let config: BridgeConfig = { ...loadConfig(), ...options };
  const certificateFiles = certificatePaths(config);
  const certificate = certificateFiles && readCertificate(...certificateFiles);
  let targets = await TargetList.load(config.targets);

  let addresses = addressesOf(config);
  let headers = { http: headersOf(config, false), https: headersOf(config, true) };
  const guard = new RequestGuard(guardOf(config));
  const limits = new ConnectionLimits(config);
  const sockets = new ConnectionLimits(socketLimits(config));
  const keepalive = new Keepalive(config.pingInterval * 1000);
  const inbound = new InboundBudget();
  const ledger = new SessionLedger({
    logger,
    limits: config,
    onLimit: (id, why) => sessions.finish(id, why),
  });
  const metrics = new BridgeMetrics({
    sessions: () => ({ running: ledger.size, started: ledger.started }),
    draining: () => endpoint.draining,
    inbound,
  });
  const sessions = await createSessions(config, {
    targets: () => targets,
    list: () => ledger.list(),
    end: (id, error) => ledger.end(id, error),
    logger,
  }).catch(async (error: unknown) => {
    await targets.close();
    throw error;
  });
  const endpoint = new TunnelEndpoint({
    admission: sessions.admission,
    guard,
    limits,
    keepalive,
    inbound,
    observer: observeAll(ledger, metrics, new TroubleLog(logger)),
    addresses: () => addresses,
    timeouts: () => ({
      connectTimeout: config.connectTimeout * 1000,
      handshakeTimeout: config.handshakeTimeout * 1000,
    }),
    runs: (ip, channel) => ledger.runs(ip, channel),
    maxMessage: config.maxMessage,
  });
  const server = createListener(
    httpHandler({
      files: staticFiles(config.appDir ?? 'dist'),
      // Where a token is needed, it says what there is.
      targets: () => (tokensRequired(config) ? [] : targets.describe()),
      ready: () => !endpoint.draining,
      headers: (request) => headers[addresses.of(request).scheme ?? 'http'],
      checkHost: (request: IncomingMessage) => guard.checkHost(addresses.of(request)),
      metrics: config.metrics === 'main' ? () => metrics.text() : undefined,
    }),
    config.handshakeTimeout * 1000,
    certificate,
  );
  server.on('upgrade', (request, socket, head) => endpoint.upgrade(request, socket as Socket, head));
  // Before a byte is read: whoever opens connections and keeps still must not use them up for all.
  server.on('connection', (socket) => {
    if (addresses.trusts(socket.remoteAddress)) return;
    try {
      socket.once('close', sockets.enter(addressKey(socket.remoteAddress)));
    } catch {
      socket.destroy();
    }
  });
  server.maxConnections = maxSockets(config);

  const giveUp = async (error: unknown): Promise<never> => {
    await sessions.close();
    await targets.close();
    throw error;
  };
  const admin = await startAdmin(config, {
    sessions,
    logger,
    metrics: config.metrics === 'admin' ? () => metrics.text() : undefined,
  }).catch(giveUp);
  const actual = await listenAt(server, config.listen).catch(async (error: unknown) => {
    await admin?.close();
    return giveUp(error);
  });
  const watch =
    certificateFiles &&
    new CertificateWatch({
      certFile: certificateFiles[0],
      keyFile: certificateFiles[1],
      onChange: (changed) => {
        replaceCertificate(server, changed);
        logger.info({ event: 'certificate', until: changed.until.toISOString() }, 'new certificate in use');
      },
      onError: (error) =>
        logger.error({ event: 'certificate', reason: error.message }, 'the old certificate stays in use'),
    });

  const reload = async (next: BridgeConfig): Promise<{ needRestart: string[] }> => {
    const useSessions = await sessions.prepare(next);
    targets = await targets.reload(next.targets);
    useSessions();
    const changed = OPTION_KEYS.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(next[key]));
    const needRestart = changed.filter((key) => optionRow(key).live !== true);
    const kept = Object.fromEntries(needRestart.map((key) => [key, config[key]]));
    config = { ...next, ...kept };
    addresses = addressesOf(config);
    headers = { http: headersOf(config, false), https: headersOf(config, true) };
    guard.configure(guardOf(config));
    limits.configure(config);
    sockets.configure(socketLimits(config));
    keepalive.configure(config.pingInterval * 1000);
    ledger.configure(config);
    setHandshakeTimeout(server, config.handshakeTimeout * 1000);
    server.maxConnections = maxSockets(config);
    watch?.look();
    return { needRestart };
  };

  const stop = async (timeout: number): Promise<void> => {
    // Still listening, so that load balancers see /readyz turn and late clients get a reason.
    await endpoint.drain(timeout);
    watch?.close();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await admin?.close();
    await sessions.close();
    await targets.close();
  };
  let stopping: Promise<void> | undefined;
  return {
    ...actual,
    url: addressUrl(actual, certificate === undefined ? 'http' : 'https'),
    adminPort: admin?.port,
    get tunnels() {
      return endpoint.size;
    },
    reload,
    close: (atOnce) => (stopping ??= stop(atOnce === undefined ? config.drainTimeout * 1000 : 0)),
  };
}

const ADMIN_TOKEN_MINIMUM = 16;

async function startAdmin(
  { adminListen, adminTokenFile }: BridgeConfig,
  options: Omit<AdminServerOptions, 'listen' | 'token'>,
): Promise<AdminServer | undefined> {
  if (adminListen === undefined && adminTokenFile === undefined) return undefined;
  if (adminListen === undefined || adminTokenFile === undefined) {
    throw new BridgeError(
      'bad-option',
      '--admin-listen and --admin-token-file belong together: give both or none.',
    );
  }
  const token = await readSecretLine(adminTokenFile, 'The admin token file');
  if (token.length < ADMIN_TOKEN_MINIMUM || /[^\x21-\x7e]/.test(token)) {
    throw new BridgeError(
      'bad-key',
      `The admin token must have at least ${ADMIN_TOKEN_MINIMUM} characters of ASCII, and no spaces.`,
    );
  }
  return startAdminServer({ ...options, listen: adminListen, token });
}

function certificatePaths({ tlsCert, tlsKey }: BridgeConfig): [string, string] | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined) return [tlsCert, tlsKey];
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  throw new BridgeError('bad-option', '--tls-cert and --tls-key belong together: give both or none.');
}

function addressesOf(config: BridgeConfig): ClientAddresses {
  return new ClientAddresses(config.trustedProxies, config.forwardedHeader);
}

/** What is sent depends on whether the browser came by https: here, or at a trusted proxy that says so. */
function headersOf({ frameAncestors, hsts }: BridgeConfig, encrypted: boolean): ReadonlyMap<string, string> {
  return securityHeaders({ frameAncestors, hsts: encrypted ? hsts : 0 });
}

function guardOf(config: BridgeConfig) {
  return { ...config, listenHost: config.listen.host };
}

function socketLimits({ maxConnectionsPerIp }: BridgeConfig) {
  return {
    maxConnections: 0,
    maxConnectionsPerIp: maxConnectionsPerIp === 0 ? 0 : maxConnectionsPerIp + SPARE_SOCKETS,
    maxConnectionsPerToken: 0,
    connectionRate: 0,
  };
}

function maxSockets({ maxConnections }: BridgeConfig): number {
  return maxConnections === 0 ? Number.MAX_SAFE_INTEGER : maxConnections + SPARE_SOCKETS_TOTAL;
}
