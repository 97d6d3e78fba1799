import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expectAgentGone, reviveAgent } from './revive.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { SeenEvent, Viewer } from '../lib/viewer.ts';
import { execFileAsync, until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';

needs('chromium', 'xspice');

interface Detail {
  id: number;
  name: string;
  size: number;
  cancelled?: boolean;
  message?: string;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function seen(viewer: Viewer, type: string): Promise<Detail[]> {
  return (await viewer.events())
    .filter((event: SeenEvent) => event.type === type)
    .map(({ detail }) => detail as Detail);
}

function filesReady(viewer: Viewer): Promise<void> {
  return expect.poll(() => viewer.evaluate((element) => element.capabilities['files'])).toBe(true);
}

function downloads(server: Xspice, ...names: string[]): string {
  return join(server.dir, 'downloads', ...names);
}

/** Picks files through the toolbar, as a user does. */
async function pick(viewer: Viewer, button: string, paths: string | string[]): Promise<void> {
  await viewer.element.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  await viewer.page.locator('spice-viewer .grip').focus();
  const [chooser] = await Promise.all([
    viewer.page.waitForEvent('filechooser'),
    viewer.page.getByRole('button', { name: button }).click(),
  ]);
  await chooser.setFiles(paths);
}

/** A file of zeros is fast to make and its loss would show in the hash all the same: each block is numbered. */
function largeFile(server: Xspice, name: string, megabytes: number): string {
  const path = join(server.dir, name);
  const block = randomBytes(1_000_000);
  for (let i = 0; i < megabytes; i++) {
    block.writeUInt32LE(i, 17);
    writeFileSync(path, block, { flag: 'a' });
  }
  return path;
}

test('a folder of 200 small files arrives, in its folders, with every name', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const folder = join(server.dir, 'Ordner mit ä');
  mkdirSync(join(folder, 'inner'), { recursive: true });
  const paths: string[] = [];
  for (let i = 0; i < 200; i++) {
    const name = [`plain ${i}.bin`, `世界-${i} 😀`, `key=[${i}];#.txt`, ` кириллица ${i}`][i % 4] ?? '';
    const path = i % 5 === 0 ? join('inner', name) : name;
    writeFileSync(join(folder, path), randomBytes((i % 50) * 1713));
    paths.push(path);
  }
  await pick(viewer, 'Send folder', folder);
  await expect.poll(async () => (await seen(viewer, 'transferend')).length, { timeout: 120_000 }).toBe(200);
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

test('files that are pasted arrive', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  await viewer.focus();
  // As the browser has it after files were copied in a file manager.
  await viewer.page.locator('spice-viewer textarea').evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['one'], 'one.txt'));
    clipboardData.items.add(new File(['two'], 'two.png', { type: 'image/png' }));
    const paste = { clipboardData, bubbles: true, composed: true, cancelable: true };
    field.dispatchEvent(new ClipboardEvent('paste', paste));
  });
  await expect.poll(async () => (await seen(viewer, 'transferend')).length).toBe(2);
  expect(readdirSync(downloads(server)).toSorted()).toEqual(['one.txt', 'two.png']);
});

test('files of the same name are kept apart, empty ones arrive, and several at once', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const long = `${'ü'.repeat(120)}.txt`;
  await viewer.evaluate((element, name) => {
    element.sendFiles([
      new File(['first'], 'same.txt'),
      new File(['second'], 'same.txt'),
      new File([], 'empty.txt'),
      new File(['العربية'], 'ملف عربي.txt'),
      new File(['long'], name),
    ]);
  }, long);
  await expect.poll(async () => (await seen(viewer, 'transferend')).length).toBe(5);
  const names = readdirSync(downloads(server)).toSorted();
  expect(names).toEqual(['empty.txt', 'same (1).txt', 'same.txt', 'ملف عربي.txt', long].toSorted());
  const same = ['same.txt', 'same (1).txt'].map((name) => readFileSync(downloads(server, name), 'utf8'));
  expect(same.toSorted()).toEqual(['first', 'second']);
  expect(readFileSync(downloads(server, 'empty.txt')).length).toBe(0);
  expect(readFileSync(downloads(server, 'ملف عربي.txt'), 'utf8')).toBe('العربية');
});

test('names with path parts stay below the guest’s folder', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const names = [
    '../../outside.txt',
    '/tmp/absolute.txt',
    '..',
    'a/../../b.txt',
    '<img src=x onerror=alert(1)>',
  ];
  await viewer.evaluate((element, given) => {
    element.sendFiles(given.map((name) => new File([name], name)));
  }, names);
  await expect
    .poll(async () => {
      const over = [...(await seen(viewer, 'transferend')), ...(await seen(viewer, 'transfererror'))];
      return over.length;
    })
    .toBe(names.length);
  expect(readdirSync(server.dir).filter((name) => name.endsWith('.txt'))).toEqual([]);
  expect(existsSync('/tmp/absolute.txt')).toBe(false);
  expect(readdirSync(downloads(server)).length).toBeGreaterThan(3);
});

test('40 MB arrive, with progress in view then none', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  const path = largeFile(server, 'large.bin', 40);
  await viewer.element.evaluate((element) => {
    const record = { count: 0, last: 0, isOrdered: true };
    Object.assign(globalThis, { progressRecord: record });
    element.addEventListener('transferprogress', (event) => {
      const { sent, size, rate } = (event as CustomEvent<{ sent: number; size: number; rate: number }>)
        .detail;
      record.count++;
      record.isOrdered &&= sent >= record.last && sent <= size && rate > 0;
      record.last = sent;
    });
  });
  await pick(viewer, 'Send files', path);
  const progress = viewer.page.locator('spice-viewer [part=progress]');
  await expect(progress).toContainText('large.bin');
  await expect(progress).toContainText('MB/s');
  await expect.poll(async () => (await seen(viewer, 'transferend')).length, { timeout: 120_000 }).toBe(1);
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
  const arriving = downloads(server, 'interrupted.bin');
  await until('some of the file', () => (statSync(arriving, { throwIfNoEntry: false })?.blocks ?? 0) > 0);
  await server.killAgent();
  const refused = async (name: string, ...sentences: string[]): Promise<void> => {
    const last = async () => (await seen(viewer, 'transfererror')).at(-1);
    await expect.poll(last).toMatchObject({ name, cancelled: false });
    expect(sentences).toContain((await last())?.message);
  };
  // spice-vdagentd may be faster, and say so itself; or the agent, as it ends.
  const ended = "The guest's agent ended before the file arrived. Send it again when the agent runs.";
  const nobody = 'Nobody is logged in at the guest, or its agent has ended. Log in and send the file again.';
  const cancelled = 'The guest cancelled the transfer, or its agent ended. Send the file again if need be.';
  await refused('interrupted.bin', ended, nobody, cancelled);
  await expect(viewer.page.locator('spice-viewer [part=progress]')).toContainText(/agent (has )?ended/);
  const send = (name: string): Promise<void> =>
    viewer.evaluate((element, given) => {
      element.sendFiles([new File(['after it'], given)]);
    }, name);
  await expectAgentGone(viewer);
  await send('early.txt');
  await refused(
    'early.txt',
    "The guest's agent does not run. Install or start spice-vdagent in the guest, then send the file again.",
  );
  await reviveAgent(server, viewer);
  await send('next.txt');
  await expect.poll(async () => (await seen(viewer, 'transferend')).at(-1)?.name).toBe('next.txt');
  expect(readFileSync(downloads(server, 'next.txt'), 'utf8')).toBe('after it');
});

test('all that is under way can be cancelled; nothing stale is left', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  await viewer.element.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  await viewer.evaluate((element) => {
    const files = Array.from({ length: 9 }, (_, i) => new File([new Uint8Array(30_000_000)], `${i}.bin`));
    element.sendFiles(files);
  });
  await until('the files to begin to arrive', () => readdirSync(downloads(server)).length > 1);
  await viewer.page.getByRole('button', { name: 'Cancel all' }).click();
  const over = async (): Promise<number> =>
    (await seen(viewer, 'transferend')).length + (await seen(viewer, 'transfererror')).length;
  await expect.poll(over).toBe(9);
  const arrived = (await seen(viewer, 'transferend')).map(({ name }) => name);
  await expect.poll(() => readdirSync(downloads(server)).toSorted()).toEqual(arrived.toSorted());
  await viewer.evaluate((element) => {
    element.sendFiles([new File(['after it'], 'after.txt')]);
  });
  await expect.poll(async () => (await seen(viewer, 'transferend')).at(-1)?.name).toBe('after.txt');
});

test('a guest that takes no files says so in words', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true, saveFiles: false });
  const viewer = await connect(server.port);
  await filesReady(viewer);
  await viewer.evaluate((element) => {
    element.sendFiles([new File(['x'], 'refused.txt')]);
  });
  await expect
    .poll(() => seen(viewer, 'transfererror'))
    .toMatchObject([{ name: 'refused.txt', cancelled: false, message: 'The guest does not accept files.' }]);
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
  // Two that fit one by one, but not both: which of them ends how is the agent's to decide.
  await viewer.evaluate((element) => {
    element.sendFiles([new File([new Uint8Array(3_500_000)], 'squeezed.bin')]);
    element.sendFiles([new File([new Uint8Array(3_500_000)], 'squeezed-2.bin')]);
  });
  await expect
    .poll(async () => (await seen(viewer, 'transfererror')).length, { message: 'both did not fit' })
    .toBe(2);
  expect((await seen(viewer, 'transfererror')).at(-1)?.message).toMatch(
    /disk has not enough space|could not write the file/,
  );
});
