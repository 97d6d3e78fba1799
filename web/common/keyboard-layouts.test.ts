import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KeyboardLayout } from '../api/public-types.ts';
import { keyStroke } from './scancodes.ts';
import { keyboardLayouts, loadLayout, typingRuns, usLayout, type LayoutTable } from './keyboard-layouts.ts';

/** Short: `Slash`, `S+Slash`, `G+KeyQ`, `S+G+KeyQ`; keys one after the other. */
function typed(table: LayoutTable, character: string): string | undefined {
  return table
    .get(character)
    ?.keys.map(({ code, shift, altGr }) => `${shift ? 'S+' : ''}${altGr ? 'G+' : ''}${code}`)
    .join(' ');
}

const named = keyboardLayouts.filter((layout) => layout !== 'none');

it('us has every printable ASCII character on a key of a US keyboard', () => {
  const keys = Array.from({ length: 95 }, (_, i) => typed(usLayout, String.fromCharCode(32 + i)));
  expect(new Set(keys).size).toBe(95);
  for (const key of keys) expect(key).toMatch(/^(S\+)?(?!Intl)\w+$/);
  expect(typed(usLayout, '?')).toBe('S+Slash');
  expect(typed(usLayout, 'a')).toBe('KeyA');
});

it.each(named)('%s has digits and signs, and no key twice', async (layout) => {
  const table = await loadLayout(layout);
  const places = new Map<string, string>();
  for (let i = 32; i < 0x2600; i++) {
    const character = String.fromCodePoint(i);
    for (const { code } of table.get(character)?.keys ?? []) {
      expect(keyStroke(code, true), code).toMatchObject({ kind: 'code' });
    }
    // Some characters are two things in Unicode that are one on a keyboard.
    const place = character.normalize('NFC') === character ? typed(table, character) : undefined;
    if (place === undefined) continue;
    expect(places.get(place), place).toBeUndefined();
    places.set(place, character);
  }
  expect(places.size).toBeGreaterThan(90);
  for (const character of '09.,:;!?()=+-/" \n\t\b') expect(table.get(character), character).toBeDefined();
});

it.each(named.filter((layout) => layout !== 'ru'))('%s has all of ASCII', async (layout) => {
  const table = await loadLayout(layout);
  for (let i = 32; i < 127; i++) {
    const character = String.fromCharCode(i);
    expect(table.get(character), character).toMatchObject({ isShared: expect.any(Boolean) });
  }
});

const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gb: {
    '£': 'S+Digit3',
    '"': 'S+Digit2',
    '@': 'S+Quote',
    '#': 'Backslash',
    '\\': 'IntlBackslash',
    '€': 'G+Digit4',
  },
  de: {
    z: 'KeyY',
    '@': 'G+KeyQ',
    '~': 'G+BracketRight',
    '{': 'G+Digit7',
    ß: 'Minus',
    '|': 'G+IntlBackslash',
    '^': 'Backquote Space',
    é: 'Equal KeyE',
    À: 'S+Equal S+KeyA',
    '`': 'S+Equal Space',
    '´': 'Equal Equal',
  },
  fr: {
    '1': 'S+Digit1',
    A: 'S+KeyQ',
    é: 'Digit2',
    '@': 'G+Digit0',
    '~': 'G+Digit2',
    '[': 'G+Digit5',
    ê: 'BracketLeft KeyE',
    ï: 'S+BracketLeft KeyI',
  },
  es: { ñ: 'Semicolon', '@': 'G+Digit2', '€': 'G+KeyE', á: 'Quote KeyA', '¿': 'S+Equal' },
  it: { è: 'BracketLeft', '@': 'G+Semicolon', '#': 'G+Quote', '[': 'G+BracketLeft', '{': 'S+G+BracketLeft' },
  pt: { ç: 'Semicolon', '@': 'G+Digit2', ã: 'Backslash KeyA', '€': 'G+KeyE' },
  se: { å: 'BracketLeft', '@': 'G+Digit2', '{': 'G+Digit7', '\\': 'G+Minus' },
  no: { ø: 'Semicolon', æ: 'Quote', '@': 'G+Digit2' },
  dk: { æ: 'Semicolon', ø: 'Quote', '@': 'G+Digit2' },
  fi: { ö: 'Semicolon', ä: 'Quote', '@': 'G+Digit2' },
  ch: {
    ü: 'BracketLeft',
    è: 'S+BracketLeft',
    '@': 'G+Digit2',
    $: 'Backslash',
    ç: 'S+Digit4',
    '[': 'G+BracketLeft',
  },
  be: { '@': 'G+Digit2', '{': 'G+Digit9', '\\': 'G+IntlBackslash', '=': 'Slash', m: 'Semicolon' },
  pl: { ą: 'G+KeyA', Ł: 'S+G+KeyL', ź: 'G+KeyX', '<': 'S+Comma' },
  cz: {
    ě: 'Digit2',
    '2': 'S+Digit2',
    z: 'KeyY',
    '@': 'G+Digit2',
    ť: 'S+Equal KeyT',
    ú: 'BracketLeft',
    Š: 'S+Equal S+KeyS',
  },
  ru: { й: 'KeyQ', Ё: 'S+Backquote', '.': 'Slash', ',': 'S+Slash', '№': 'S+Digit3' },
  tr: { ı: 'KeyI', I: 'S+KeyI', i: 'Quote', İ: 'S+Quote', '@': 'G+KeyQ', ş: 'Semicolon' },
  jp: { _: 'S+IntlRo', '\\': 'IntlYen', '|': 'S+IntlYen', '@': 'BracketLeft', ':': 'Quote' },
};

it.each(Object.keys(known))('%s is what it is', async (layout) => {
  const table = await loadLayout(layout as KeyboardLayout);
  for (const [character, place] of Object.entries(known[layout] ?? {})) {
    expect(typed(table, character), character).toBe(place);
  }
});

it('does not have what other keyboards have', async () => {
  for (const character of ['é', 'ß', '😀', '', 'constructor', '\u017f', '\u212a']) {
    expect(usLayout.get(character), character).toBeUndefined();
  }
  expect((await loadLayout('none')).get('a')).toBeUndefined();
  expect((await loadLayout('none')).get(' ')).toBeUndefined();
  expect((await loadLayout('ru')).get('a')).toBeUndefined();
  expect((await loadLayout('jp')).get('¥')).toBeUndefined();
});

it('knows what Windows has on the same keys', async () => {
  const de = await loadLayout('de');
  const shared = [...'@{aÄé^ſł´ń'].map((character) => de.get(character)?.isShared);
  expect(shared).toEqual([true, true, true, true, true, true, false, false, false, false]);
  const text = 'aſ';
  expect(typingRuns(text, de)).toEqual([{ text, isTypable: true }]);
  expect(typingRuns(text, de, true)).toHaveLength(2);
});

it('knows which keys Caps Lock turns round', async () => {
  const tr = await loadLayout('tr');
  const [key, sign] = [tr.get('i')?.keys[0], tr.get('.')?.keys[0]];
  expect([key && tr.hasCase(key), sign && tr.hasCase(sign)]).toEqual([true, false]);
  const cz = await loadLayout('cz');
  const digit = cz.get('ě')?.keys[0];
  expect(digit && cz.hasCase(digit)).toBe(false);
  const pl = await loadLayout('pl');
  const ogonek = pl.get('Ą')?.keys[0];
  expect(ogonek && pl.hasCase(ogonek)).toBe(true);
});

it('cuts text into runs that make it up', () => {
  expect(typingRuns('caf\u00e9 \u{1f600}\u{1f600}!\r\n', usLayout)).toEqual([
    { text: 'caf', isTypable: true },
    { text: 'é', isTypable: false },
    { text: ' ', isTypable: true },
    { text: '😀😀', isTypable: false },
    { text: '!\n', isTypable: true },
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const runs = typingRuns(text, usLayout);
      expect(runs.map((run) => run.text).join('')).toBe(text.normalize('NFC').replaceAll('\r\n', '\n'));
      for (let i = 1; i < runs.length; i++) expect(runs[i]?.isTypable).not.toBe(runs[i - 1]?.isTypable);
    }),
  );
});
