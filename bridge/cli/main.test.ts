import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkMessage, listen, TestClient } from '../testing/test-kit.ts';
import { type RunningMain, runMain, startMain } from './test-main.ts';

let folder: string;
let server: Server & { port: number };
const running: RunningMain[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-main-'));
  server = await listen((socket) => socket.pipe(socket));
});
afterEach(() => running.splice(0).forEach(({ child }) => child.kill('SIGKILL')));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function start(...args: string[]): Promise<RunningMain> {
  const main = await startMain(...args);
  running.push(main);
  return main;
}

function lab(): string {
  return `lab=spice://127.0.0.1:${server.port}`;
}

async function session(main: RunningMain, channel = 1, connectionId = 0): Promise<TestClient> {
  const client = await new TestClient(`${main.url}spice/lab`).opened();
  const hello = linkMessage(channel);
  hello.writeUInt32LE(connectionId, 16);
  client.websocket.send(hello);
  return client;
}

it('prints one line, serves, and stops at SIGTERM', async () => {
  const main = await start('--target', 'lab=spice://127.0.0.1:1');
  expect(await (await fetch(`${main.url}readyz`)).text()).toBe('ready\n');
  expect(await main.exit('SIGTERM')).toEqual([0, null]);
  expect(main.output.stdout).toBe(`listening on ${main.url}\n`);
  expect(main.log()).toMatchObject([{ level: 'info', event: 'drain', channels: 0 }]);
});

it('answers bad usage with one sentence and exit code 2', async () => {
  const { child, output } = runMain('--target', 'lab=spice://vm');
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(output).toEqual({ stdout: '', stderr: 'The target lab: it names no port.\n' });
});

it('prints help and version', async () => {
  const help = runMain('--help');
  expect(await once(help.child, 'close')).toEqual([0, null]);
  expect(help.output.stdout).toContain('--target NAME=URI');
  const version = runMain('--version');
  expect(await once(version.child, 'close')).toEqual([0, null]);
  expect(version.output.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('draining', () => {
  it('lets sessions go on with late channels, takes no new ones, and ends with the last', async () => {
    const main = await start('--target', lab(), '--drain-timeout', '600');
    const first = await session(main);
    await first.until(34);
    main.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${main.url}readyz`)).status).toBe(503);
    expect((await fetch(`${main.url}healthz`)).status).toBe(200);

    const late = await session(main, 2, 5);
    expect((await late.until(34)).length).toBe(34);
    const stranger = await session(main);
    expect(await stranger.closed).toEqual({ code: 1001, reason: 'The bridge is shutting down.' });
    first.websocket.send(Buffer.from('more'));
    await first.until(38);

    expect(main.child.exitCode).toBeNull();
    const exit = main.exit();
    first.websocket.close(1000);
    late.websocket.close(1000);
    expect(await exit).toEqual([0, null]);
    expect(main.log().at(-1)).toMatchObject({
      event: 'session-end',
      channels: ['main', 'display'],
      reason: 'left',
    });
  });

  it('closes what is left at its limit', async () => {
    const main = await start('--target', lab(), '--drain-timeout', '1');
    const client = await session(main);
    await client.until(34);
    const exit = main.exit('SIGTERM');
    expect(await client.closed).toEqual({ code: 1001, reason: 'The bridge is shutting down.' });
    expect(await exit).toEqual([0, null]);
    expect(main.log().at(-1)).toMatchObject({ event: 'session-end', reason: 'bridge-draining' });
    expect(main.log().some(({ level }) => level === 'warn')).toBe(false); // an end that was wanted
  });

  it('does not wait at Ctrl+C', async () => {
    const main = await start('--target', lab(), '--drain-timeout', '600');
    const client = await session(main);
    await client.until(34);
    const exit = main.exit('SIGINT');
    expect((await client.closed).code).toBe(1001);
    expect(await exit).toEqual([0, null]);
  });

  it('waits for nothing at a second signal', async () => {
    const main = await start('--target', lab(), '--drain-timeout', '600');
    const client = await session(main);
    await client.until(34);
    main.child.kill('SIGTERM');
    await expect.poll(() => main.log().some(({ event }) => event === 'drain')).toBe(true);
    expect(await main.exit('SIGTERM')).toEqual([1, null]);
  });
});

describe('SIGHUP', () => {
  const targets = async (main: RunningMain): Promise<string[]> => {
    const { targets: list } = (await (await fetch(`${main.url}targets.json`)).json()) as {
      targets: { name: string }[];
    };
    return list.map(({ name }) => name);
  };

  it('reads the configuration again, and sessions go on', async () => {
    const file = join(folder, 'bridge.json');
    const write = (config: object): void => writeFileSync(file, JSON.stringify(config));
    const uri = `spice://127.0.0.1:${server.port}`;
    write({ targets: { lab: uri } });
    const main = await start('--config', file);
    const client = await session(main);
    await client.until(34);

    write({
      targets: { other: uri },
      maxConnectionsPerIp: 1,
      logFormat: 'text',
      allowOrigins: ['https://new.example'],
    });
    main.child.kill('SIGHUP');
    await expect.poll(() => targets(main)).toEqual(['other']);
    await expect
      .poll(() => main.log().find(({ level }) => level === 'warn'))
      .toMatchObject({
        event: 'reload',
        options: ['logFormat'],
      });
    client.websocket.send(Buffer.from('still here'));
    expect((await client.until(44)).toString('latin1', 34)).toBe('still here');
    // The new limit, and the sentence that goes with it.
    const second = new TestClient(`${main.url}spice/other`, { origin: 'https://new.example' });
    expect(await second.closed).toEqual({ code: 1008, reason: 'Too many connections from your address.' });

    write({ targets: { broken: 'spice://' }, maxConnectionsPerIp: 5 });
    main.child.kill('SIGHUP');
    await expect.poll(() => main.log().at(-1)).toMatchObject({ level: 'error', event: 'reload' });
    expect(main.log().at(-1)?.reason).toMatch(/^The target broken: /);
    expect(await targets(main)).toEqual(['other']);

    writeFileSync(file, '{');
    main.child.kill('SIGHUP');
    await expect.poll(() => main.log().at(-1)?.reason).toContain('is not JSON');
    write({ targets: { other: uri }, logLevel: 'error' });
    main.child.kill('SIGHUP');
    await expect.poll(async () => (await new TestClient(`${main.url}spice/lab`).closed).code).toBe(1008);
    client.websocket.close(1000);
    expect(await main.exit('SIGTERM')).toEqual([0, null]);
  });
});
