import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyStroke } from './scancodes.ts';
import { keyboardLayouts, layoutKey, typingRuns } from './keyboard-layouts.ts';

function usKey(character: string) {
  return layoutKey('us', character);
}

it('has every printable ASCII character, each on its own', () => {
  const keys = Array.from({ length: 95 }, (_, i) => usKey(String.fromCharCode(32 + i)));
  for (const key of keys) expect(key && keyStroke(key.code, true)).toMatchObject({ kind: 'code' });
  expect(new Set(keys.map((key) => `${key?.shift} ${key?.code}`)).size).toBe(95);
  expect(usKey('?')).toEqual({ code: 'Slash', shift: true, altGr: false });
  expect(usKey('a')).toEqual({ code: 'KeyA', shift: false, altGr: false });
});

it.each(keyboardLayouts.filter((layout) => layout !== 'none'))(
  '%s has letters and digits, no key twice',
  (layout) => {
    const characters = Array.from({ length: 0x2100 - 32 }, (_, i) => String.fromCharCode(32 + i));
    const keys = characters.flatMap((character) => layoutKey(layout, character) ?? []);
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(88);
    for (const { code } of keys) expect(keyStroke(code, true), code).toMatchObject({ kind: 'code' });
    for (const character of 'azAZ09.,:;!?()=+- \n"')
      expect(layoutKey(layout, character), character).toBeDefined();
  },
);

it('the layouts are what they are', () => {
  expect(layoutKey('de', 'z')).toEqual({ code: 'KeyY', shift: false, altGr: false });
  expect(layoutKey('de', '@')).toEqual({ code: 'KeyQ', shift: false, altGr: true });
  expect(layoutKey('fr', 'A')).toEqual({ code: 'KeyQ', shift: true, altGr: false });
  expect(layoutKey('gb', '£')).toEqual({ code: 'Digit3', shift: true, altGr: false });
  expect(layoutKey('none', 'a')).toBeUndefined();
});

it('does not have what other keyboards have', () => {
  for (const character of ['é', 'ß', '😀', '', 'constructor', '\u017f', '\u212a']) {
    expect(usKey(character), character).toBeUndefined();
  }
});

it('cuts text into runs that make it up', () => {
  expect(typingRuns('caf\u00e9 \u{1f600}\u{1f600}!\r\n', 'us')).toEqual([
    { text: 'caf', isTypable: true },
    { text: 'é', isTypable: false },
    { text: ' ', isTypable: true },
    { text: '😀😀', isTypable: false },
    { text: '!\n', isTypable: true },
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const runs = typingRuns(text, 'us');
      expect(runs.map((run) => run.text).join('')).toBe(text.replaceAll('\r\n', '\n'));
      for (let i = 1; i < runs.length; i++) expect(runs[i]?.isTypable).not.toBe(runs[i - 1]?.isTypable);
    }),
  );
});
