/**
 * `npm run attack`: bridges of this checkout under attack, on loopback alone, for a minute or two. Ends with a table.
 * Exit code 1: a bridge died, or held more of strangers' bytes than its budget.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { INBOUND_BUDGET } from '../../bridge/limits/inbound-budget.ts';
import { attacks } from './attacks.ts';

const MAIN = join(import.meta.dirname, '../../bridge/cli/main.ts');
const MIB = 2 ** 20;

interface Victim {
  readonly port: number;
  /** Resident bytes. */
  memory(): number;
  /** The most bytes of clients that it ever held. */
  held(): Promise<number>;
  stop(): void;
}

async function startVictim(...args: string[]): Promise<Victim> {
  const flags = [
    '--listen=127.0.0.1:0',
    '--metrics=main',
    '--log-level=error',
    '--handshake-timeout=10',
    '--max-connections=5000',
    ...args,
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const url = line.replace('listening on ', '');
  return {
    port: Number(new URL(url).port),
    memory: () =>
      1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    held: async () => {
      const text = await (await fetch(`${url}metrics`)).text();
      return Number(/^spice_bridge_inbound_bytes_most (\d+)$/m.exec(text)?.[1]);
    },
    stop: () => child.kill('SIGKILL'),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'spice-viewer-attack-'));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, randomBytes(32).toString('hex'));
const rows: object[] = [];
let failed = false;
try {
  for (const { name, bridge, run } of attacks) {
    const victim = await startVictim(
      bridge === 'open' ? '--target=demo=demo:' : `--jwt-secret-file=${secretFile}`,
    );
    try {
      const before = victim.memory();
      let most = before;
      const sampling = setInterval(() => (most = Math.max(most, victim.memory())), 50);
      const { attempts, refused } = await run(victim.port).finally(() => clearInterval(sampling));
      const held = await victim.held();
      const after = victim.memory();
      failed ||= !(held <= INBOUND_BUDGET);
      const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
      rows.push({
        attack: name,
        attempts,
        refused,
        'memory before': inMib(before),
        'at most': inMib(Math.max(most, after)),
        after: inMib(after),
        'of that held for strangers': inMib(held),
      });
    } finally {
      victim.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.table(rows);
if (failed) process.exitCode = 1;
