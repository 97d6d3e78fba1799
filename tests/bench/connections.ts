import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startWebsockify } from '../servers/websockify.ts';
import type { Bench, BenchRow } from './bench.ts';
import { percentile } from './bench.ts';
import { buildBridge } from './bridge-build.ts';
import { startBenchBridge } from './bridge-process.ts';
import { RawWebSocket } from './bridge-reader.ts';
import { memory, processorSeconds } from './process-figures.ts';

const CONNECTIONS = 2000;
/** Channels of one session. */
const CHANNELS = 8;
const ECHOES = 20_000;
/** websockify is a process for each connection, too large for 2,000 of them. */
const REFERENCE_CONNECTIONS = 100;
const MESSAGE = Buffer.alloc(64, 7);

/** What an open connection is measured by. */
interface Crowd {
  readonly sockets: readonly RawWebSocket[];
  lost: number;
}

/** Many connections at a time through one bridge, all of them echoing; tokens, limits, metrics and logs on. */
export const connectionsBench: Bench = {
  name: 'connections',
  async run(log) {
    const main = await buildBridge();
    const source = fork(fileURLToPath(new URL('bridge-source.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    const [{ echo }] = (await once(source, 'message')) as [{ echo: number }];
    try {
      const ours = await measureBridge(main, echo, log);
      const reference = await measureWebsockify(echo, log);
      const row = (metric: string, unit: string, key: keyof Figures): BenchRow => ({
        bench: 'connections',
        metric,
        unit,
        ours: ours[key],
        reference: reference[key],
        referenceName: `websockify, ${REFERENCE_CONNECTIONS}`,
        better: 'lower',
      });
      return [
        row(`lost of ${CONNECTIONS}`, 'connections', 'lost'),
        row('memory per idle connection', 'kB', 'memory'),
        row('processor per echo, all at once', 'µs', 'processor'),
        { ...row('echoes a second, all at once', '', 'rate'), better: 'higher' },
      ];
    } finally {
      source.disconnect();
    }
  },
};

interface Figures {
  readonly lost: number;
  readonly memory: number;
  readonly processor: number;
  readonly rate: number;
}

async function measureBridge(main: string, port: number, log: (line: string) => void): Promise<Figures> {
  const bridge = await startBenchBridge(main, { echo: port });
  try {
    const open = async (index: number): Promise<RawWebSocket> => {
      const session = `session-${Math.floor(index / CHANNELS)}`;
      const socket = await bridge.open(bridge.token('echo', session));
      socket.send(linkMessage((index % CHANNELS) + 1));
      return socket;
    };
    const told = async (): Promise<void> => {
      const metrics = await bridge.metrics();
      const figure = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(metrics)?.[1] ?? 'none';
      const lag = Number(figure('nodejs_eventloop_lag_p99_seconds')) * 1000;
      log(
        `bridge: ${figure('spice_bridge_sessions')} sessions, event loop lag p99 ${lag.toFixed(1)} ms, log ${bridge.logged()} bytes`,
      );
    };
    return await measure([bridge.pid], CONNECTIONS, open, 'bridge', log, told);
  } finally {
    bridge.stop();
  }
}

async function measureWebsockify(target: number, log: (line: string) => void): Promise<Figures> {
  const websockify = await startWebsockify(target);
  try {
    const open = async (index: number): Promise<RawWebSocket> => {
      const socket = await new RawWebSocket(websockify.port, '/').opened();
      socket.send(linkMessage((index % CHANNELS) + 1));
      return socket;
    };
    return await measure([websockify.pid], REFERENCE_CONNECTIONS, open, 'websockify', log);
  } finally {
    await websockify.stop();
  }
}

async function measure(
  pids: readonly number[],
  count: number,
  open: (index: number) => Promise<RawWebSocket>,
  name: string,
  log: (line: string) => void,
  told: () => Promise<void> = async () => {},
): Promise<Figures> {
  const used = (): number => pids.reduce((sum, pid) => sum + memory(pid), 0);
  const processor = (): number => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
  // What the first ones cost is code that is compiled then and buffers that all share.
  const crowd = { sockets: [] as RawWebSocket[], lost: 0 };
  const grow = async (size: number): Promise<void> => {
    while (crowd.sockets.length < size) {
      const batch = Array.from({ length: Math.min(50, size - crowd.sockets.length) }, (_, at) =>
        open(crowd.sockets.length + at),
      );
      crowd.sockets.push(...(await Promise.all(batch)));
    }
    await Promise.all(crowd.sockets.map((socket) => socket.until(LINK_SIZE)));
  };
  await grow(CHANNELS);
  await sleep(2000);
  const before = used();
  await grow(count);
  for (const socket of crowd.sockets) socket.socket.once('close', () => crowd.lost++);
  await sleep(3000);
  const each = (used() - before) / (count - CHANNELS) / 1000;
  log(`${name}: ${count} connections, ${each.toFixed(1)} kB each`);

  const times: number[] = [];
  const start = processor();
  const begun = performance.now();
  for (let round = 0; round < ECHOES / count; round++) await echoAll(crowd, times);
  const cost = ((processor() - start) / ECHOES) * 1e6;
  const rate = ECHOES / ((performance.now() - begun) / 1000);
  await sleep(1000);
  log(
    `${name}: ${times.length} echoes, ${cost.toFixed(0)} µs of processor each, median ${percentile(times, 0.5).toFixed(1)} ms, ` +
      `p99 ${percentile(times, 0.99).toFixed(1)} ms; ${crowd.lost} connections lost`,
  );
  await told();
  const figures = { lost: crowd.lost, memory: each, processor: cost, rate };
  for (const { socket } of crowd.sockets) socket.destroy();
  return figures;
}

/** Everybody sends at the same time and waits for all of it to come back. */
async function echoAll(crowd: Crowd, times: number[]): Promise<void> {
  await Promise.all(
    crowd.sockets.map(async (socket) => {
      const wanted = socket.received + MESSAGE.length;
      const start = performance.now();
      socket.send(MESSAGE);
      await socket.until(wanted);
      times.push(performance.now() - start);
    }),
  );
}

const LINK_SIZE = 34;

/** A SPICE link message (docs/protocol/link.md#link-stage); main channels begin a session, so number 0. */
function linkMessage(channelType: number): Buffer {
  const bytes = Buffer.alloc(LINK_SIZE);
  bytes.write('REDQ', 0, 'latin1');
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(18, 12);
  bytes.writeUInt32LE(channelType === 1 ? 0 : 1, 16);
  bytes[20] = channelType;
  bytes.writeUInt32LE(18, 30);
  return bytes;
}
