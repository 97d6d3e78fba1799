// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const it: LayoutData = {
  levels: [
    "\\1234567890'ì qwertyuiopè+asdfghjklòàù<zxcvbnm,.-",
    '|!"£$%&/()=?^ QWERTYUIOPé*ASDFGHJKLç°§>ZXCVBNM;:_',
    '¬¹²³¼½     `~  ſ€¶ŧ←↓→øþ[]æßðđŋħ ĸł@# « »¢“”ñµ ·',
    '¦¡  ⅛⅜⅝⅞™± ¿  Ω  ®Ŧ¥↑ıØÞ{}ÆẞÐªŊĦ  Ł      ©‘’Ñº× ÷',
  ],
  dead: {
    '\u0300': 'Backslash 2',
    '\u0301': 'Comma 2',
    '\u0304': 'Slash 2',
    '\u030b': 'Digit2 3',
    '\u0303': 'Digit3 3',
    '\u0328': 'Digit0 3',
    '\u0302': 'Equal 3',
    '\u0327': 'Semicolon 3',
    '\u030a': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0308': 'Period 3',
  },
  shared: '@#[]€{}',
};
