import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyStroke } from './scancodes.ts';
import { typingRuns, usKey } from './us-layout.ts';

it('has every printable ASCII character, each on its own', () => {
  const keys = Array.from({ length: 95 }, (_, i) => usKey(String.fromCharCode(32 + i)));
  for (const key of keys) expect(key && keyStroke(key.code, true)).toMatchObject({ kind: 'code' });
  expect(new Set(keys.map((key) => `${key?.shift} ${key?.code}`)).size).toBe(95);
  expect(usKey('?')).toEqual({ code: 'Slash', shift: true });
  expect(usKey('a')).toEqual({ code: 'KeyA', shift: false });
});

it('does not have what other keyboards have', () => {
  for (const character of ['é', 'ß', '😀', '', 'constructor', '\u017f', '\u212a']) {
    expect(usKey(character), character).toBeUndefined();
  }
});

it('cuts text into runs that make it up', () => {
  expect(typingRuns('caf\u00e9 \u{1f600}\u{1f600}!\r\n')).toEqual([
    { text: 'caf', isTypable: true },
    { text: 'é', isTypable: false },
    { text: ' ', isTypable: true },
    { text: '😀😀', isTypable: false },
    { text: '!\n', isTypable: true },
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const runs = typingRuns(text);
      expect(runs.map((run) => run.text).join('')).toBe(text.replaceAll('\r\n', '\n'));
      for (let i = 1; i < runs.length; i += 1) expect(runs[i]?.isTypable).not.toBe(runs[i - 1]?.isTypable);
    }),
  );
});
