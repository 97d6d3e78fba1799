import { readFileSync, writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { clipboardSelection } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import {
  AWKWARD,
  clipboardReady,
  comeBack,
  guestClipboard,
  guestCopies,
  localText,
  writeLocal,
} from './clipboard-kit.ts';
import { expectAgentGone, reviveAgent } from './revive.ts';
import { AgentTap } from '../lib/agent-tap.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import { openWindow } from '../lib/desktop.ts';
import { until } from '../../servers/process.ts';

needs('chromium', 'xspice');

const { primary: PRIMARY } = clipboardSelection;

/** The picture in the browser's clipboard, RGBA. */
async function localPicture(viewer: Viewer): Promise<Buffer | undefined> {
  const base64 = await viewer.page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    if (!item?.types.includes('image/png')) return '';
    const bytes = new Uint8Array(await (await item.getType('image/png')).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  });
  return base64 === '' ? undefined : PNG.sync.read(Buffer.from(base64, 'base64')).data;
}

/** What the viewer had to say about the clipboard. */
async function troubles(viewer: Viewer): Promise<string[]> {
  return (await viewer.events())
    .map(({ type, detail }) => ({ type, ...(detail as { kind?: string; message?: string }) }))
    .filter(({ type, kind }) => type === 'error' && kind === 'clipboard')
    .map(({ message }) => message ?? '');
}

/** One of the sentences was said: which of them may depend on who is faster. */
async function expectTrouble(viewer: Viewer, ...sentences: string[]): Promise<void> {
  await expect
    .poll(async () => (await troubles(viewer)).filter((said) => sentences.includes(said)), {
      message: `${sentences.join(' or ')}`,
      timeout: 30_000,
    })
    .not.toEqual([]);
}

const megabyte = Array.from({ length: 32_768 }, (_, i) => `line ${i} of a long text 😀 é\r\n`)
  .join('')
  .slice(0, 1_000_000);

test.describe('with the permission to read', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('text goes both ways, byte for byte, and never comes back', async ({ xspice, connect, owned }) => {
    const server = await xspice({ agent: true });
    const tap = owned(await AgentTap.start(server.port));
    const viewer = await connect(tap.port);
    await viewer.focus();
    await clipboardReady(viewer);
    // The focus may have offered what the browser's clipboard has from an earlier test.
    await localText(viewer);
    await tap.settled(viewer);
    const earlier = tap.toGuest('clipboardGrab').length;
    for (const text of [AWKWARD, megabyte]) {
      await writeLocal(viewer, text);
      await comeBack(viewer);
      await expect
        .poll(async () => (await guestClipboard(server))?.equals(Buffer.from(text)), { timeout: 15_000 })
        .toBe(true);
      const copied = `${text}, copied in the guest`;
      guestCopies(server, copied);
      await expect.poll(async () => (await localText(viewer)) === copied, { timeout: 15_000 }).toBe(true);
    }
    const events = (await viewer.events()).filter(({ type }) => type === 'clipboard');
    expect(events.map(({ detail }) => detail)).toEqual([
      { text: `${AWKWARD}, copied in the guest`, types: ['text/plain'] },
      { text: `${megabyte}, copied in the guest`, types: ['text/plain'] },
    ]);
    // The guest's own program stays the owner: what we have of it is not offered back.
    await comeBack(viewer);
    await localText(viewer);
    await writeLocal(viewer, 'a fence');
    await comeBack(viewer);
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('a fence');
    expect(tap.toGuest('clipboardGrab').length - earlier, 'two texts and the fence').toBe(3);
  });

  test('a picture goes both ways, pixel for pixel', async ({ xspice, connect }) => {
    const server = await xspice({ agent: true });
    const viewer = await connect(server.port);
    await viewer.focus();
    await clipboardReady(viewer);
    const picture = new PNG({ width: 61, height: 47 });
    for (let i = 0; i < picture.data.length; i++) {
      picture.data[i] = i % 4 === 3 ? 255 : (i * 7919 + (i >> 5)) & 0xff;
    }
    guestCopies(server, PNG.sync.write(picture), 'image/png');
    await until('the picture in the clipboard', async () =>
      (await localPicture(viewer))?.equals(picture.data),
    );
    await viewer.page.evaluate(async () => {
      const canvas = new OffscreenCanvas(32, 20);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no context');
      for (let x = 0; x < 32; x++) {
        context.fillStyle = `rgb(${x * 8} ${255 - x * 8} 77)`;
        context.fillRect(x, 0, 1, 20);
      }
      const blob = await canvas.convertToBlob({ type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    });
    await comeBack(viewer);
    await until('the picture in the guest', async () => {
      const bytes = await guestClipboard(server, 'image/png');
      if (bytes === undefined) return false;
      const { width, height, data } = PNG.sync.read(bytes);
      const isSo = (x: number): boolean => data[x * 4] === x * 8 && data[x * 4 + 1] === 255 - x * 8;
      return width === 32 && height === 20 && Array.from({ length: 32 }, (_, x) => isSo(x)).every(Boolean);
    });
  });

  test('pictures in the guest are BMP, JPEG or TIFF too: copied as PNG, or refused in words', async ({
    xspice,
    connect,
  }) => {
    const server = await xspice({ agent: true });
    const viewer = await connect(server.port);
    await viewer.focus();
    await clipboardReady(viewer);
    const picture = new PNG({ width: 33, height: 21 });
    for (let i = 0; i < picture.data.length; i++) picture.data[i] = i % 4 === 3 ? 255 : (i * 31) & 0xff;
    const source = `${server.dir}/source.png`;
    writeFileSync(source, PNG.sync.write(picture));
    const converted = async (format: string): Promise<Buffer> => {
      const options = ['-type', 'TrueColor', '-quality', '100'];
      await server.exec('convert', source, ...options, `${format}:${server.dir}/converted`);
      return readFileSync(`${server.dir}/converted`);
    };
    guestCopies(server, await converted('bmp3'), 'image/bmp');
    await until('the BMP in the clipboard', async () => (await localPicture(viewer))?.equals(picture.data));
    guestCopies(server, await converted('jpeg'), 'image/jpeg');
    await until('the JPEG in the clipboard', async () => {
      const pixels = await localPicture(viewer);
      if (pixels?.length !== picture.data.length || pixels.equals(picture.data)) return false;
      const difference = pixels.reduce((sum, value, i) => sum + Math.abs(value - (picture.data[i] ?? 0)), 0);
      return difference / pixels.length < 24;
    });
    guestCopies(server, await converted('tiff'), 'image/tiff');
    await expectTrouble(
      viewer,
      'The guest copied a picture as TIFF, which browsers cannot read. Copy it as PNG, JPEG or BMP.',
    );

    // And the other way: who asks for a BMP gets one.
    await viewer.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const png = new Blob([bytes], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    }, readFileSync(source).toString('base64'));
    await comeBack(viewer);
    await until('the BMP in the guest', async () => {
      const bmp = await guestClipboard(server, 'image/bmp');
      if (bmp?.toString('latin1', 0, 2) !== 'BM') return false;
      writeFileSync(`${server.dir}/got.bmp`, bmp);
      await server.exec('convert', `bmp:${server.dir}/got.bmp`, `png32:${server.dir}/got.png`);
      return PNG.sync.read(readFileSync(`${server.dir}/got.png`)).data.equals(picture.data);
    });
  });

  test('what is larger than the limit is not copied, which is told in words', async ({ xspice, connect }) => {
    const server = await xspice({ agent: true });
    const viewer = await connect(server.port);
    await viewer.focus();
    await clipboardReady(viewer);
    await viewer.element.evaluate((element) => element.setAttribute('clipboard-limit', '1000'));
    guestCopies(server, 'o'.repeat(1001));
    await expectTrouble(
      viewer,
      "The guest's clipboard holds more than 1.0 kB; it was not copied.",
      'The guest did not hand over what was copied. It may be larger than 1.0 kB.',
    );
    guestCopies(server, 'o'.repeat(1000));
    await expect.poll(() => localText(viewer)).toBe('o'.repeat(1000));
    await writeLocal(viewer, 'i'.repeat(1001));
    await comeBack(viewer);
    await until('the refusal', async () => {
      // Who pastes waits for long in vain.
      server.spawn('xclip', '-selection', 'clipboard', '-o', '-t', 'UTF8_STRING');
      return (await troubles(viewer)).some((words) => /at most 1\.0 kB can be pasted/.test(words));
    });
    await expect(viewer.page.locator('spice-viewer [part=progress]')).toContainText('can be pasted');
    await writeLocal(viewer, 'i'.repeat(1000));
    await comeBack(viewer);
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('i'.repeat(1000));
  });

  test('primary-selection: selected is copied, the middle button pastes', async ({
    xspice,
    connect,
    owned,
  }) => {
    const server = await xspice({ agent: true });
    const tap = owned(await AgentTap.start(server.port));
    const viewer = await connect(tap.port);
    await viewer.focus();
    await clipboardReady(viewer);
    const selects = (text: string): void => {
      server.spawn('sh', '-c', `printf '%s' '${text}' | xclip -quiet -selection primary -i -t UTF8_STRING`);
    };
    const primary = (): Promise<string> =>
      server.exec('xclip', '-selection', 'primary', '-o', '-t', 'UTF8_STRING').catch(() => 'nothing');
    await writeLocal(viewer, 'mine');
    await comeBack(viewer);
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('mine');
    selects('only selected');
    await expect.poll(primary).toBe('only selected');
    await expect.poll(() => tap.toViewer('clipboardGrab')).toMatchObject([{ selection: PRIMARY }]);
    await tap.settled(viewer);
    expect(tap.toGuest('clipboardRequest'), 'nobody asks for it').toEqual([]);
    expect(await localText(viewer)).toBe('mine');
    await viewer.element.evaluate((element) => element.setAttribute('primary-selection', ''));
    await expect.poll(primary).toBe('mine');
    selects('selected and shared');
    await expect.poll(() => localText(viewer)).toBe('selected and shared');
    // What was copied before is what Ctrl+V pastes in the guest still.
    expect((await guestClipboard(server))?.toString()).toBe('mine');
  });

  test('goes only where the attribute lets it', async ({ xspice, connect, owned }) => {
    const server = await xspice({ agent: true });
    const tap = owned(await AgentTap.start(server.port));
    const viewer = await connect(tap.port);
    await viewer.focus();
    await clipboardReady(viewer);
    const setMode = (mode: string): Promise<void> =>
      viewer.element.evaluate((element, value) => element.setAttribute('clipboard', value), mode);
    await setMode('out');
    await tap.settled(viewer);
    const earlier = tap.toGuest('clipboardGrab').length;
    const offered = (): number => tap.toGuest('clipboardGrab').length - earlier;
    await writeLocal(viewer, 'mine');
    await comeBack(viewer);
    await localText(viewer);
    await viewer.evaluate((element) => element.clipboardPasteFrom('mine too'));
    await tap.settled(viewer);
    expect(offered()).toBe(0);
    expect(await guestClipboard(server)).toBeUndefined();
    guestCopies(server, 'from the guest');
    await expect.poll(() => localText(viewer)).toBe('from the guest');
    await setMode('in');
    await viewer.evaluate((element) => element.clipboardPasteFrom('given by a script'));
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('given by a script');
    expect(offered(), 'only what was given').toBe(1);
    const [copies, asked] = [tap.toViewer('clipboardGrab').length, tap.toGuest('clipboardRequest').length];
    guestCopies(server, 'a secret of the guest');
    await expect.poll(() => tap.toViewer('clipboardGrab').length).toBeGreaterThan(copies);
    await tap.settled(viewer);
    expect(tap.toGuest('clipboardRequest').length, 'nobody asks for it').toBe(asked);
    expect(await localText(viewer)).toBe('from the guest');
    await setMode('off');
    await writeLocal(viewer, 'again mine');
    await comeBack(viewer);
    await localText(viewer);
    await tap.settled(viewer);
    expect((await guestClipboard(server))?.toString()).toBe('a secret of the guest');
    await setMode('both');
    await viewer.evaluate((element) => element.clipboardPasteFrom('a fence'));
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('a fence');
    expect(offered(), 'what was given, and the fence').toBe(2);
  });

  test('works again when the agent was killed in a transfer', async ({ xspice, connect }) => {
    const server = await xspice({ agent: true });
    const viewer = await connect(server.port);
    await viewer.focus();
    await clipboardReady(viewer);
    const received = async (): Promise<number> => {
      const stats = await viewer.evaluate((element) => element.getStats());
      return stats.channels['main:0']?.bytesIn ?? 0;
    };
    const before = await received();
    guestCopies(server, 'x'.repeat(40_000_000));
    await until('the transfer to be under way', async () => (await received()) > before + 100_000, {
      interval: 5,
    });
    await server.killAgent();
    await expectAgentGone(viewer);
    // What spice-vdagentd has of it decides: it breaks off, or answers for the agent that it has nothing.
    await expectTrouble(
      viewer,
      "The guest's agent ended before the clipboard was copied. Copy it again when it runs.",
      'The guest did not hand over what was copied. It may be larger than 64.0 MB.',
    );
    await reviveAgent(server, viewer);
    guestCopies(server, 'after the restart');
    await expect.poll(() => localText(viewer), { timeout: 15_000 }).toBe('after the restart');
    await writeLocal(viewer, 'and back');
    await comeBack(viewer);
    await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('and back');
  });
});

test('Ctrl+V brings the clipboard without any permission, before the key', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  const page = viewer.page;
  await clipboardReady(viewer);
  await page.evaluate((text) => {
    const area = document.createElement('textarea');
    document.body.append(area);
    area.value = text;
    area.select();
    document.execCommand('copy');
    area.remove();
  }, AWKWARD);
  // A program of the guest that notes what it pastes at Ctrl+V.
  const pasted = `${server.dir}/pasted`;
  await openWindow(
    server,
    'pasting',
    'xterm',
    '-title',
    'pasting',
    '-xrm',
    `*VT100.translations: #override Ctrl<Key>v: insert-selection(CLIPBOARD)`,
    '-e',
    'sh',
    '-c',
    `stty raw -echo; cat > ${pasted}`,
  );
  await viewer.focus();
  await page.keyboard.press('Control+KeyV');
  await expect
    .poll(() => readFileSync(pasted, 'utf8').replaceAll('\r', '\n'))
    .toBe(AWKWARD.replaceAll('\r\n', '\n'));
});

test('where the browser gives its clipboard in no other way, text goes by hand', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  const { page } = viewer;
  // What is not granted is denied from here on.
  await page.context().grantPermissions(['geolocation']);
  await clipboardReady(viewer);
  guestCopies(server, 'the guest has this');
  await expect
    .poll(async () => (await viewer.events()).filter(({ type }) => type === 'clipboard').length)
    .toBe(1);
  await viewer.element.evaluate((element) => element.setAttribute('toolbar', 'auto'));
  await page.locator('spice-viewer .grip').focus();
  await page.getByRole('button', { name: 'Send clipboard' }).click();
  const field = page.getByRole('dialog', { name: 'Clipboard' }).getByRole('textbox');
  await expect(field).toHaveValue('the guest has this');
  await field.fill('by hand 世界');
  await page.getByRole('button', { name: 'Send to the guest' }).click();
  await expect(field).toBeHidden();
  await expect.poll(async () => (await guestClipboard(server))?.toString()).toBe('by hand 世界');
});

test('typeText types what keyboards have and pastes the rest', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  await clipboardReady(viewer);
  const typed = `${server.dir}/typed`;
  await openWindow(
    server,
    'typing',
    'xterm',
    '-title',
    'typing',
    '-xrm',
    `*VT100.translations: #override Ctrl<Key>v: insert-selection(CLIPBOARD)`,
    '-e',
    'sh',
    '-c',
    `stty raw -echo; cat > ${typed}`,
  );
  await viewer.focus();
  const text = 'Grüße to 世界, "50%" done 😀!';
  await viewer.evaluate((element, given) => element.typeText(given), text);
  await expect.poll(() => readFileSync(typed, 'utf8')).toBe(text);
  await viewer.element.evaluate((element) => element.setAttribute('clipboard', 'off'));
  const refused = viewer.evaluate((element) => element.typeText('abc é'));
  await expect(refused).rejects.toThrow(/has no key of the layout/);
  expect(readFileSync(typed, 'utf8')).toBe(text);
});
