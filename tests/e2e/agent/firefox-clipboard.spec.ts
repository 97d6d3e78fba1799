import { expect, needs, test } from '../lib/fixtures.ts';
import { openFirefox } from '../../browsers/firefox.ts';
import { until } from '../../servers/process.ts';

needs('firefox', 'xspice');

const VIEWER = `document.querySelector('spice-viewer-app').shadowRoot.querySelector('spice-viewer')`;
/** What the guest copies is noted once the viewer has it. */
const NOTE_COPIES = `${VIEWER}.addEventListener('clipboard', ({ detail }) => { globalThis.fromGuest = detail.text; })`;
const AREA = `document.querySelector('textarea')`;

test('Firefox: Ctrl+V brings text by its paste event, what the guest copies is written at the next gesture', async ({
  xspice,
  bridge,
}) => {
  const server = await xspice({ agent: true });
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` });
  const page = await openFirefox(pageUrl('server', { embed: '1' }));
  try {
    // Once it is connected the viewer takes the focus.
    const isReady = `${VIEWER}.state === 'connected' && ${VIEWER}.capabilities.clipboard`;
    await until('the clipboard', () => page.evaluate<boolean>(isReady));
    // Copied as a page does: Firefox lets it do so at a press of a key.
    const text = 'Grüße\n世界 😀';
    await page.evaluate(`document.body.append(document.createElement('textarea'))`);
    await page.evaluate(`${AREA}.value = ${JSON.stringify(text)}; ${AREA}.focus(); ${AREA}.select()`);
    await page.evaluate(
      `${AREA}.addEventListener('keydown', () => document.execCommand('copy'), { once: true })`,
    );
    await page.press('F2');
    await page.evaluate(`${AREA}.blur(); ${VIEWER}.focus()`);
    expect(
      await server.exec('xclip', '-selection', 'clipboard', '-o', '-t', 'UTF8_STRING').catch(() => 'nothing'),
    ).toBe('nothing');
    await page.press('Control', 'v');
    await expect
      .poll(
        () =>
          server.exec('xclip', '-selection', 'clipboard', '-o', '-t', 'UTF8_STRING').catch(() => 'nothing'),
        { timeout: 20_000 },
      )
      .toBe(text);

    const copied = 'copied in the guest, é';
    await page.evaluate(`void ${NOTE_COPIES}`);
    server.spawn('sh', '-c', `printf '%s' '${copied}' | xclip -quiet -selection clipboard -i -t UTF8_STRING`);
    await until('the guest’s text', () => page.evaluate<boolean>(`globalThis.fromGuest === '${copied}'`));
    await page.press('Shift');
    await until('the text in the browser’s clipboard', async () => {
      await page.evaluate(`${AREA}.value = ''; ${AREA}.focus()`);
      await page.press('Control', 'v');
      return (await page.evaluate<string>(`${AREA}.value`)) === copied;
    });
  } finally {
    await page.close();
  }
});
