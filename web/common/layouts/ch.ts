// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const ch: LayoutData = {
  levels: [
    "§1234567890'  qwertzuiopü asdfghjklöä$<yxcvbnm,.-",
    '°+"*ç%&/()=?  QWERTZUIOPè!ASDFGHJKLéà£>YXCVBNM;:_',
    '¬|@#¼½  ¢]}    ſ€¶ŧ←↓→œþ[ æßðđŋħ ĸł { \\«» „“”µ•·',
    ' ¡⅛  ⅜⅝⅞™± ¿  Ω  ®Ŧ¥↑ıŒÞ  ÆẞÐªŊĦ  Ł   ¦  ©‚‘’º×÷',
  ],
  dead: {
    '\u0302': 'Equal 0',
    '\u0308': 'BracketRight 0',
    '\u0300': 'Equal 1',
    '\u0301': 'Minus 2',
    '\u0303': 'Equal 2',
    '\u0323': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030b': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Slash 3',
  },
  shared: '@#|[]{}\\€~',
};
