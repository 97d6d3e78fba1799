// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const pt: LayoutData = {
  levels: [
    "\\1234567890'« qwertyuiop+ asdfghjklçº <zxcvbnm,.-",
    '|!"#$%&/()=?» QWERTYUIOP* ASDFGHJKLÇª >ZXCVBNM;:_',
    '¬¹@£§½ {[]}    ſ€¶ŧ←↓→øþ  æßðđŋħ ĸł      ¢„“”µ•·',
    ' ¡⅛  ⅜⅝⅞™±°¿  Ω  ®Ŧ¥↑ıØÞ  ÆẞÐ ŊĦ  Ł      ©‚‘’ ×÷',
  ],
  dead: {
    '\u0301': 'BracketRight 0',
    '\u0303': 'Backslash 0',
    '\u0300': 'BracketRight 1',
    '\u0302': 'Backslash 1',
    '\u0327': 'Equal 2',
    '\u0308': 'BracketLeft 2',
    '\u0323': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030b': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Slash 3',
  },
  shared: '@£§€{[]}',
};
