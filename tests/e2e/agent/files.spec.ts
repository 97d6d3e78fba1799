import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAgentGone, reviveAgent } from './revive.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { SeenEvent, Viewer, ViewerElement } from '../lib/viewer.ts';
import { execFileAsync, sleep, until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';

needs('chromium', 'xspice');

interface Detail {
  id: number;
  name: string;
  size: number;
  cancelled?: boolean;
  message?: string;
}

const sha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const seen = async (viewer: Viewer, type: string): Promise<Detail[]> =>
  (await viewer.events())
    .filter((event: SeenEvent) => event.type === type)
    .map(({ detail }) => detail as Detail);

const filesReady = (viewer: Viewer): Promise<void> =>
  expect.poll(() => viewer.evaluate((element) => element.capabilities['files'])).toBe(true);

const downloads = (server: Xspice, ...names: string[]): string => join(server.dir, 'downloads', ...names);

/** Picks files through the toolbar, as a user does. */
const pick = async (viewer: Viewer, button: string, paths: string | string[]): Promise<void> => {
  await viewer.element.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  await viewer.page.locator('spice-viewer .grip').focus();
  const [chooser] = await Promise.all([
    viewer.page.waitForEvent('filechooser'),
    viewer.page.getByRole('button', { name: button }).click(),
  ]);
  await chooser.setFiles(paths);
};

/** A file of zeros is fast to make and its loss would show in the hash all the same: each block is numbered. */
const largeFile = (server: Xspice, name: string, megabytes: number): string => {
  const path = join(server.dir, name);
  const block = randomBytes(1_000_000);
  for (let i = 0; i < megabytes; i += 1) {
    block.writeUInt32LE(i, 17);
    writeFileSync(path, block, { flag: 'a' });
  }
  return path;
};

test('a folder of small files arrives, in its folders, with every name', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const folder = join(server.dir, 'Ordner mit ä');
  mkdirSync(join(folder, 'inner'), { recursive: true });
  const paths: string[] = [];
  for (let i = 0; i < 50; i += 1) {
    const name = [`plain ${i}.bin`, `世界-${i} 😀`, `key=[${i}];#.txt`, ` кириллица ${i}`][i % 4] ?? '';
    const path = i % 5 === 0 ? join('inner', name) : name;
    writeFileSync(join(folder, path), randomBytes(i * 1713));
    paths.push(path);
  }
  await pick(viewer, 'Send folder', folder);
  await expect.poll(async () => (await seen(viewer, 'transferend')).length, { timeout: 60_000 }).toBe(50);
  expect(await seen(viewer, 'transfererror')).toEqual([]);
  for (const path of paths) {
    const [sent, arrived] = [join(folder, path), downloads(server, 'Ordner mit ä', path)];
    expect(existsSync(arrived), path).toBe(true);
    expect(await sha256(arrived), path).toBe(await sha256(sent));
  }
});

test('dropped files and folders arrive', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const box = await viewer.element.boundingBox();
  const folder = join(server.dir, 'dropped');
  mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true });
  writeFileSync(join(folder, 'deep', 'deeper', 'file'), 'in a folder');
  writeFileSync(join(server.dir, 'empty'), '');
  const session = await viewer.page.context().newCDPSession(viewer.page);
  const at = { x: (box?.x ?? 0) + 200, y: (box?.y ?? 0) + 200 };
  const data = { items: [], files: [folder, join(server.dir, 'empty')], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await expect.poll(async () => (await seen(viewer, 'transferend')).length).toBe(2);
  expect(readFileSync(downloads(server, 'dropped', 'deep', 'deeper', 'file'), 'utf8')).toBe('in a folder');
  expect(readFileSync(downloads(server, 'empty'), 'utf8')).toBe('');
});

test('100 MB arrive, with progress in view then none', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const path = largeFile(server, 'large.bin', 100);
  await viewer.element.evaluate((element) => {
    const record = { count: 0, last: 0, isOrdered: true };
    Object.assign(globalThis, { progressRecord: record });
    element.addEventListener('transferprogress', (event) => {
      const { sent, size, rate } = (event as CustomEvent<{ sent: number; size: number; rate: number }>)
        .detail;
      record.count += 1;
      record.isOrdered &&= sent >= record.last && sent <= size && rate > 0;
      record.last = sent;
    });
  });
  await pick(viewer, 'Send files', path);
  const progress = viewer.page.locator('spice-viewer [part=progress]');
  await expect(progress).toContainText('large.bin');
  await expect(progress).toContainText('MB/s');
  await expect.poll(async () => (await seen(viewer, 'transferend')).length, { timeout: 90_000 }).toBe(1);
  expect(await sha256(downloads(server, 'large.bin'))).toBe(await sha256(path));
  const record = await viewer.page.evaluate(
    () => (globalThis as unknown as { progressRecord: { count: number; isOrdered: boolean } }).progressRecord,
  );
  expect(record.count).toBeGreaterThan(2);
  expect(record.isOrdered).toBe(true);
  await expect(progress).toBeHidden({ timeout: 10_000 });
});

test('a cancelled file leaves nothing in the guest, and the next one arrives', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const path = largeFile(server, 'cancelled.bin', 150);
  await pick(viewer, 'Send files', path);
  await until('the file to begin to arrive', () => readdirSync(downloads(server)).length > 0);
  await viewer.page.getByRole('button', { name: 'Cancel cancelled.bin' }).click();
  await expect
    .poll(() => seen(viewer, 'transfererror'))
    .toMatchObject([{ name: 'cancelled.bin', cancelled: true, message: 'The transfer was cancelled.' }]);
  await expect.poll(() => readdirSync(downloads(server))).toEqual([]);
  await viewer.evaluate((element) => {
    element.sendFiles([new File(['after it'], 'back\\slash.txt')]);
  });
  await expect.poll(async () => (await seen(viewer, 'transferend')).length).toBe(1);
  expect(readFileSync(downloads(server, 'back\\slash.txt'), 'utf8')).toBe('after it');
});

test('an agent that is killed in a transfer is told in words; then all works again', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const path = largeFile(server, 'interrupted.bin', 150);
  await pick(viewer, 'Send files', path);
  await until('the file to begin to arrive', () => readdirSync(downloads(server)).length > 0);
  await sleep(200);
  await server.killAgent();
  const refused = async (name: string, words: RegExp): Promise<void> =>
    expect
      .poll(async () => (await seen(viewer, 'transfererror')).at(-1))
      .toMatchObject({ name, cancelled: false, message: expect.stringMatching(words) as unknown });
  await refused('interrupted.bin', /its agent ended|agent ended before/);
  await expect(viewer.page.locator('spice-viewer [part=progress]')).toContainText('agent ended');
  const send = (name: string): Promise<void> =>
    viewer.element.evaluate((element, given) => {
      (element as unknown as ViewerElement).sendFiles([new File(['after it'], given)]);
    }, name);
  await expectAgentGone(viewer);
  await send('early.txt');
  await refused('early.txt', /agent does not run/);
  await reviveAgent(server, viewer);
  await send('next.txt');
  await expect.poll(async () => (await seen(viewer, 'transferend')).at(-1)?.name).toBe('next.txt');
  expect(readFileSync(downloads(server, 'next.txt'), 'utf8')).toBe('after it');
});

test('a disk without space is told in words', async ({ xspice, connect, owned }) => {
  const server = await xspice({ agent: true });
  await server.stopAgent();
  // A file system of 4 MB where files are saved.
  const mounted = await execFileAsync('mount', [
    '-t',
    'tmpfs',
    '-o',
    'size=4m',
    'tmpfs',
    downloads(server),
  ]).then(
    () => true,
    () => false,
  );
  test.skip(!mounted, 'needs the right to mount a small file system');
  owned({ stop: async () => void (await execFileAsync('umount', ['-l', downloads(server)])) });
  await server.startAgent();
  const viewer = await connect(server.port);
  await filesReady(viewer);
  await viewer.evaluate((element) => {
    element.sendFiles([new File([new Uint8Array(9_000_000)], 'too-large.bin')]);
  });
  await expect
    .poll(() => seen(viewer, 'transfererror'))
    .toMatchObject([
      { message: expect.stringMatching(/disk has not enough space: 4\.\d MB are free/) as unknown as string },
    ]);
});
