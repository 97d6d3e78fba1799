/** What a layout's keys give. */
export interface LayoutData {
  /**
   * What the keys of `characterCodes` give alone, with Shift, with AltGr, and with both; a space where it is
   * nothing, a dead key, or a character that another key has.
   */
  readonly levels: readonly string[];
  /** by the combining character: the dead key and its level */
  readonly dead: Readonly<Record<string, string>>;
  /** characters with AltGr, or of dead keys, that Windows' layout of that name has too */
  readonly shared: string;
}

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((digit) => `Digit${digit}`);
function letters(row: string): string[] {
  return Array.from(row, (letter) => `Key${letter}`);
}

/** The keys of a PC keyboard that give characters, row by row, by what they are on a US keyboard. */
export const characterCodes: readonly string[] = [
  ['Backquote', ...digits, 'Minus', 'Equal', 'IntlYen'],
  [...letters('QWERTYUIOP'), 'BracketLeft', 'BracketRight'],
  [...letters('ASDFGHJKL'), 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', ...letters('ZXCVBNM'), 'Comma', 'Period', 'Slash', 'IntlRo'],
].flat();
