/** The key of a US keyboard that gives a character. */
export interface LayoutKey {
  /** a `KeyboardEvent.code` */
  readonly code: string;
  readonly shift: boolean;
}

const plain: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '\n': 'Enter',
  '\t': 'Tab',
  '\b': 'Backspace',
  '-': 'Minus',
  '=': 'Equal',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  ';': 'Semicolon',
  "'": 'Quote',
  '`': 'Backquote',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
};
const shiftedKeys = '~!@#$%^&*()_+{}|:"<>?';
const theirPlain = "`1234567890-=[]\\;',./";

/** undefined for what a US keyboard does not have */
export const usKey = (character: string): LayoutKey | undefined => {
  const at = character.length === 1 ? shiftedKeys.indexOf(character) : -1;
  const base = at >= 0 ? theirPlain.charAt(at) : character;
  const shift = at >= 0 || /^[A-Z]$/.test(character);
  if (/^[a-z]$/i.test(base)) return { code: `Key${base.toUpperCase()}`, shift };
  if (/^[0-9]$/.test(base)) return { code: `Digit${base}`, shift };
  const code = Object.hasOwn(plain, base) ? plain[base] : undefined;
  return code === undefined ? undefined : { code, shift };
};

/** Text cut where it changes between characters that a US keyboard has and others. */
export const typingRuns = (text: string): { readonly text: string; readonly isTypable: boolean }[] => {
  const runs: { text: string; isTypable: boolean }[] = [];
  // CRLF is one press of Enter.
  for (const character of text.replaceAll('\r\n', '\n')) {
    const isTypable = usKey(character) !== undefined;
    const last = runs.at(-1);
    if (last !== undefined && last.isTypable === isTypable) last.text += character;
    else runs.push({ text: character, isTypable });
  }
  return runs;
};
