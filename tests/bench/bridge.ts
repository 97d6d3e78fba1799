import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchRow, median, percentile } from './bench.ts';
import { buildBridge } from './bridge-build.ts';
import { startBenchBridge } from './bridge-process.ts';
import { RawWebSocket } from './bridge-reader.ts';
import { largestMemory, memory, processorSeconds } from './process-figures.ts';

const ROUNDS = 5;
const FLOOD_SIZE = 2e9;
const ECHOES = 3000;
const IDLE_CONNECTIONS = 500;
const UNREAD_SIZE = 1 << 30;
const MEGABYTE = 1e6;

/** Something that tunnels: one process, a port for each kind of server behind it. */
interface Tunneller {
  readonly pids: readonly number[];
  open(kind: Kind): Promise<RawWebSocket>;
  stop(): void;
}

const KINDS = ['flood', 'echo', 'idle'] as const;
type Kind = (typeof KINDS)[number];
type Ports = Readonly<Record<Kind, number>>;

/** The bridge, with tokens, limits, metrics and logs on, beside Debian's websockify, taking turns. */
export const bridgeBench: Bench = {
  name: 'bridge',
  async run(log) {
    const main = await buildBridge();
    const source = fork(fileURLToPath(new URL('bridge-source.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    const [ports] = (await once(source, 'message')) as [Ports];
    const sides = [() => startBridge(main, ports), () => startWebsockify(ports)];
    try {
      return [
        ...(await throughput(sides, log)),
        ...(await echo(sides, log)),
        ...(await idleMemory(sides, log)),
        ...(await unreadMemory(sides, log)),
      ];
    } finally {
      source.disconnect();
    }
  },
};

type Start = () => Promise<Tunneller>;

function row(
  metric: string,
  unit: string,
  [ours, reference]: readonly number[],
  better: BenchRow['better'],
): BenchRow {
  return {
    bench: 'bridge',
    metric,
    unit,
    ours: ours ?? Number.NaN,
    reference: reference ?? Number.NaN,
    referenceName: 'websockify',
    better,
  };
}

async function throughput(sides: readonly Start[], log: (line: string) => void): Promise<BenchRow[]> {
  const speeds: number[][] = sides.map(() => []);
  const costs: number[][] = sides.map(() => []);
  const tunnellers = await Promise.all(sides.map((start) => start()));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [side, tunneller] of tunnellers.entries()) {
      const reader = await tunneller.open('flood');
      const cpu = processorTime(tunneller);
      const start = performance.now();
      reader.send(Buffer.from(`${FLOOD_SIZE}\n`));
      await reader.until(FLOOD_SIZE);
      const seconds = (performance.now() - start) / 1000;
      const cost = (processorTime(tunneller) - cpu) / (FLOOD_SIZE / 1e9);
      reader.socket.destroy();
      log(
        `throughput ${name(side)} ${(FLOOD_SIZE / MEGABYTE / seconds).toFixed(0)} MB/s ${cost.toFixed(2)} s/GB`,
      );
      if (round === 0) continue; // warming up
      speeds[side]?.push(FLOOD_SIZE / MEGABYTE / seconds);
      costs[side]?.push(cost);
    }
  }
  for (const tunneller of tunnellers) tunneller.stop();
  return [
    row('throughput to the browser', 'MB/s', speeds.map(median), 'higher'),
    row('processor per GB', 's', costs.map(median), 'lower'),
  ];
}

async function echo(sides: readonly Start[], log: (line: string) => void): Promise<BenchRow[]> {
  const times: number[][] = sides.map(() => []);
  const tunnellers = await Promise.all(sides.map((start) => start()));
  const message = Buffer.alloc(64);
  const sockets = await Promise.all(tunnellers.map((tunneller) => tunneller.open('echo')));
  for (let turn = -300; turn < ECHOES; turn++) {
    for (const [side, socket] of sockets.entries()) {
      const start = performance.now();
      socket.send(message);
      await socket.until(socket.received + message.length);
      if (turn >= 0) times[side]?.push((performance.now() - start) * 1000);
    }
  }
  for (const socket of sockets) socket.socket.destroy();
  for (const tunneller of tunnellers) tunneller.stop();
  const medians = times.map(median);
  const slow = times.map((list) => percentile(list, 0.95));
  log(
    `echo ${medians.map((time, side) => `${name(side)} ${time.toFixed(0)} µs, p95 ${slow[side]?.toFixed(0)} µs`).join('; ')}`,
  );
  return [row('echo, median', 'µs', medians, 'lower'), row('echo, 95th percentile', 'µs', slow, 'lower')];
}

async function idleMemory(sides: readonly Start[], log: (line: string) => void): Promise<BenchRow[]> {
  const each: number[] = [];
  for (const [side, start] of sides.entries()) {
    const tunneller = await start();
    const sockets = [await tunneller.open('idle')];
    await sleep(1000);
    const before = usedMemory(tunneller);
    for (let count = 0; count < IDLE_CONNECTIONS; count++) sockets.push(await tunneller.open('idle'));
    await sleep(2000);
    const used = (usedMemory(tunneller) - before) / IDLE_CONNECTIONS / 1000;
    log(`memory per idle connection ${name(side)} ${used.toFixed(1)} kB`);
    each.push(used);
    for (const socket of sockets) socket.socket.destroy();
    tunneller.stop();
  }
  return [row('memory per idle connection', 'kB', each, 'lower')];
}

/** The highest memory while 1 GiB waits for a browser that does not read. */
async function unreadMemory(sides: readonly Start[], log: (line: string) => void): Promise<BenchRow[]> {
  const peaks: number[] = [];
  for (const [side, start] of sides.entries()) {
    const tunneller = await start();
    const reader = await tunneller.open('flood');
    reader.socket.pause();
    reader.send(Buffer.from(`${UNREAD_SIZE}\n`));
    let peak = 0;
    for (let sample = 0; sample < 60; sample++) {
      await sleep(100);
      peak = Math.max(peak, ...tunneller.pids.map((pid) => largestMemory(pid) / MEGABYTE));
    }
    log(`memory with 1 GiB unread ${name(side)} ${peak.toFixed(0)} MB`);
    peaks.push(peak);
    reader.socket.destroy();
    tunneller.stop();
  }
  return [row('peak memory, 1 GiB unread', 'MB', peaks, 'lower')];
}

function name(side: number): string {
  return side === 0 ? 'bridge' : 'websockify';
}
function processorTime(of: Tunneller): number {
  return of.pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
}
function usedMemory(of: Tunneller): number {
  return of.pids.reduce((sum, pid) => sum + memory(pid), 0);
}

async function startBridge(main: string, ports: Ports): Promise<Tunneller> {
  const bridge = await startBenchBridge(main, ports);
  return {
    pids: [bridge.pid],
    open: (kind) => bridge.open(bridge.token(kind, `session-${++sessions}`)),
    stop: () => bridge.stop(),
  };
}

let sessions = 0;

/** websockify has one server per port: one process for each kind. */
async function startWebsockify(ports: Ports): Promise<Tunneller> {
  const children = new Map<Kind, { child: ChildProcess; port: number }>();
  for (const kind of KINDS) {
    const port = await freePort();
    const args = [`127.0.0.1:${port}`, `127.0.0.1:${ports[kind]}`];
    const child = spawn('/usr/bin/websockify', args, { stdio: 'ignore', detached: true });
    await accepts(port);
    children.set(kind, { child, port });
  }
  return {
    pids: [...children.values()].map(({ child }) => child.pid ?? 0),
    open: (kind) => new RawWebSocket(children.get(kind)?.port ?? 0, '/').opened(),
    stop: () => {
      // The group: websockify forks for each connection.
      for (const { child } of children.values())
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const ok = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (ok) return;
    await sleep(100);
  }
}
