import { randomBytes } from 'node:crypto';
import { waitForEqual } from '../lib/compare.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import { until } from '../../servers/process.ts';
import { ScriptedAgent } from '../../servers/scripted-agent.ts';

needs('chromium', 'xspice');
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const capability = { displayConfig: 4, byDemand: 5, selection: 6, crlf: 9, maxClipboard: 10, serial: 17 };
const windows = Object.values(capability);

function localText(viewer: Viewer): Promise<string> {
  return viewer.page.evaluate(() => navigator.clipboard.readText());
}

test('an agent as Windows has it: effects are switched, line ends are its own', async ({
  xspice,
  connect,
  owned,
}) => {
  const server = await xspice({ agent: 'socket' });
  const agent = owned(await ScriptedAgent.start(server));
  const viewer = await connect(server.port);
  await viewer.element.evaluate((element) => {
    element.setAttribute('disable-effects', 'wallpaper;animation');
    element.setAttribute('color-depth', '16');
  });
  agent.announce(windows);
  await expect.poll(() => viewer.evaluate((element) => element.capabilities['effects'])).toBe(true);
  await expect.poll(() => agent.of('displayConfig').at(-1)).toEqual({ flags: 1 | 4 | 8, depth: 16 });
  await viewer.element.evaluate((element) => {
    element.setAttribute('disable-effects', 'all');
    element.removeAttribute('color-depth');
  });
  await expect.poll(() => agent.of('displayConfig').at(-1)).toEqual({ flags: 1 | 2 | 4, depth: 0 });
  expect(agent.of('maxClipboard')).toEqual([{ max: 64_000_000 }]);

  // The focus may offer what the browser's clipboard has from an earlier test: let that be the same.
  await viewer.page.evaluate(() => navigator.clipboard.writeText('one\ntwo\r\nthree'));
  await viewer.focus();
  await viewer.evaluate((element) => element.clipboardPasteFrom('one\ntwo\r\nthree'));
  await expect.poll(() => agent.of('clipboardGrab').length).toBeGreaterThan(0);
  agent.say('clipboardRequest', { selection: 0, type: 1 });
  await expect
    .poll(() => agent.of('clipboard').map(({ data }) => Buffer.from(data as Uint8Array).toString()))
    .toEqual(['one\r\ntwo\r\nthree']);
  agent.say('clipboardGrab', { selection: 0, serial: 1, types: [1] });
  await expect.poll(() => agent.of('clipboardRequest').length).toBe(1);
  agent.say('clipboard', { selection: 0, type: 1, data: Buffer.from('four\r\nfive\0') });
  await expect.poll(() => localText(viewer)).toBe('four\nfive');
});

test('a hostile agent does no harm', async ({ xspice, connect, owned }) => {
  const server = await xspice({ agent: 'socket' });
  const viewer = await connect(server.port);
  const dialogs: string[] = [];
  viewer.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const agent = owned(await ScriptedAgent.start(server));
  // Messages of every type, with rubbish for bodies.
  for (let i = 0; i < 1000; i++) agent.sayRaw(i % 24, randomBytes(i));
  // Grabs and requests without end. Each announcement starts the serials anew.
  agent.announce(windows);
  for (let serial = 0; serial < 5000; serial++) {
    agent.say('clipboardGrab', { selection: 0, serial, types: [1, 2, 3, 4, 5, 6] });
    agent.say('clipboardRequest', { selection: serial % 3, type: 1 });
  }
  /** What the viewer asks for now is answered so. */
  const give = async (type: number, data: Uint8Array): Promise<void> => {
    agent.announce(windows);
    const asked = agent.of('clipboardRequest').length;
    agent.say('clipboardGrab', { selection: 0, serial: 0, types: [type] });
    await expect.poll(() => agent.of('clipboardRequest').length).toBeGreaterThan(asked);
    agent.say('clipboard', { selection: 0, type, data });
  };
  /** Bytes of the main channel that the viewer has handled. */
  const received = async (): Promise<number> =>
    (await viewer.evaluate((element) => element.getStats())).channels['main:0']?.bytesIn ?? 0;
  await viewer.focus();
  // A picture of 16 gigapixels, and markup.
  const bomb = Buffer.from('89504e470d0a1a0a0000000d494844520001ffff0001ffff0802000000', 'hex');
  await give(2, bomb);
  await expect
    .poll(async () => JSON.stringify(await viewer.events()))
    .toContain('What the guest copied is not a picture that this browser can read, or too large a one.');
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  await give(1, Buffer.from(markup));
  await expect.poll(() => localText(viewer)).toBe(markup);
  await give(1, Buffer.from('good'));
  await expect.poll(() => localText(viewer)).toBe('good');
  // Sizes that lie, a header of another protocol, and bytes that never end a message.
  const before = await received();
  agent.sayRaw(4, Buffer.alloc(100_000), 0xffffffff);
  agent.write(randomBytes(2_000_000));
  await until('the viewer to handle all of it', async () => (await received()) > before + 2_100_000);
  expect(dialogs).toEqual([]);
  expect(await viewer.state()).toBe('connected');
  await waitForEqual('the desktop after all that', () => viewer.pixels(), server.screenshot);
});
