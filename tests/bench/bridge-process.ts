import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RawWebSocket } from './bridge-reader.ts';

/** The bridge as an operator runs it: tokens required, limits set, logs written, metrics read each second. */
export interface BenchBridge {
  readonly pid: number;
  /** A token for a target; those of one session share their limits. */
  token(target: string, session: string): string;
  open(token: string): Promise<RawWebSocket>;
  metrics(): Promise<string>;
  /** Bytes of log. */
  logged(): number;
  stop(): void;
}

/** @param targets name to port of 127.0.0.1 */
export async function startBenchBridge(
  main: string,
  targets: Readonly<Record<string, number>>,
): Promise<BenchBridge> {
  const folder = mkdtempSync(join(tmpdir(), 'spice-viewer-bench-'));
  const secret = randomBytes(32);
  writeFileSync(join(folder, 'secret'), secret.toString('base64url'));
  const logFile = join(folder, 'log');
  // One machine stands for many clients here, so the limits are high; they are counted all the same.
  const options = {
    listen: '127.0.0.1:0',
    'jwt-secret-file': join(folder, 'secret'),
    'max-connections': 5000,
    'max-connections-per-ip': 5000,
    'connection-rate': 100_000,
    'idle-timeout': 3600,
    'session-timeout': 36_000,
    'log-format': 'json',
    'log-level': 'info',
    metrics: 'main',
  };
  const args = [
    ...Object.entries(options).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
    ...Object.entries(targets).flatMap(([name, port]) => ['--target', `${name}=spice://127.0.0.1:${port}`]),
  ];
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', openSync(logFile, 'a')],
  });
  if (child.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const url = line.replace('listening on ', '');
  const port = Number(new URL(url).port);
  const metrics = async (): Promise<string> => (await fetch(`${url}metrics`)).text();
  const scraping = setInterval(() => void metrics().catch(() => {}), 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    pid: child.pid ?? 0,
    token(target, session) {
      const expires = Math.floor(Date.now() / 1000) + 3600;
      const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'bench', jti: session, exp: expires, spice: { target } })}`;
      return `${text}.${createHmac('sha256', secret.toString('base64url')).update(text).digest('base64url')}`;
    },
    open: (token) => new RawWebSocket(port, '/spice', token).opened(),
    metrics,
    logged: () => statSync(logFile).size,
    stop() {
      clearInterval(scraping);
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
