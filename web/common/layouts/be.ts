// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const be: LayoutData = {
  levels: [
    '²&é"\'(§è!çà)- azertyuiop $qsdfghjklmùµ<wxcvbn,;:=',
    '³1234567890°_ AZERTYUIOP *QSDFGHJKLM%£>WXCVBN?./+',
    '¬|@#¼½^ [{}    ſ€¶ŧ←↓→œþ ]æßðđŋħ ĸł   \\«»¢„“” •·',
    ' ¡⅛  ⅜⅝⅞™± ¿  Ω  ®Ŧ¥↑ıŒÞ  ÆẞÐªŊĦ  Ł      ©‚‘’º×÷',
  ],
  dead: {
    '\u0302': 'BracketLeft 0',
    '\u0308': 'BracketLeft 1',
    '\u0327': 'Equal 2',
    '\u0301': 'Semicolon 2',
    '\u0300': 'Backslash 2',
    '\u0303': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030b': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Slash 3',
  },
  shared: '|@#{[^}]€\\',
};
