import { afterEach, beforeEach, expect, it } from 'vitest';
import { TextEntry } from './text-entry.ts';

let field: HTMLTextAreaElement;
let log: string[];
let policy: { enabled: boolean };
let entry: TextEntry;

beforeEach(() => {
  field = document.createElement('textarea');
  document.body.append(field);
  log = [];
  policy = { enabled: true };
  const sink = {
    typeText: (text: string) => log.push(`text ${text}`),
    pressKeys: (codes: readonly string[]) => log.push(`keys ${codes.join('+')}`),
  };
  entry = new TextEntry(field, sink, policy);
});
afterEach(() => {
  entry.dispose();
  field.remove();
});

function input(inputType: string, data: string | null = null, isComposing = false): boolean {
  return field.dispatchEvent(
    new InputEvent('beforeinput', { inputType, data, isComposing, cancelable: true, bubbles: true }),
  );
}
function compositionEnd(data: string): void {
  field.value = data;
  field.dispatchEvent(new CompositionEvent('compositionend', { data }));
}

it('types what comes as text and presses what stands for keys; nothing gets into the field', () => {
  expect(input('insertText', 'é')).toBe(false);
  expect(input('insertReplacementText', 'word')).toBe(false);
  for (const type of ['insertLineBreak', 'deleteContentBackward', 'deleteWordBackward']) input(type);
  expect(input('insertFromPaste', 'pasted')).toBe(false);
  expect(input('insertText', null)).toBe(false);
  expect(log).toEqual(['text é', 'text word', 'keys Enter', 'keys Backspace', 'keys ControlLeft+Backspace']);
});

it('types a composition at its end only, once, and clears the field', () => {
  expect(input('insertCompositionText', 'に', true)).toBe(true);
  expect(log).toEqual([]);
  compositionEnd('日本');
  expect(field.value).toBe('');
  field.value = '日本';
  field.dispatchEvent(new InputEvent('input', { data: '日本' }));
  expect(field.value).toBe('');
  compositionEnd('');
  expect(log).toEqual(['text 日本']);
});

it('types nothing while it is off', () => {
  policy.enabled = false;
  expect(input('insertText', 'x')).toBe(false);
  compositionEnd('日本');
  expect(log).toEqual([]);
  expect(field.value).toBe('');
});
