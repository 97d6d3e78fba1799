/** Child processes of the tests: each in its own process group, with one owner, never outliving the test run. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const execFileAsync = promisify(execFile);

export interface Running {
  readonly pid: number;
  /** What the process has written to stdout and stderr so far (the last 200 kB). */
  log(): string;
  /** Bytes read from file descriptor 3, when `extraPipe` was asked for. */
  pipe(): string;
  readonly running: boolean;
  readonly exited: Promise<void>;
  /** Ends the whole process group: SIGTERM, then SIGKILL. Safe to call twice. */
  stop(): Promise<void>;
}

export interface StartOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Opens a pipe as file descriptor 3 of the child (Xorg's -displayfd). */
  extraPipe?: boolean;
}

const alive = new Set<ChildProcess>();
const directories = new Set<string>();
let watching = false;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function cleanUpAtExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const child of alive) signalGroup(child, 'SIGKILL');
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });
}

/** A temporary directory that is removed when the test process ends, or before that through `removeDirectory`. */
export function makeDirectory(prefix: string): string {
  cleanUpAtExit();
  const directory = mkdtempSync(join(tmpdir(), prefix));
  directories.add(directory);
  return directory;
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  directories.delete(directory);
}

/** Starts `command` in its own process group. The kernel kills it when this process dies, however that happens. */
export function startProcess(command: string, args: readonly string[], options: StartOptions = {}): Running {
  cleanUpAtExit();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', options.extraPipe ? 'pipe' : 'ignore'],
  });
  let output = '';
  let piped = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const third = child.stdio[3];
  if (third && 'on' in third) third.on('data', (chunk: Buffer) => (piped += chunk.toString()));
  alive.add(child);
  let running = true;
  const exited = new Promise<void>((resolve) => {
    const done = () => {
      running = false;
      alive.delete(child);
      resolve();
    };
    child.once('exit', done);
    child.once('error', (error) => {
      output += `\n${error.message}`;
      done();
    });
  });
  return {
    pid: child.pid ?? -1,
    log: () => output,
    pipe: () => piped,
    get running() {
      return running;
    },
    exited,
    async stop() {
      signalGroup(child, 'SIGTERM');
      if (running) {
        const late = setTimeout(() => signalGroup(child, 'SIGKILL'), 3000);
        await exited;
        clearTimeout(late);
      }
      signalGroup(child, 'SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Calls `probe` until it gives something other than undefined or false; a throwing probe counts as "not yet". */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeout = 20_000, interval = 50, owner }: { timeout?: number; interval?: number; owner?: Running } = {},
): Promise<T> {
  const end = Date.now() + timeout;
  let last: unknown;
  for (;;) {
    if (owner && !owner.running)
      throw new Error(`process ended while waiting for ${what}:\n${owner.log().slice(-3000)}`);
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const reason = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(
        `waited ${timeout} ms for ${what}${reason}${owner ? `\n${owner.log().slice(-3000)}` : ''}`,
      );
    }
    await sleep(interval);
  }
}
