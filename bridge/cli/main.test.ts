import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function run(...args: string[]): { child: ChildProcess; output: { stdout: string; stderr: string } } {
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

it('prints one line, serves, and stops at SIGTERM', async () => {
  const { child, output } = run('--listen', '127.0.0.1:0', '--target', 'lab=spice://127.0.0.1:1');
  await expect.poll(() => output.stdout, { timeout: 15_000 }).toContain('\n');
  const url = /^listening on (http:\/\/127\.0\.0\.1:\d+\/)\n$/.exec(output.stdout)?.[1];
  expect(await (await fetch(`${url}readyz`)).text()).toBe('ready\n');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(JSON.parse(output.stderr)).toMatchObject({ level: 'info', event: 'drain', channels: 0 });
});

it('answers bad usage with one sentence and exit code 2', async () => {
  const { child, output } = run('--target', 'lab=spice://vm');
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(output).toEqual({ stdout: '', stderr: 'The target lab: it names no port.\n' });
});

it('prints help and version', async () => {
  const help = run('--help');
  expect(await once(help.child, 'close')).toEqual([0, null]);
  expect(help.output.stdout).toContain('--target NAME=URI');
  const version = run('--version');
  expect(await once(version.child, 'close')).toEqual([0, null]);
  expect(version.output.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
