/** The bridge as a process of its own, for tests of signals, output and memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

export interface MainProcess {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
}

export interface RunningMain extends MainProcess {
  readonly url: string;
  readonly port: number;
  /** What it has logged so far. */
  log(): Record<string, unknown>[];
  /** Resident bytes. */
  memory(): number;
  /** Resolves with exit code and signal. */
  exit(signal?: NodeJS.Signals): Promise<unknown[]>;
}

export function runMain(...args: string[]): MainProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SPICE_VIEWER_')),
  );
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  return { child, output };
}

/** On a free port of 127.0.0.1. */
export async function startMain(...args: string[]): Promise<RunningMain> {
  const { child, output } = runMain('--listen', '127.0.0.1:0', ...args);
  await expect.poll(() => output.stdout + output.stderr, { timeout: 60_000 }).toContain('\n');
  const url = /^listening on (https?:\/\/127\.0\.0\.1:(\d+)\/)\n$/.exec(output.stdout);
  if (url?.[1] === undefined) throw new Error(`it does not listen: ${output.stdout}${output.stderr}`);
  return {
    child,
    output,
    url: url[1],
    port: Number(url[2]),
    log: () =>
      output.stderr
        .split('\n')
        .slice(0, -1) // what follows the last line feed is no line yet
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    memory: () =>
      1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    exit: async (signal) => {
      const exited = once(child, 'close');
      if (signal !== undefined) child.kill(signal);
      return exited;
    },
  };
}
