import { expect, it } from 'vitest';
import { Keyboard } from './keyboard.ts';

/** What a keyboard types for these scan code bytes. */
function typed(keyboard: Keyboard, ...bytes: number[]): string {
  return bytes
    .map((byte) => keyboard.press(byte))
    .map((event) => (event?.down === true ? (event.text ?? `<${event.name}>`) : ''))
    .join('');
}

it('types letters, signs and shifted ones', () => {
  expect(typed(new Keyboard(), 0x1e, 0x9e, 0x02, 0x82, 0x34, 0xb4, 0x39, 0xb9, 0x1c)).toBe('a1. \n');
  expect(typed(new Keyboard(), 0x2a, 0x1e, 0x9e, 0x02, 0x35, 0xaa, 0x2b)).toBe('<Shift>A!?\\');
});

it('keeps locks, which repeats of a held key do not change', () => {
  const keyboard = new Keyboard();
  expect(typed(keyboard, 0x3a, 0x3a, 0x3a, 0xba, 0x1e, 0x02)).toBe('<CapsLock><CapsLock><CapsLock>A1');
  expect(keyboard.locks).toBe(4);
  expect(typed(keyboard, 0x2a, 0x1e)).toBe('<Shift>a');
});

it('tells extended keys from the keypad, and passes over Pause', () => {
  const keyboard = new Keyboard();
  expect(typed(keyboard, 0xe0, 0x48, 0x48)).toBe('<Up><Up>');
  keyboard.locks = 2;
  expect(typed(keyboard, 0xe0, 0x48, 0x48, 0xe0, 0x1c)).toBe('<Up>8\n');
  expect(typed(keyboard, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0x1e)).toBe('a');
  expect(keyboard.locks).toBe(2);
});

it('types nothing with Ctrl or Alt held, until they are let go', () => {
  const keyboard = new Keyboard();
  expect(typed(keyboard, 0xe0, 0x1d, 0x2e)).toBe('<RightCtrl><C>');
  expect(keyboard.press(0x2e)).toMatchObject({ ctrl: true, alt: false });
  keyboard.releaseAll();
  expect(typed(keyboard, 0x2e)).toBe('c');
});
