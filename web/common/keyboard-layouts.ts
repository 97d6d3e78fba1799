import type { KeyboardLayout } from '../api/public-types.ts';

/** The key of a layout that gives a character. */
export interface LayoutKey {
  /** a `KeyboardEvent.code` */
  readonly code: string;
  readonly shift: boolean;
  readonly altGr: boolean;
}

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((digit) => `Digit${digit}`);
function letters(row: string): string[] {
  return Array.from(row, (letter) => `Key${letter}`);
}

/** The keys of a PC keyboard that give characters, row by row, by what they are on a US keyboard. */
const codes = [
  ['Backquote', ...digits, 'Minus', 'Equal'],
  [...letters('QWERTYUIOP'), 'BracketLeft', 'BracketRight'],
  [...letters('ASDFGHJKL'), 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', ...letters('ZXCVBNM'), 'Comma', 'Period', 'Slash'],
].flat();

/**
 * What those keys give alone, with Shift and with AltGr, rows between spaces. A dot in the middle (·) is no
 * character or one that needs a dead key; what X11 and Windows do not share is left out too.
 */
const tables: Readonly<Record<Exclude<KeyboardLayout, 'none'>, readonly string[]>> = {
  us: [
    "`1234567890-= qwertyuiop[] asdfghjkl;'\\ ·zxcvbnm,./",
    '~!@#$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:"| ·ZXCVBNM<>?',
  ],
  gb: [
    "`1234567890-= qwertyuiop[] asdfghjkl;'# \\zxcvbnm,./",
    '¬!"£$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:@~ |ZXCVBNM<>?',
    '····€········ ············ ············ ···········',
  ],
  de: [
    '·1234567890ß· qwertzuiopü+ asdfghjklöä# <yxcvbnm,.-',
    '°!"§$%&/()=?· QWERTZUIOPÜ* ASDFGHJKLÖÄ\' >YXCVBNM;:_',
    '··²³···{[]}\\· @·€········~ ············ |······µ···',
  ],
  fr: [
    '²&é"\'(-è_çà)= azertyuiop·$ qsdfghjklmù* <wxcvbn,;:!',
    '·1234567890°+ AZERTYUIOP·£ QSDFGHJKLM%µ >WXCVBN?./§',
    '··~#{[|`\\^@]} ··€········¤ ············ ···········',
  ],
  es: [
    "º1234567890'¡ qwertyuiop·+ asdfghjklñ·ç <zxcvbnm,.-",
    'ª!"·$%&/()=?¿ QWERTYUIOP·* ASDFGHJKLÑ·Ç >ZXCVBNM;:_',
    '\\|@#··¬······ ··€·······[] ··········{} ···········',
  ],
  it: [
    "\\1234567890'ì qwertyuiopè+ asdfghjklòàù <zxcvbnm,.-",
    '|!"£$%&/()=?^ QWERTYUIOPé* ASDFGHJKLç°§ >ZXCVBNM;:_',
    '············· ··€·······[] ·········@#· ···········',
  ],
};

const shared: readonly [string, string][] = [
  [' ', 'Space'],
  ['\n', 'Enter'],
  ['\t', 'Tab'],
  ['\b', 'Backspace'],
];

function keysOf(layout: KeyboardLayout): ReadonlyMap<string, LayoutKey> {
  const keys = new Map<string, LayoutKey>();
  if (layout === 'none') return keys;
  for (const [level, table] of tables[layout].entries()) {
    for (const [at, character] of [...table.replaceAll(' ', '')].entries()) {
      const code = codes[at];
      if (character === '·' || code === undefined || keys.has(character)) continue;
      keys.set(character, { code, shift: level === 1, altGr: level === 2 });
    }
  }
  for (const [character, code] of shared) keys.set(character, { code, shift: false, altGr: false });
  return keys;
}

const known = new Map<KeyboardLayout, ReadonlyMap<string, LayoutKey>>();

/** undefined for what the layout does not have without dead keys; `none` has nothing */
export function layoutKey(layout: KeyboardLayout, character: string): LayoutKey | undefined {
  const keys = known.get(layout) ?? keysOf(layout);
  known.set(layout, keys);
  return keys.get(character);
}

/** What `keyboard-layout` may be. */
export const keyboardLayouts: readonly KeyboardLayout[] = [
  ...(Object.keys(tables) as (keyof typeof tables)[]),
  'none',
];

/** Text cut where it changes between characters that the layout has and others. */
export function typingRuns(
  text: string,
  layout: KeyboardLayout,
): { readonly text: string; readonly isTypable: boolean }[] {
  const runs: { text: string; isTypable: boolean }[] = [];
  // CRLF is one press of Enter.
  for (const character of text.replaceAll('\r\n', '\n')) {
    const isTypable = layoutKey(layout, character) !== undefined;
    const last = runs.at(-1);
    if (last !== undefined && last.isTypable === isTypable) last.text += character;
    else runs.push({ text: character, isTypable });
  }
  return runs;
}
