// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const de: LayoutData = {
  levels: [
    ' 1234567890ß  qwertzuiopü+asdfghjklöä#<yxcvbnm,.-',
    '°!"§$%&/()=?  QWERTZUIOPÜ*ASDFGHJKLÖÄ\'>YXCVBNM;:_',
    '′¹²³¼½¬{[]}\\  @ſ€¶ŧ←↓→øþ ~æ ðđŋħ ĸł  ’|»«¢„“”µ·…–',
    '″¡⅛£¤⅜⅝⅞™± ¿  Ω  ®Ŧ¥↑ıØÞ ¯ÆẞÐªŊĦ  Ł    ›‹©‚‘ º×÷—',
  ],
  dead: {
    '\u0302': 'Backquote 0',
    '\u0301': 'Equal 0',
    '\u0300': 'Equal 1',
    '\u0327': 'Equal 2',
    '\u0308': 'BracketLeft 2',
    '\u0323': 'KeyJ 2',
    '\u030b': 'Semicolon 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0307': 'KeyJ 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
  },
  shared: '²³{[]}\\@€~|µ',
};
