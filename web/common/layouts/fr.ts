// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const fr: LayoutData = {
  levels: [
    '²&é"\'(-è_çà)= azertyuiop $qsdfghjklmù*<wxcvbn,;:!',
    ' 1234567890°+ AZERTYUIOP £QSDFGHJKLM%µ>WXCVBN?./§',
    '¬¹~#{[|`\\^@]} æ«€¶ŧ←↓→øþ ¤ ßðđŋħ ĸł     »¢„“” •·',
    ' ¡⅛  ⅜⅝⅞™± ¿  Æ  ®Ŧ¥↑ıØÞ  ΩẞÐªŊĦ  Łº  ¦  ©‚‘’ ×÷',
  ],
  dead: {
    '\u0302': 'BracketLeft 0',
    '\u0308': 'BracketLeft 1',
    '\u0300': 'Backslash 2',
    '\u0301': 'KeyM 2',
    '\u0323': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u030b': 'KeyM 3',
    '\u0307': 'Slash 3',
  },
  shared: '~#{[|`\\^@]}€',
};
