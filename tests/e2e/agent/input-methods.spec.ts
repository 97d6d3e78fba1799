import { readFileSync } from 'node:fs';
import { expect, needs, test } from '../lib/fixtures.ts';
import { openWindow } from '../lib/desktop.ts';
import type { Viewer } from '../lib/viewer.ts';
import type { Xspice } from '../../servers/xspice.ts';

needs('chromium', 'xspice');

/** A terminal that notes what is typed, and pastes at Ctrl+V. */
async function openNotes(server: Xspice): Promise<() => string> {
  const file = `${server.dir}/typed`;
  const translations = '*VT100.translations: #override Ctrl<Key>v: insert-selection(CLIPBOARD)';
  const shell = ['-e', 'sh', '-c', `stty raw -echo; cat > ${file}`];
  await openWindow(server, 'typing', 'xterm', '-title', 'typing', '-xrm', translations, ...shell);
  return () => readFileSync(file, 'utf8').replaceAll('\r', '\n');
}

async function ready(server: Xspice, viewer: Viewer): Promise<() => string> {
  await expect.poll(() => viewer.evaluate((element) => element.capabilities['clipboard'])).toBe(true);
  const typed = await openNotes(server);
  await viewer.focus();
  return typed;
}

test('what an input method composes is typed once it is final; keys go on as keys', async ({
  xspice,
  connect,
}) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  const typed = await ready(server, viewer);
  const session = await viewer.page.context().newCDPSession(viewer.page);
  await viewer.page.keyboard.press('a');
  for (const text of ['n', 'に', 'にほ', '日本']) {
    const end = { selectionStart: text.length, selectionEnd: text.length };
    await session.send('Input.imeSetComposition', { text, ...end });
  }
  await session.send('Input.insertText', { text: '日本' });
  await expect.poll(typed).toBe('a日本');
  await viewer.page.keyboard.press('b');
  // An on-screen keyboard's whole words, and its own keys.
  await session.send('Input.insertText', { text: 'Wort, é' });
  await expect.poll(typed).toBe('a日本bWort, é');
  await viewer.page.keyboard.press('Enter');
  // A composition that is given up leaves nothing.
  await session.send('Input.imeSetComposition', { text: 'x', selectionStart: 1, selectionEnd: 1 });
  await session.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
  await viewer.page.keyboard.press('c');
  await expect.poll(typed).toBe('a日本bWort, é\nc');
  const left = await viewer.page.locator('spice-viewer textarea').inputValue();
  expect(left).toBe('');
});

test('a viewer that only looks types nothing, and says when it cannot type', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  const typed = await ready(server, viewer);
  const session = await viewer.page.context().newCDPSession(viewer.page);
  await viewer.element.evaluate((element) => element.setAttribute('clipboard', 'off'));
  await session.send('Input.insertText', { text: 'é' });
  await expect(viewer.page.locator('spice-viewer [part=progress]')).toContainText('has no key of the layout');
  await viewer.element.evaluate((element) => element.setAttribute('view-only', ''));
  await session.send('Input.insertText', { text: 'nothing' });
  await viewer.element.evaluate((element) => element.removeAttribute('view-only'));
  await session.send('Input.insertText', { text: 'seen' });
  await expect.poll(typed).toBe('seen');
});

const texts: [layout: string, text: string][] = [
  ['us', 'The quick {brown} fox: 0123456789 ~`|\\"\'<>'],
  ['gb', 'The "quick" £5 @home ~#|\\ €'],
  ['de', 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich @€{[]}\\~|<>µ²'],
  ['fr', 'Portez ce vieux whisky à Zoé, 1234567890 @#{[|\\]}€<>§£%µ'],
  ['es', 'El pingüino; ¿qué? ¡ñandú Ñ ç 0123456789 @#[]{}\\|€<>'],
  ['it', 'Perché no? Così è più £5 €7 @#[]<>ç°§'],
];

test('typeText has the keys of the guest’s layout', async ({ xspice, connect }) => {
  const server = await xspice({ agent: true });
  const viewer = await connect(server.port);
  const typed = await ready(server, viewer);
  let expected = '';
  for (const [layout, text] of texts) {
    // Without a clipboard only keys are left: what has none is left out.
    const typable = [...text].filter((one) => !(layout === 'es' ? 'üéúá' : '').includes(one)).join('');
    await server.exec('setxkbmap', layout);
    await viewer.element.evaluate(
      (element, [name]) => {
        element.setAttribute('clipboard', 'off');
        element.setAttribute('keyboard-layout', name);
      },
      [layout] as const,
    );
    await viewer.evaluate((element, given) => element.typeText(given), typable);
    expected += typable;
    await expect.poll(typed, { message: layout }).toBe(expected);
  }
  await viewer.element.evaluate((element) => {
    element.setAttribute('clipboard', 'both');
    element.setAttribute('keyboard-layout', 'none');
  });
  await viewer.evaluate((element) => element.typeText('all is pasted'));
  await expect.poll(typed).toBe(`${expected}all is pasted`);
});
