import { expect, needs, test } from '../lib/fixtures.ts';
import { openWebkit } from '../../browsers/webkit.ts';
import { until } from '../../servers/process.ts';

needs('webkit', 'xspice');

const VIEWER = `document.querySelector('spice-viewer-app').shadowRoot.querySelector('spice-viewer')`;
/** What the guest copies is noted once the viewer has it. */
const NOTE_COPIES = `${VIEWER}.addEventListener('clipboard', ({ detail }) => { globalThis.fromGuest = detail.text; })`;
const AREA = `document.querySelector('textarea')`;

test('WebKit: Ctrl+V brings text by its paste event, what the guest copies is written at the next gesture', async ({
  xspice,
  bridge,
}) => {
  const server = await xspice({ agent: true });
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` });
  const page = await openWebkit(pageUrl('server', { embed: '1' }));
  const guestText = (): Promise<string> =>
    server.exec('xclip', '-selection', 'clipboard', '-o', '-t', 'UTF8_STRING').catch(() => 'nothing');
  try {
    const isReady = `${VIEWER}.state === 'connected' && ${VIEWER}.capabilities.clipboard`;
    await until('the clipboard', () => page.evaluate<boolean>(isReady));
    const text = 'Grüße\n世界 😀';
    await page.evaluate(`(document.body.append(document.createElement('textarea')), true)`);
    await page.evaluate(`(${AREA}.value = ${JSON.stringify(text)}, ${AREA}.focus(), ${AREA}.select(), true)`);
    await page.pressWithControl('c');
    await page.evaluate(`(${AREA}.blur(), ${VIEWER}.focus(), true)`);
    expect(await guestText()).toBe('nothing');
    await page.pressWithControl('v');
    await expect.poll(guestText, { timeout: 20_000 }).toBe(text);

    const copied = 'copied in the guest, é';
    await page.evaluate(`(${NOTE_COPIES}, true)`);
    server.spawn('sh', '-c', `printf '%s' '${copied}' | xclip -quiet -selection clipboard -i -t UTF8_STRING`);
    await until('the guest’s text', () => page.evaluate<boolean>(`globalThis.fromGuest === '${copied}'`));
    await page.press('x');
    await until('the text in the browser’s clipboard', async () => {
      await page.evaluate(`(${AREA}.value = '', ${AREA}.focus(), true)`);
      await page.pressWithControl('v');
      return (await page.evaluate<string>(`${AREA}.value`)) === copied;
    });
  } finally {
    await page.close();
  }
});
