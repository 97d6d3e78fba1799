import { usLayout } from '../common/keyboard-layouts.ts';
import { keyStroke } from '../common/scancodes.ts';
import type { KeyRecord } from './key-records.ts';
import { isApple, type Platform } from './platform.ts';

/** What a keydown means for the guest. */
export type KeyMeaning =
  /** a key that is held until its keyup */
  | { readonly kind: 'key'; readonly code: string }
  /** a key whose keydown or keyup comes alone: pressed and released at once */
  | { readonly kind: 'stroke'; readonly code: string }
  /** a character that no key of the user's stands for: typed on the guest's layout */
  | { readonly kind: 'text'; readonly text: string }
  /** an input method's, or nothing that a PC has */
  | { readonly kind: 'none' };

/** Keys that switch: browsers and systems give a keydown alone, or both events at any distance. */
const strokeCodes = new Set([
  'KanaMode',
  'Convert',
  'NonConvert',
  'Lang1',
  'Lang2',
  'Lang3',
  'Lang4',
  'Lang5',
]);

/** The same by their name, where the key is another one without an input method (Backquote, CapsLock). */
const strokeNames = new Set([
  'Zenkaku',
  'Hankaku',
  'ZenkakuHankaku',
  'Alphanumeric',
  'Katakana',
  'Hiragana',
  'HiraganaKatakana',
  'Romaji',
  'KanaMode',
]);

/** What users put on Caps Lock, and keys that they give to it. */
const remappable = new Set(['CapsLock', 'ControlLeft', 'Escape']);
const remappedNames: Readonly<Record<string, string>> = {
  Control: 'ControlLeft',
  Escape: 'Escape',
  CapsLock: 'CapsLock',
};
/** On Caps Lock these say clearly, too, what the user made of it. */
const capsLockNames: Readonly<Record<string, string>> = {
  ...remappedNames,
  Shift: 'ShiftLeft',
  Alt: 'AltLeft',
  Meta: 'MetaLeft',
  AltGraph: 'AltRight',
  Backspace: 'Backspace',
  Delete: 'Delete',
  Enter: 'Enter',
  Tab: 'Tab',
};

/** Names of keys that are no codes. */
const codesByName: Readonly<Record<string, string>> = {
  ' ': 'Space',
  Spacebar: 'Space',
  Esc: 'Escape',
  Shift: 'ShiftLeft',
  Control: 'ControlLeft',
  Alt: 'AltLeft',
  AltGraph: 'AltRight',
  Meta: 'MetaLeft',
  OS: 'MetaLeft',
  HangulMode: 'Lang1',
  HanjaMode: 'Lang2',
  UIKeyInputUpArrow: 'ArrowUp',
  UIKeyInputDownArrow: 'ArrowDown',
  UIKeyInputLeftArrow: 'ArrowLeft',
  UIKeyInputRightArrow: 'ArrowRight',
  UIKeyInputEscape: 'Escape',
  UIKeyInputPageUp: 'PageUp',
  UIKeyInputPageDown: 'PageDown',
  UIKeyInputHome: 'Home',
  UIKeyInputEnd: 'End',
};

function lookUp(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

function isCharacter(key: string): boolean {
  return key.length > 0 && [...key].length === 1;
}

/** The key that has this name, or has the character on a US keyboard: for events without a code. */
export function codeOfName(key: string): string | undefined {
  const code = lookUp(codesByName, key) ?? usLayout.get(key)?.keys[0]?.code ?? key;
  return keyStroke(code, true) === undefined ? undefined : code;
}

/** The code that the event has, or what the user made of that key. */
function remappedCode({ code, key }: KeyRecord): string {
  if (code === 'CapsLock') return lookUp(capsLockNames, key) ?? code;
  if (key === 'AltGraph' && code !== '') return 'AltRight';
  return remappable.has(code) ? (lookUp(remappedNames, key) ?? code) : code;
}

/** Capital or sign of a key's upper half although nobody holds Shift: on-screen keyboards. */
function isShiftedWithoutShift({ code, key, flags }: KeyRecord, platform: Platform): boolean {
  if (flags.shift || flags.altGraph === true || flags.ctrl || flags.alt || flags.meta) return false;
  const us = usLayout.get(key)?.keys[0];
  if (us?.code !== code || !us.shift) return false;
  const isLetter = key.toLowerCase() !== key;
  // A layout of the user's own may have signs where US keyboards have digits; phones have none.
  return isLetter ? flags.caps !== true : platform === 'android' || platform === 'ios';
}

export function meaningOf(record: KeyRecord, platform: Platform): KeyMeaning {
  const { code, key, flags, keyCode } = record;
  // An input method has the key (229), and what it makes of it comes as text. Option is the guest's Alt,
  // also where it would begin an accent.
  const isInputMethods = record.isComposing || keyCode === 229;
  if (isInputMethods && !isOptionDeadKey(record, platform)) return { kind: 'none' };
  if (code === '') {
    const isShortcut = flags.ctrl !== flags.alt || flags.meta;
    if (isCharacter(key) && key !== ' ' && !isShortcut) return { kind: 'text', text: key };
    const named = codeOfName(key);
    return named === undefined ? { kind: 'none' } : { kind: 'key', code: named };
  }
  const meant = remappedCode(record);
  if (keyStroke(meant, true) === undefined) return { kind: 'none' };
  if (strokeCodes.has(meant) || strokeNames.has(key)) return { kind: 'stroke', code: meant };
  if (isApple(platform) && meant === 'CapsLock') return { kind: 'stroke', code: meant };
  if (isShiftedWithoutShift(record, platform)) return { kind: 'text', text: key };
  return { kind: 'key', code: meant };
}

/** Option with a key that begins an accent on a Mac. */
export function isOptionDeadKey({ key, code, flags, isComposing }: KeyRecord, platform: Platform): boolean {
  return isApple(platform) && key === 'Dead' && code !== '' && flags.alt && !isComposing;
}
