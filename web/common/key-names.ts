import { knownKeyCodes } from './scancodes.ts';

/** Short names for `sendKeys("ctrl+alt+delete")`; any `KeyboardEvent.code` works too. */
const shortNames: Readonly<Record<string, string>> = {
  ctrl: 'ControlLeft',
  control: 'ControlLeft',
  rctrl: 'ControlRight',
  alt: 'AltLeft',
  altgr: 'AltRight',
  ralt: 'AltRight',
  shift: 'ShiftLeft',
  rshift: 'ShiftRight',
  meta: 'MetaLeft',
  super: 'MetaLeft',
  win: 'MetaLeft',
  cmd: 'MetaLeft',
  menu: 'ContextMenu',
  del: 'Delete',
  ins: 'Insert',
  esc: 'Escape',
  return: 'Enter',
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  pgup: 'PageUp',
  pgdn: 'PageDown',
  print: 'PrintScreen',
  printscreen: 'PrintScreen',
  sysrq: 'PrintScreen',
  break: 'Pause',
  plus: 'NumpadAdd',
  minus: 'Minus',
  '-': 'Minus',
  '=': 'Equal',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
  ';': 'Semicolon',
  "'": 'Quote',
  '`': 'Backquote',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
};

const byLowerCase = new Map(knownKeyCodes().map((code) => [code.toLowerCase(), code]));

function codeOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(shortNames, lower)) return shortNames[lower];
  if (/^[a-z]$/.test(lower)) return `Key${lower.toUpperCase()}`;
  if (/^[0-9]$/.test(lower)) return `Digit${lower}`;
  return byLowerCase.get(lower);
}

/**
 * A combination such as `ctrl+alt+delete` as key codes, in the order to press them.
 * @throws RangeError naming the key that is not known
 */
export function parseKeyCombination(combination: string): string[] {
  return combination.split('+').map((part) => {
    const code = codeOf(part.trim());
    if (code === undefined) throw new RangeError(`"${part.trim()}" in "${combination}" is no known key`);
    return code;
  });
}
