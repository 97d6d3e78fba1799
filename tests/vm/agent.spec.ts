/** What the guest's agent carries, with the agent and the desktop of a real Debian. */
import { createHash, randomBytes } from 'node:crypto';
import { PNG } from 'pngjs';
import type { SeenEvent, Viewer } from '../e2e/lib/viewer.ts';
import { waitForShown } from '../e2e/display/shown.ts';
import { until } from '../servers/process.ts';
import type { Vm } from '../servers/vm.ts';
import { expect, needsVm, test } from './lib/fixtures.ts';

needsVm();

const long = { timeout: 90_000 };

/** What a program of the guest would paste; undefined while there is nothing of that type. */
async function guestClipboard(guest: Vm, target = 'UTF8_STRING'): Promise<Buffer | undefined> {
  const { code, stdout } = await guest.run(`timeout 30 xclip -selection clipboard -o -t ${target}`);
  return code === 0 ? stdout : undefined;
}

/** Copies in the guest, as a program there does. */
async function guestCopies(guest: Vm, content: Uint8Array, target = 'UTF8_STRING'): Promise<void> {
  await guest.writeFile('/tmp/copied', content);
  await guest.spawn(`exec xclip -quiet -selection clipboard -i -t ${target} /tmp/copied`);
}

/** As when the user comes back from another window. */
function comeBack(viewer: Viewer): Promise<void> {
  return viewer.page.evaluate(() => {
    globalThis.dispatchEvent(new Event('focus'));
  });
}

function capability(viewer: Viewer, name: string, value: boolean): Promise<void> {
  return expect
    .poll(() => viewer.evaluate((element) => element.capabilities).then((all) => all[name]), long)
    .toBe(value);
}

test.describe('clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('text goes both ways between xclip and the browser, byte for byte', async ({ vm, connect }) => {
    const guest = await vm();
    const viewer = await connect(guest.port);
    await viewer.focus();
    await capability(viewer, 'clipboard', true);
    const megabyte = 'a line of a long text 😀 é\n'.repeat(36_000).slice(0, 1_000_000);
    for (const text of ['Grüße, 世界! 😀\r\nsecond line, without line end', megabyte]) {
      await viewer.page.evaluate((given) => navigator.clipboard.writeText(given), text);
      await comeBack(viewer);
      const arrived = async () => (await guestClipboard(guest))?.equals(Buffer.from(text));
      await until('the text in the guest', arrived, long);
      const copied = `${text}, copied in the guest`;
      await guestCopies(guest, Buffer.from(copied));
      const local = () => viewer.page.evaluate(() => navigator.clipboard.readText());
      await until('the text in the browser', async () => (await local()) === copied, long);
    }
  });

  test('a picture goes both ways, pixel for pixel', async ({ vm, connect }) => {
    const guest = await vm();
    const viewer = await connect(guest.port);
    await viewer.focus();
    await capability(viewer, 'clipboard', true);
    // What the browser has is offered when the viewer gets the focus; only after that may the guest copy.
    await viewer.page.evaluate(() => navigator.clipboard.writeText('before the picture'));
    await comeBack(viewer);
    const offered = async () => (await guestClipboard(guest))?.toString() === 'before the picture';
    await until('the text in the guest', offered, long);
    const picture = new PNG({ width: 161, height: 97 });
    for (let i = 0; i < picture.data.length; i++) {
      picture.data[i] = i % 4 === 3 ? 255 : (i * 7919 + (i >> 5)) & 0xff;
    }
    await guestCopies(guest, PNG.sync.write(picture), 'image/png');
    await until(
      'the picture in the browser',
      async () => {
        const base64 = await viewer.page.evaluate(async () => {
          const [item] = await navigator.clipboard.read();
          if (!item?.types.includes('image/png')) return '';
          const bytes = new Uint8Array(await (await item.getType('image/png')).arrayBuffer());
          return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        });
        return base64 !== '' && PNG.sync.read(Buffer.from(base64, 'base64')).data.equals(picture.data);
      },
      long,
    );
    await viewer.page.evaluate(async () => {
      const canvas = new OffscreenCanvas(64, 20);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no context');
      for (let x = 0; x < 64; x++) {
        context.fillStyle = `rgb(${x * 4} ${255 - x * 4} 77)`;
        context.fillRect(x, 0, 1, 20);
      }
      const blob = await canvas.convertToBlob({ type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    });
    await comeBack(viewer);
    const wanted = Buffer.alloc(64 * 20 * 4);
    for (let i = 0; i < 64 * 20; i++) {
      wanted.writeUInt32BE((((i % 64) * 4 * 2 ** 24 + ((255 - (i % 64) * 4) << 16)) | 0x4dff) >>> 0, i * 4);
    }
    await until(
      'the picture in the guest',
      async () => {
        const bytes = await guestClipboard(guest, 'image/png');
        return bytes !== undefined && PNG.sync.read(bytes).data.equals(wanted);
      },
      long,
    );
  });
});

interface Transfer {
  name: string;
  message?: string;
}

async function transfers(viewer: Viewer, type: string): Promise<Transfer[]> {
  return (await viewer.events())
    .filter((event: SeenEvent) => event.type === type)
    .map(({ detail }) => detail as Transfer);
}

/** Makes a file in the page, of repetitions of `block`. */
function send(viewer: Viewer, name: string, block: Buffer, count: number): Promise<void> {
  return viewer.evaluate(
    (element, [name, base64, count]) => {
      const block = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      element.sendFiles([new File(Array<BlobPart>(count).fill(block), name)]);
    },
    [name, block.toString('base64'), count] as const,
  );
}

test('files arrive with their hash; an agent that is killed in a transfer is told in words, and comes again', async ({
  vm,
  connect,
}) => {
  const guest = await vm();
  const viewer = await connect(guest.port);
  await capability(viewer, 'files', true);
  const block = randomBytes(100_003);
  await send(viewer, 'Größe 世界.bin', block, 50);
  await send(viewer, 'empty', block, 0);
  await expect.poll(async () => (await transfers(viewer, 'transferend')).length, long).toBe(2);
  const hash = createHash('sha256');
  for (let i = 0; i < 50; i++) hash.update(block);
  const sum = await guest.exec('sha256sum < "/root/Downloads/Größe 世界.bin"');
  expect(sum.split(' ')[0]).toBe(hash.digest('hex'));
  expect(await guest.exec('stat -c %s /root/Downloads/empty')).toBe('0\n');

  await send(viewer, 'interrupted.bin', block, 3000);
  const grows = 'test "$(stat -c %s /root/Downloads/interrupted.bin)" -gt 200000';
  await until('the file to arrive', async () => (await guest.run(grows)).code === 0, long);
  await guest.exec('pkill -KILL -x spice-vdagent');
  await expect
    .poll(async () => (await transfers(viewer, 'transfererror'))[0], long)
    .toMatchObject({ name: 'interrupted.bin', message: expect.stringMatching(/agent ended/) as unknown });
  await expect.poll(() => viewer.evaluate((element) => element.agentConnected), long).toBe(false);
  // In the session of the desktop: spice-vdagentd talks to no agent of another.
  const join = 'echo $$ > /sys/fs/cgroup$(cut -d: -f3 /proc/$(pgrep -o -x openbox)/cgroup)/cgroup.procs';
  await guest.spawn(
    `${join}; exec spice-vdagent -x --file-xfer-save-dir=/root/Downloads --file-xfer-open-dir=0`,
  );
  await capability(viewer, 'files', true);
  await send(viewer, 'after it.bin', block, 1);
  await expect
    .poll(async () => (await transfers(viewer, 'transferend')).at(-1)?.name, long)
    .toBe('after it.bin');
  expect((await guest.readFile('/root/Downloads/after it.bin')).equals(block)).toBe(true);
});

test('resize-session: the guest follows the element, pixel for pixel', async ({ vm, connect }) => {
  const guest = await vm();
  const viewer = await connect(guest.port, { 'resize-session': '1' });
  const rootSize = async () =>
    /current (\d+) x (\d+)/
      .exec(await guest.exec('xrandr --current'))
      ?.slice(1)
      .join('x');
  const follows = async (width: number, height: number): Promise<void> => {
    await expect.poll(rootSize, long).toBe(`${width}x${height}`);
    const shown = await waitForShown(`${width}x${height}`, viewer, guest.screendump, long);
    expect([shown.width, shown.height]).toEqual([width, height]);
  };
  await viewer.page.setViewportSize({ width: 1200, height: 880 });
  await follows(1200, 880);
  // As when the window's edge is dragged.
  for (let i = 0; i <= 10; i++)
    await viewer.page.setViewportSize({ width: 900 + i * 10, height: 600 + i * 10 });
  await follows(1000, 700);
});
